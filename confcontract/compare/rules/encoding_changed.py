"""ENCODING_CHANGED."""

from codecs import lookup
from collections.abc import Iterator, Sequence

from confcontract.compare.accepted_changes import changes_of
from confcontract.compare.classes_compared import classes_in_both
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Pair, names_of
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR

_WORDS = {
    "delimiter": "between the parts of a name (env_nested_delimiter)",
    "maxSplit": "into how many parts a name is split (env_nested_max_split)",
}


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from changes_of(compared).by_rule.get("ENCODING_CHANGED", ())
    for pair in compared.changed:
        yield from _parts_read(compared, pair)
    yield from _files_read(compared)
    old, new = compared.old.compiled["settings"][0], compared.new.compiled["settings"][0]
    for key, words in _WORDS.items():
        if old[key] != new[key] and any("." in pair.path or pair.old.get("open") for pair in compared.pairs):
            before, now = _said(old[key]), _said(new[key])
            yield ContractChange(
                "", (), before, now, f"{before} {words} before, {now} now: names with parts are read otherwise"
            )


def _parts_read(compared: Compared, pair: Pair) -> Iterator[ContractChange]:
    """Of a name that is read in both versions, another part of its JSON (AliasPath)."""
    old, new = (each.get("within", {}) for each in (pair.old, pair.new))
    if old == new:
        return
    before, now = ({compared.key(name): part for name, part in each.items()} for each in (old, new))
    new_names = {compared.key(name) for name in names_of(pair.new)}
    for name in names_of(pair.old):
        key = compared.key(name)
        if key in new_names and before.get(key) != now.get(key):
            was, is_now = _part(before.get(key)), _part(now.get(key))
            yield ContractChange(
                pair.path,
                (name,),
                was,
                is_now,
                f"{is_now} of {name} is read now, no longer {was}",
                back=f"{was} of {name} is read again, no longer {is_now}",
                stands_alone=True,
                declared=pair.declared,
            )


def _files_read(compared: Compared) -> Iterator[ContractChange]:
    """Of the env files that are read in both versions, those whose bytes become text otherwise."""
    for section, *programs in classes_in_both(compared.old, compared.new):
        old, new = (each.get("dotenv") for each in programs)
        if old is None or new is None or _codec(old["encoding"]) == _codec(new["encoding"]):
            continue
        for file in (each for each in old["files"] if each in new["files"]):
            before, now = old["encoding"], new["encoding"]
            yield ContractChange(
                section,
                (),
                f"{file}: {before}",
                f"{file}: {now}",
                f"the env file {file} is read as {now} now, was {before}",
                back=f"the env file {file} is read as {before} again, not {now}",
            )


def _codec(name: str) -> str:
    """UTF8 and utf-8 are one; what this Python does not know is what it is called."""
    try:
        return lookup(name).name
    except LookupError:
        return name


def _part(path: Sequence[str | int] | None) -> str:
    return f"the part {'.'.join(map(str, path))} in the JSON" if path else "the whole value"


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    return "any number" if value == -1 else str(value)


RULE = CompareRule(
    id="ENCODING_CHANGED",
    purpose="A value is written otherwise: another separator, JSON or not, another delimiter between parts of a name.",
    remedy="Write the value, or the names, in the new form together with the upgrade.",
    back_remedy="Write the value, or the names, in the old form together with the rollback.",
    mirror=("ENCODING_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    find=find,
)
