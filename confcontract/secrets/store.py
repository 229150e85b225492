"""What comes back from Vault. Neither shows a value when it is printed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.report.problem import Problem


class Lease:
    """Something that Vault has lent: it must be renewed within `seconds` of `obtained`, or is gone.

    identifier: the lease id, not a secret by itself; "" for what has an end but no lease, and can't be given back.
    path: where it was read. obtained: monotonic clock, seconds.
    """

    __slots__ = ("identifier", "obtained", "path", "renewable", "seconds")

    def __init__(self, identifier: str, path: str, seconds: float, renewable: bool, obtained: float) -> None:
        self.identifier = identifier
        self.path = path
        self.seconds = seconds
        self.renewable = renewable
        self.obtained = obtained

    def __repr__(self) -> str:
        return f"Lease({self.path!r}, seconds={self.seconds:g}, renewable={self.renewable})"


class Fetched:
    """values: variable -> the string for the environment. references: variable -> the alternative that gave it.

    absent: variables whose reference is optional and which Vault does not have. Every other variable has a problem.
    made: variables whose value was made by reading it -> the lease that it hangs on, None if it has none.
    answered_by: variables whose value another server gave than the one that was asked -> that server's address.
    """

    __slots__ = ("absent", "answered_by", "leases", "made", "problems", "references", "values")

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.answered_by: dict[str, str] = {}
        self.absent: list[str] = []
        self.problems: list[Problem] = []
        self.leases: list[Lease] = []
        self.made: dict[str, Lease | None] = {}

    def __repr__(self) -> str:
        return f"Fetched(values of {sorted(self.values)}, {len(self.problems)} problems, {len(self.leases)} leases)"
