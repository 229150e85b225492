"""The members and rules that all checks share."""

from __future__ import annotations

from confcontract.checks.defaults import ASKED_IN, DEADLINE, INTERVAL, PERIOD, PHASES, TIMEOUT
from confcontract.contract.credentials import holds_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, TypedDict

    class Common(TypedDict, total=False):
        """Options of every check; times are in seconds.

        phases: any of "startup" (boot waits for it), "ready" and "live"; "startup" and "ready" by default. critical:
        the phases in which a failure counts as failure, and not only as degradation; True for all, False for none. The
        default is "startup", and all phases for a check of the container itself (Command, Disk, File, Python). timeout:
        of one attempt (2). interval: between two attempts while boot waits (0.5). deadline: how long boot waits (30).
        period: between two evaluations after the start (10).
        """

        phases: Sequence[str]
        critical: bool | Sequence[str] | None
        timeout: float
        interval: float
        deadline: float
        period: float


class Check:
    """A check of any kind. As a marker it needs neither name nor target: both come from the variable.

    name: for reports. target: the name of a declared variable, or a literal. For the other options see Common. Raises
    ValueError for options that make no sense, and for credentials, which are never baked.
    """

    __slots__ = ("critical", "deadline", "interval", "name", "period", "phases", "target", "timeout")
    kind = ""
    # For the docs: what is true when the check succeeds. A member of the contract in braces is replaced by its value.
    # After a colon comes the unit of a number, or for a list "or" (instead of the default "and"), or "command line".
    words = ""
    # Contract members of this kind beyond the common ones: `plainConnection` is the attribute `plain_connection`.
    members: tuple[str, ...] = ()
    # The members above that are omitted if they are empty.
    optional: tuple[str, ...] = ()
    # The drivers that it can log in with, best first; the extra with the kind's name installs one.
    drivers: tuple[str, ...] = ()
    # Other containers depend on the target too: an outage must not take all of them out of service, nor restart them
    # all. False for a check of the container itself.
    shared = True
    # Whether the target is an input of any type, which may be missing; otherwise it is an address or a path.
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
        """The phases in which a failure counts as failure by default; in the other phases it only degrades."""
        return [phase for phase in phases if phase == "startup" or not cls.shared]

    def as_data(self, name: str | None = None, target: str | None = None) -> dict[str, Any]:
        """The check as written in the contract. name, target: from the variable that the check belongs to."""
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
        """Whether it has both members that declare() needs: a name and a target."""
        return self.target_is_input or bool(self.name and self.target)

    def _own_name(self) -> str | None:
        """The default name, if neither the author nor a variable gives one."""
        return None

    def _parameters(self) -> dict[str, Any]:
        values = {member: getattr(self, _attribute(member)) for member in self.members}
        return {member: value for member, value in values.items() if value or member not in self.optional}

    def _some(self, given: Sequence[str], what: str, known: Sequence[str]) -> list[str]:
        """The given members, in the order of `known`."""
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
    """Whether it is a text that is not blank."""
    return isinstance(value, str) and bool(value.strip())


def items(value: object) -> list[Any] | None:
    """The items of a list, a tuple, a range or a set; None for any other value."""
    return list(value) if isinstance(value, (list, tuple, range, set, frozenset)) else None


def is_number(value: object) -> bool:
    """Whether it is a number; True and False are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_clean(text: object) -> bool:
    """Whether it is a text, possibly empty, that fits in one line of a protocol."""
    return isinstance(text, str) and not any(character in text for character in "\r\n\0")
