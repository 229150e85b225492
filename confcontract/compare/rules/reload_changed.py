"""RELOAD_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import WARNING

_WORDS = {"ignore": "nothing until the next start", "files": "only its file written again", None: "a restart"}


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in compared.changed:
        old, new = (_said(each.get("onChange")) for each in (pair.old, pair.new))
        if old != new:
            yield ContractChange(
                pair.path,
                pair.names,
                old,
                new,
                f"a new value needs {new} now, and needed {old} before",
                back=f"a new value needs {old} again",
                stands_alone=True,
                declared=pair.declared,
            )


def _said(action: str | None) -> str:
    return _WORDS.get(action) or f"the signal {action}"


RULE = CompareRule(
    id="RELOAD_CHANGED",
    purpose="The application handles a change of the value at run time differently.",
    remedy="Check how values of this variable are rotated.",
    mirror=("RELOAD_CHANGED",),
    forward=WARNING,
    rollback=WARNING,
    acceptance=False,
    find=find,
)
