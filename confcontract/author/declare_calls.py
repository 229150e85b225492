"""Calls of declare(). A call has an effect if its result is baked, and none if the class is baked by its own name."""

from __future__ import annotations

import sys
import weakref
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confcontract.report.problem import Problem


class _Call:
    """module: the module with the call. returned: gives None once no name refers to the result."""

    def __init__(self, returned: object, frame: FrameType) -> None:
        self.returned = weakref.ref(returned)
        self.module = str(frame.f_globals.get("__name__", ""))
        self._code, self._line = frame.f_code, frame.f_lineno

    @property
    def place(self) -> str:
        from confcontract.author.introspection import line_of

        return line_of(self.module, self._code, self._line)

    def name(self) -> str | None:
        """MODULE:NAME of the result, if its module has a name for it."""
        returned = self.returned()
        named = vars(sys.modules[self.module]) if self.module in sys.modules and returned is not None else {}
        return next((f"{self.module}:{name}" for name, value in named.items() if value is returned), None)


_calls: weakref.WeakKeyDictionary[type, list[_Call]] = weakref.WeakKeyDictionary()


def note(settings: type, returned: object) -> None:
    """For declare() alone: records the line of its caller."""
    _calls.setdefault(settings, []).append(_Call(returned, sys._getframe(2)))


def without_effect(cls: type, named: str) -> list[Problem]:
    """A warning if a class is baked by its own name although declare() was called for it. named: by
    the command line.
    """
    calls = _calls.get(cls, [])
    if not calls:
        return []
    from confcontract.author.refusals import warning

    names = [name for call in calls if (name := call.name()) is not None]
    remedy = f"assign its result to a name, NAME = declare(...), and bake {calls[0].module}:NAME"
    if names:
        remedy = f"bake {' or '.join(dict.fromkeys(names))}"
    places = " and ".join(dict.fromkeys(call.place for call in calls))
    what = f"has a declare() in {places}, which has no effect: {named} is the class alone"
    return [warning(cls, (), what, remedy)]
