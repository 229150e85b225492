"""ENCODING_CHANGED."""

from codecs import lookup
from collections.abc import Iterator, Sequence

from confcontract.compare.accepted_changes import changes_of
from confcontract.compare.classes_compared import classes_in_both
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Pair, names_of
from confcontract.compare.rule import CompareRule
from confcontract.contract.artifact import Contract
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from changes_of(compared).by_rule.get("ENCODING_CHANGED", ())
    for pair in compared.changed:
        yield from _parts_read(compared, pair)
    yield from _files_read(compared)
    yield from _delimiter(compared)
    yield from _splits(compared)


def _delimiter(compared: Compared) -> Iterator[ContractChange]:
    old, new = (each.compiled["settings"][0]["delimiter"] for each in (compared.old, compared.new))
    if old != new and any("." in pair.path or pair.old.get("open") for pair in compared.pairs):
        before, now = ("nothing" if each is None else str(each) for each in (old, new))
        yield ContractChange(
            "",
            (),
            before,
            now,
            f"{now} is between the parts of a name now (env_nested_delimiter), was {before}: names with parts are read "
            "otherwise",
            back=f"{before} is between the parts of a name again (env_nested_delimiter), not {now}",
        )


_ANY = 1_000_000  # as often as there are delimiters; a contract uses -1


def _splits(compared: Compared) -> Iterator[ContractChange]:
    """The number of parts into which names are split; irrelevant if no name has so many."""
    contracts = compared.old, compared.new
    old, new = (each.compiled["settings"][0] for each in contracts)
    if old["maxSplit"] == new["maxSplit"] or None in (old["delimiter"], new["delimiter"]):
        return
    most = min(each["maxSplit"] % _ANY for each in (old, new))
    matters = [_has_more_parts(each, most) for each in contracts]  # if operators set its variables
    before, now = (_times(each["maxSplit"]) for each in (old, new))
    what = [": names with parts are read otherwise" if each else "; no variable has so many parts" for each in matters]
    todo = ["" if each else "Nothing to do." for each in matters]
    yield ContractChange(
        "",
        (),
        before,
        now,
        f"names are split {now} now (env_nested_max_split), before {before}{what[0]}",
        back=f"names are split {before} again (env_nested_max_split), not {now}{what[1]}",
        forward=ERROR if matters[0] else INFO,
        rollback=ERROR if matters[1] else INFO,
        remedy=todo[0],
        back_remedy=todo[1],
    )


def _has_more_parts(contract: Contract, most: int) -> bool:
    """Whether names below that of a settings field may be split more often than this."""
    delimiter = contract.compiled["settings"][0]["delimiter"]
    heads = {each["path"][0]: names_of(each) for each in contract.variables if len(each["path"]) == 1}
    for variable in contract.variables:
        if "open" in variable:
            return True
        if len(variable["path"]) > 1:
            for name in names_of(variable):
                rests = [name[len(head) :] for head in heads.get(variable["path"][0], ("",)) if name.startswith(head)]
                if any(rest.count(delimiter) > most + 1 for rest in rests):
                    return True
    return False


def _times(most: int) -> str:
    """The value of the option, which counts the first part, too."""
    return "at each delimiter" if most == -1 else f"at most {most + 1} times" if most else "at most once"


def _parts_read(compared: Compared, pair: Pair) -> Iterator[ContractChange]:
    """A name that is read in both versions, for another part of its JSON (AliasPath)."""
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
    """The env files that both versions read, but decode differently."""
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
    """UTF8 and utf-8 are equal; an encoding that this Python does not know keeps its name."""
    try:
        return lookup(name).name
    except LookupError:
        return name


def _part(path: Sequence[str | int] | None) -> str:
    return f"the part {'.'.join(map(str, path))} in the JSON" if path else "the whole value"


RULE = CompareRule(
    id="ENCODING_CHANGED",
    purpose="A value has another form: another separator, JSON or not, another delimiter between parts of a name.",
    remedy="Write the value, or the names, in the new form together with the upgrade.",
    back_remedy="Write the value, or the names, in the old form together with the rollback.",
    mirror=("ENCODING_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    find=find,
)
