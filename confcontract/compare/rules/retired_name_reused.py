"""RETIRED_NAME_REUSED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Variable, path_of
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    if not compared.names_touched:
        return
    old_owners, new_owners = compared.owners(compared.names_touched)
    for name, before in old_owners.items():
        now = new_owners.get(name, ())
        if not now or (len(before) == len(now) == 1 and compared.partner(before[0]) is now[0]):
            continue
        theirs = [each for each in now if not any(compared.partner(one) is each for one in before)]
        ours = [each for each in before if not any(compared.partner(one) is each for one in now)]
        if not theirs and not ours:
            continue
        old, new = _fields(before), _fields(now)
        shown = before[0]["name"] if compared.key(before[0]["name"]) == name else name.upper()
        yield ContractChange(
            path_of(before[0]),
            (shown,),
            old,
            new,
            f"is read as {new} now, was {old}: a value that is still set means something else",
            back=f"is read as {old} again, now it is {new}: a value that is still set means something else",
            forward=ERROR if theirs else INFO,
            rollback=ERROR if ours else INFO,
            declared=str(now[0].get("declaredAt", "")),
        )


def _fields(variables: tuple[Variable, ...]) -> str:
    return " and ".join(f"the setting {path_of(each)}" for each in variables)


RULE = CompareRule(
    id="RETIRED_NAME_REUSED",
    purpose="A name that belonged to one setting belongs to another now.",
    remedy="Give the new setting a name that was never used, or change the value together with the upgrade.",
    back_remedy="Change the value together with the rollback.",
    mirror=("RETIRED_NAME_REUSED",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="Information in a direction in which only one of several settings stops reading a name.",
    find=find,
)
