"""The secrets of a contract whose values must not be plain text in an object, as `validate --manifest` reports them."""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.manifests.plain_secrets import CODE, IS_SECRET, REMEDY, declared_secret
from confcontract.platforms.admission.judgements import message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from confcontract.contract.declared import Declared

_ANY_PART = "\0"  # behind the beginning of the names of parts: no declared name contains it


@dataclass(frozen=True, slots=True)
class PartNames:
    """begin: of the names of a mapping's parts. other_names, other_begins: of those that have it too and belong to
    another variable."""

    begin: str
    other_names: tuple[str, ...]
    other_begins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExposedSecret:
    """names: that give the variable a secret, as they are compared. parts: further such names. message: for a
    person."""

    variable: str
    code: str
    names: tuple[str, ...]
    parts: tuple[PartNames, ...]
    message: str


def exposed_secrets(declared: Declared) -> Iterator[ExposedSecret]:
    """One for each variable that is a secret by its declaration."""
    names: dict[str, list[str]] = {}
    parts: dict[str, list[PartNames]] = {}
    for name in declared.owners:
        if (variable := declared_secret(declared, name, declared.set_by(name))) is not None:
            names.setdefault(variable["name"], []).append(name)
    begins = sorted({declared.normal(each) for one in declared.variables.values() for each in one.get("open", ())})
    for begin in begins:
        part = begin + _ANY_PART
        if (variable := declared_secret(declared, part, declared.set_by(part))) is not None:
            parts.setdefault(variable["name"], []).append(_part_names(begin, declared, begins))
    for each in declared.variables:
        if each in names or each in parts:
            words = message(each, f"{IS_SECRET}; {REMEDY}")
            yield ExposedSecret(each, CODE, tuple(names.get(each, ())), tuple(parts.get(each, ())), words)


def _part_names(begin: str, declared: Declared, begins: Sequence[str]) -> PartNames:
    other_begins = [each for each in begins if each != begin and each.startswith(begin)]
    return PartNames(
        begin,
        tuple(name for name in declared.owners if name.startswith(begin)),
        tuple(other_begins),
    )
