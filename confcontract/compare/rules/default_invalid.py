"""DEFAULT_INVALID."""

from collections.abc import Iterator

from confcontract.compare.default_words import default_in_words, refused_default
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Pair, Variable, path_of
from confcontract.compare.presence import is_section, where_declared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    """Only for new and changed defaults: others are not a change."""
    sides: list[tuple[Variable | None, Variable]] = [(None, each) for each in compared.added]
    otherwise = {id(pair) for pair in compared.treated_otherwise}
    plain = [pair for pair in compared.touched if not is_section(pair.new)]
    sides += [(pair.old, pair.new) for pair in plain if id(pair) in otherwise or _other_default(pair)]
    for old, new in sides:
        bad_now = refused_default(compared.indexed[1], new)
        bad_before = refused_default(compared.indexed[0], old) if old is not None else None
        if bool(bad_now) is not bool(bad_before):
            default = default_in_words(new if bad_now else old or new)
            yield ContractChange(
                path_of(new),
                (new["name"],),
                "" if bad_now else default,
                default if bad_now else "",
                f"the default {default} {'breaks' if bad_now else 'broke'} the rules of the variable itself"
                + ("" if bad_now else ", and no longer does"),
                back=f"the default {default} {'breaks' if bad_before else 'no longer breaks'} the rules of the "
                "variable itself",
                stands_alone=True,
                forward=ERROR if bad_now else INFO,
                rollback=ERROR if bad_before else INFO,
                declared=where_declared(new),
            )


def _other_default(pair: Pair) -> bool:
    return bool(pair.old.get("defaultText") != pair.new.get("defaultText"))


RULE = CompareRule(
    id="DEFAULT_INVALID",
    purpose="The default of a variable is refused when it is set explicitly.",
    remedy="Correct the default in the settings class.",
    mirror=("DEFAULT_INVALID",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="Information in the direction in which the valid default comes.",
    find=find,
)
