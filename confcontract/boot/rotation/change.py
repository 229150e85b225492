"""What has changed between two resolutions, and what the application needs because of it."""

from __future__ import annotations

from confcontract.report.errors import ConfcontractError
from confcontract.verdict.sources import origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.verdict.resolution import Resolution

    Action = str | tuple[int, ...]
else:
    import _signal

RESTART = "restart"
FILES = "files"
IGNORE = "ignore"


class Undone(ConfcontractError):
    """A restart that failed: the application was restarted with its previous values.

    problems: why it could not be started with the new ones.
    """


class Change:
    """What the supervisor acts on.

    environ: the whole new environment of the application. variables: whose resolved value changed, sorted; a name that
    the contract doesn't declare (from an env file) is listed as it is. action: RESTART, or the numbers of the signals
    to send, or FILES (only what is delivered as files is rewritten): the strongest that the variables need. resolution:
    the source of the new environment.
    """

    __slots__ = ("action", "environ", "resolution", "variables")

    def __init__(self, resolution: Resolution, variables: tuple[str, ...], action: Action) -> None:
        self.environ = resolution.environ
        self.variables = variables
        self.action = action
        self.resolution = resolution

    def is_same_as(self, other: Change | None) -> bool:
        """Whether another change sets the same variables to the same values."""
        return (
            other is not None
            and (self.environ, self.variables) == (other.environ, other.variables)
            and self.resolution.document == other.resolution.document
        )

    def __repr__(self) -> str:
        return f"Change({self.action!r}, {self.variables!r})"


def change_between(running: Resolution, found: Resolution) -> Change | None:
    """None if nothing changed that needs an action."""
    variables = changed_variables(running, found)
    action = strongest(on_change(found.contract.variables), variables)
    return None if action == IGNORE else Change(found, tuple(sorted(variables)), action)


def changed_variables(running: Resolution, found: Resolution) -> set[str]:
    """The variables whose value was changed, added or removed; also in a file of the application's own."""
    old, new = running.environ, found.environ
    names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    own_files = _own_files(running) | _own_files(found)
    if not names and not own_files:
        return set()
    changed, explained = set(), set()
    for variable in found.contract.variables:
        own = {variable["name"], *variable.get("aliases", ()), running.used_name(variable["name"])}
        own.add(found.used_name(variable["name"]))
        if own & names:
            changed.add(variable["name"])
            explained |= own & names
        elif variable["name"] in own_files:
            before, after = (_at(resolution.document, variable["path"]) for resolution in (running, found))
            if before != after:
                changed.add(variable["name"])
    return changed | (names - explained)


def changes_what_own_files_gave(running: Resolution, found: Resolution) -> bool:
    """Whether a variable from a file that the application itself reads has another value now, or none."""
    own = _own_files(running)
    return bool(own) and not own.isdisjoint(changed_variables(running, found))


def on_change(variables: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Variable → the action for its changes, for those that need something other than a restart."""
    return {variable["name"]: variable["onChange"] for variable in variables if "onChange" in variable}


def strongest(asked: Mapping[str, str], variables: Iterable[str]) -> Action:
    """The action for changes of several variables: a restart includes all others."""
    wishes = {asked.get(name, RESTART) for name in variables} - {IGNORE}
    if RESTART in wishes:
        return RESTART
    signals = sorted({int(getattr(_signal, wish)) for wish in wishes - {FILES}})
    if signals:
        return tuple(signals)
    return FILES if wishes else IGNORE


def _own_files(resolution: Resolution) -> set[str]:
    """The variables that may come from a file that the application itself reads: an env file, a secrets directory.

    What comes from a file that NAME_FILE names is among them, and in the environment as well.
    """
    programs = resolution.contract.compiled["settings"]
    if not any("secretsDirs" in program or program.get("dotenv") or "sources" in program for program in programs):
        return set()
    kinds = (origin.SETTINGS_FILE, origin.SECRET_FILE)
    return {name for name, source in resolution.sources.items() if source.kind in kinds}


def _at(document: Any, path: Iterable[str]) -> Any:
    for part in path:
        if not isinstance(document, dict) or part not in document:
            return None
        document = document[part]
    return document
