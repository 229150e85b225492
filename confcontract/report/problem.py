"""Something that must be fixed, as data. Collecting problems is one thing, printing them another."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from confcontract.report.excerpt import Excerpt

ERROR = "error"
WARNING = "warning"
INFO = "info"

_MEMBERS = ("code", "severity", "variable", "message", "source", "hint", "rule")  # the published members
_FACTS = ("names", "place", "source_said", "excerpt")


class Problem:
    """One thing that somebody must fix or should know. It is immutable: use `but` to make a changed copy.

    code: one of `report.codes.CODES`. severity: "error", "warning" or "info". variable: the environment variable as the
    operator must write it, or None. message: one sentence, never with a secret in it. source: where the value came
    from, in words. hint: what to do. rule: the validator's own error type (pydantic's), where there is one. names:
    further names, other than `variable`, that were set and are also to blame. place: the source as a file of the
    project and a line, if it is one. source_said: the message names the source. excerpt: the source's line, if it may
    be shown.
    """

    __slots__ = (*_MEMBERS, *_FACTS)

    code: str
    severity: str
    variable: str | None
    message: str
    source: str | None
    hint: str | None
    rule: str | None
    names: Sequence[str]
    place: tuple[str, int] | None
    source_said: bool
    excerpt: Excerpt | None

    def __init__(
        self,
        code: str,
        message: str,
        *,
        variable: str | None = None,
        source: str | None = None,
        hint: str | None = None,
        severity: str = ERROR,
        rule: str | None = None,
        names: Sequence[str] = (),
        place: tuple[str, int] | None = None,
        source_said: bool = False,
        excerpt: Excerpt | None = None,
    ) -> None:
        given = (code, severity, variable, message, source, hint, rule, names, place, source_said, excerpt)
        for name, value in zip((*_MEMBERS, *_FACTS), given, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a problem does not change: make another with but({name}=...)")

    def but(self, **changes: Any) -> Problem:
        """The same problem, with other members: `problem.but(severity=INFO, hint=None)`."""
        facts = {name: getattr(self, name) for name in _FACTS}
        return Problem(**{**self.as_dict(), **facts, **changes})

    def as_dict(self) -> dict[str, str | None]:
        """The members that are published."""
        return {name: getattr(self, name) for name in _MEMBERS}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash(tuple(self.as_dict().values()))

    def __repr__(self) -> str:
        return f"Problem({self.code!r}, {self.severity!r}, {self.variable!r}, {self.message!r})"
