"""Compare where the values of variables are in secret stores."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared, Pair, Variable
from confcontract.findings.severity import ERROR, WARNING


def references_of(variable: Variable) -> tuple[str, ...]:
    """The first reference is the place of the value; the others are tried if it is absent."""
    return tuple(variable[key] for key in ("vault",) if key in variable) + tuple(variable.get("vaultFallback", ()))


def place_of(reference: str) -> str:
    """Without its key and version."""
    return reference.partition("#")[0]


def moved(compared: Compared, *, elsewhere: bool) -> Iterator[ContractChange]:
    """References that differ: in their path, or only in the key."""
    for pair in compared.changed:
        old, new = references_of(pair.old), references_of(pair.new)
        if not old or not new or old == new:
            continue
        if (place_of(old[0]) != place_of(new[0])) is elsewhere and old[0] != new[0]:
            yield _change(pair, old, new)
        elif old[0] == new[0] and elsewhere:
            yield _fallbacks(pair, old, new)


def _change(pair: Pair, old: tuple[str, ...], new: tuple[str, ...]) -> ContractChange:
    still_read, read_before = old[0] in new, new[0] in old
    return ContractChange(
        pair.path,
        pair.names,
        old[0],
        new[0],
        f"is at {new[0]} now, was {old[0]}" + ("; that is still read where this is absent" if still_read else ""),
        back=f"is at {old[0]} again, now at {new[0]}"
        + ("; that is still read where this is absent" if read_before else ""),
        forward=WARNING if still_read else ERROR,
        rollback=WARNING if read_before else ERROR,
        remedy=f"Write the secret to {new[0]} before you upgrade.",
        back_remedy=f"Make sure that the secret is at {old[0]} before you go back.",
        declared=pair.declared,
    )


def _fallbacks(pair: Pair, old: tuple[str, ...], new: tuple[str, ...]) -> ContractChange:
    before, now = ", ".join(old[1:]) or "nothing", ", ".join(new[1:]) or "nothing"
    return ContractChange(
        pair.path,
        pair.names,
        before,
        now,
        f"where {old[0]} is absent, {now} is read, was {before}",
        back=f"where {old[0]} is absent, {before} is read again",
        stands_alone=True,
        forward=WARNING if set(old) <= set(new) else ERROR,
        rollback=WARNING if set(new) <= set(old) else ERROR,
        declared=pair.declared,
    )
