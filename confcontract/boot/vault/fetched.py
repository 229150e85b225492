"""What comes back from Vault. Neither shows a value when it is printed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.problem import Problem


class Lease:
    """Something that Vault has lent: it must be renewed within `seconds` of `obtained`, or is gone.

    identifier: the lease id, not a secret by itself. path: where it was read. obtained: monotonic clock, seconds.
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
    """values: variable -> the string for the environment. problems: every variable without a value has one."""

    __slots__ = ("leases", "problems", "values")

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.leases: list[Lease] = []

    def __repr__(self) -> str:
        return f"Fetched(values of {sorted(self.values)}, {len(self.problems)} problems, {len(self.leases)} leases)"
