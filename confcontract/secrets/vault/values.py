"""Requested secrets from Vault, and the values in its answers."""

from __future__ import annotations

from confcontract.contract.envtext import Number
from confcontract.contract.reference import Reference, ReferenceInvalid, References, join_references, parse_references
from confcontract.secrets.store import Lease

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.report.problem import Problem


def parse(text: str | bytes) -> object:
    """JSON with its numbers left as they are written. Raises ValueError for anything that is not JSON."""
    import json

    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def whole(number: object) -> int:
    """A number of Vault's JSON (see `Number`) as an int; 0 for anything else."""
    try:
        return int(number) if isinstance(number, str) else 0
    except ValueError:
        return 0


class Wanted:
    """One variable, its references, and which of them is tried at present.

    paths: of each reference, after moves. passed: the problem with the first one, if it was skipped. In the end: found:
    there was a value; creatable: it could be created, but only that was checked; problem: why there is none;
    answered_by: another server than the requested one, if that had it.
    """

    __slots__ = (
        "answered_by",
        "at",
        "creatable",
        "found",
        "optional",
        "passed",
        "paths",
        "problem",
        "references",
        "variable",
    )

    def __init__(self, variable: str, references: References | None) -> None:
        self.variable = variable
        self.references = references.alternatives if references is not None else ()
        self.optional = references is not None and references.optional
        self.found = False
        self.creatable = False
        self.problem: Problem | None = None
        self.answered_by = ""
        self.paths = [reference.mount_path for reference in self.references]
        self.at = 0
        self.passed: Problem | None = None

    @property
    def reference(self) -> Reference:
        return self.references[self.at]

    @property
    def path(self) -> str:
        return self.paths[self.at]

    @property
    def text_from_here(self) -> str:
        """This reference and the following ones, as an operator would write them, without schemes."""
        return join_references([each.text for each in self.references[self.at :]], optional=self.optional)


def wanted_of(variable: str, text: str) -> Wanted:
    """The request for a variable's references; if they can't be parsed, it has a problem."""
    try:
        return Wanted(variable, parse_references(text))
    except ReferenceInvalid as wrong:
        from confcontract.secrets.vault.wording import invalid

        refused = Wanted(variable, None)
        refused.problem = invalid(variable, str(wrong))
        return refused


def certificate_end(answer: Mapping[str, object], path: str, since: float) -> Lease | None:
    """The expiry of a certificate without a lease, from the engine: seconds since 1970."""
    from time import time

    data = answer.get("data")
    ends = whole(data.get("expiration")) if isinstance(data, dict) else 0
    return Lease("", path, max(ends - time(), 1.0), False, since) if ends > 0 else None


def lease_of(answer: Mapping[str, object], path: str, since: float) -> Lease | None:
    """The lease in the answer to a read. since: monotonic clock, seconds."""
    identifier = answer.get("lease_id")
    if not isinstance(identifier, str) or not identifier:
        return None
    seconds = float(whole(answer.get("lease_duration")))
    return Lease(identifier, path, seconds, answer.get("renewable") is True, since)
