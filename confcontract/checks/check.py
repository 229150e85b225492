"""What all checks have in common."""

from __future__ import annotations

from confcontract.checks.defaults import ASKED_IN, DEADLINE, INTERVAL, PERIOD, PHASES, TIMEOUT
from confcontract.contract.credentials import holds_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, TypedDict

    class Common(TypedDict, total=False):
        """What every check can be determined; times are seconds.

        phases: any of "startup" (boot waits for it), "ready" and "live"; "startup" and "ready" unless given.
        critical: the phases in which a failure counts as failure, and not only as degradation; True for all, False
        for none. Unless given: "startup", and for what is this container's own (Command, Disk, File, Python) all.
        timeout: of one attempt (2). interval: between two attempts while boot waits (0.5). deadline: of boot's
        waiting (30). period: between two evaluations after the start (10).
        """

        phases: Sequence[str]
        critical: bool | Sequence[str] | None
        timeout: float
        interval: float
        deadline: float
        period: float


class Check:
    """A check of any kind. As a marker it needs neither name nor target: both come from the variable.

    name: for reports. target: the name of a declared variable, or a literal. The rest: see Common.
    Raises ValueError for what makes no sense, and for credentials, which are never baked.
    """

    __slots__ = ("critical", "deadline", "interval", "name", "period", "phases", "target", "timeout")
    kind = ""
    # What is so when it succeeds, for the docs. A member of the contract in braces stands for its value. After a colon:
    # the unit of a number; for a list "or" (else it is joined by "and"), or "command line".
    words = ""
    # What the kind has in the contract beside what all have: `plainConnection` is the attribute `plain_connection`.
    members: tuple[str, ...] = ()
    # Those of them that are left out where they are empty.
    optional: tuple[str, ...] = ()
    # What it can log in with, the preferred first; the extra of the kind's name installs one.
    drivers: tuple[str, ...] = ()
    # Others depend on what it looks at, too: an outage must not take all of them out of service, nor have them all
    # restarted. False for what is this container's own.
    shared = True
    # Whether the target is something to be read, of whatever type, and may be missing; else it is an address or a path.
    target_is_input = False

    def __init__(
        self,
        name: str | None = None,
        target: str | None = None,
        *,
        phases: Sequence[str] = ASKED_IN,
        critical: bool | Sequence[str] | None = None,
        timeout: float = TIMEOUT,
        interval: float = INTERVAL,
        deadline: float = DEADLINE,
        period: float = PERIOD,
    ) -> None:
        self.name = name
        self.target = target
        self._require(name is None or is_text(name), "a check needs a name")
        self._require(target is None or is_text(target), "the target is empty")
        times = {"timeout": timeout, "interval": interval, "deadline": deadline, "period": period}
        for word, seconds in times.items():
            least = 0 if word == "interval" else 0.001
            self._require(is_number(seconds) and least <= seconds < 1e9, f"{word} is not a number of seconds")
        literal = (target or "").partition("://")[2].partition("/")[0]
        self._require("@" not in literal and not holds_credentials(target or ""), "credentials are never baked")
        self.phases = self._some(phases, "phases", PHASES)
        self._require(bool(self.phases), "phases is empty: name startup, ready or live")
        if critical is None or isinstance(critical, bool):
            self.critical = self.critical_by_default(self.phases) if critical is None else self.phases * critical
        else:
            self.critical = self._some(critical, "critical", self.phases)
        self.timeout = float(timeout)
        self.interval = float(interval)
        self.deadline = float(deadline)
        self.period = float(period)

    @classmethod
    def critical_by_default(cls, phases: Iterable[str]) -> list[str]:
        """Where a failure counts as failure, if the author does not say; in the other phases it degrades."""
        return [phase for phase in phases if phase == "startup" or not cls.shared]

    def as_data(self, name: str | None = None, target: str | None = None) -> dict[str, Any]:
        """The check as it stands in the contract. name, target: those of the variable that it stands beside."""
        target = self.target or target
        return {
            "name": self.name or name or self._own_name(),
            "kind": self.kind,
            **({"target": target} if target else {}),
            **self._parameters(),
            "phases": self.phases,
            "critical": self.critical,
            "timeout": self.timeout,
            "interval": self.interval,
            "deadline": self.deadline,
            "period": self.period,
        }

    @property
    def stands_alone(self) -> bool:
        """Whether it says all that declare() needs: a name and a target."""
        return self.target_is_input or bool(self.name and self.target)

    def _own_name(self) -> str | None:
        """What it is called where neither its author nor a variable says so."""
        return None

    def _parameters(self) -> dict[str, Any]:
        values = {member: getattr(self, _attribute(member)) for member in self.members}
        return {member: value for member, value in values.items() if value or member not in self.optional}

    def _some(self, given: Sequence[str], what: str, known: Sequence[str]) -> list[str]:
        """Those that are given, in the order of `known`."""
        listed = items(given)
        wrong = listed is None or any(one not in known for one in listed)
        self._require(not wrong, f"{what} is a list of {', '.join(known)}")
        return [one for one in known if one in (listed or ())]

    def _require(self, condition: bool, otherwise: str) -> None:
        if not condition:
            raise ValueError(f"check {self.name}: {otherwise}" if self.name else f"{type(self).__name__}: {otherwise}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.target!r})"


def _attribute(member: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in member)


def is_text(value: object) -> bool:
    """Whether it is text that says something."""
    return isinstance(value, str) and bool(value.strip())


def items(value: object) -> list[Any] | None:
    """Those of a list, a tuple, a range, a set; None of what is no such thing."""
    return list(value) if isinstance(value, (list, tuple, range, set, frozenset)) else None


def is_number(value: object) -> bool:
    """Whether it is a number; True and False are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_clean(text: object) -> bool:
    """Whether it is text, also an empty one, that could stand in a line of a protocol."""
    return isinstance(text, str) and not any(character in text for character in "\r\n\0")
