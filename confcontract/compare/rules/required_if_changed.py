"""REQUIRED_IF_CHANGED."""

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO, REVIEW

_CROSS_FIELD = ("model-validator", "post-init", "constructor")


def find(compared: Compared) -> Iterator[ContractChange]:
    for pair in compared.changed:
        old, new = pair.old.get("requiredIf"), pair.new.get("requiredIf")
        if old and new and compared.key(compared.translated(old)) != compared.key(new):
            yield ContractChange(
                pair.path,
                pair.names,
                old,
                new,
                f"is required now where {new} is set; before, where {old} was",
                back=f"is required where {old} is set again",
                declared=pair.declared,
            )
    yield from _cross_field(compared)
    yield from _roles(compared)


def _cross_field(compared: Compared) -> Iterator[ContractChange]:
    """Application code that checks several settings together: its conditions can't be read from the contract."""
    before, now = (
        {(each["kind"], each["name"]): each for each in contract.deferred if each["kind"] in _CROSS_FIELD}
        for contract in (compared.old, compared.new)
    )
    for key in [*before, *(key for key in now if key not in before)]:
        old, new = before.get(key), now.get(key)
        if (old is None) is (new is None):
            continue
        entry = new or old or {}
        words = f"{key[1]} ({key[0]})"
        yield ContractChange(
            ".".join(entry["path"]),
            (),
            "" if old is None else words,
            "" if new is None else words,
            f"{words} checks several settings together and is {'new' if old is None else 'gone'}: what it refuses "
            "is known to the application only",
            forward=REVIEW if old is None else INFO,
            rollback=REVIEW if new is None else INFO,
            back=f"{words} checks several settings together and is {'gone again' if old is None else 'back'}",
            declared=entry.get("declaredAt", ""),
        )


def _roles(compared: Compared) -> Iterator[ContractChange]:
    for name, old in compared.old.roles.items():
        new = compared.new.roles.get(name)
        if new is None or old["needs"] == new["needs"]:
            continue
        before, now = _needs(compared, old["needs"]), _needs(compared, new["needs"])
        more = now is None or (before is not None and bool(now - before))
        less = before is None or (now is not None and bool(before - now))
        yield ContractChange(
            "",
            (),
            _said(old["needs"]),
            _said(new["needs"]),
            f"the role {name} needs {_said(new['needs'])} now, and needed {_said(old['needs'])} before",
            back=f"the role {name} needs {_said(old['needs'])} again",
            forward=ERROR if more else INFO,
            rollback=ERROR if less else INFO,
        )


def _needs(compared: Compared, needs: list[str] | None) -> set[str] | None:
    return None if needs is None else {compared.key(compared.translated(each)) for each in needs}


def _said(needs: list[str] | None) -> str:
    return "all that is required" if needs is None else ", ".join(sorted(needs)) or "nothing"


RULE = CompareRule(
    id="REQUIRED_IF_CHANGED",
    purpose="What is required depends on other settings, or on the role, in another way.",
    remedy="Set what is newly required; confcontract validate --model runs the application's own checks.",
    mirror=("REQUIRED_IF_CHANGED",),
    forward=ERROR,
    rollback=ERROR,
    circumstances="To review where code of the application decides; information where less is required.",
    find=find,
)
