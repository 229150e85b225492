"""Keys of a config file that lead to no setting, as warnings: which, where, and what was probably meant.

A file may have any number of them: what each may mean is asked for as many as are reported.
"""

from __future__ import annotations

from confcontract.report.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Protocol

    Keys = tuple[Any, ...]
    Members = Mapping[str, tuple[list[list[Any]], Any]]

    class SettingsKeys(Protocol):
        """What is known of the keys that lead to settings; `FileKeys`."""

        def all_keys(self) -> Iterable[str]: ...
        def meant_by_name(self, name: str, /) -> str | None: ...


TOLD = 100  # so many unknown keys are reported one by one
_MESSAGE = "is not a setting of this application, and is ignored"


class Stranger:
    """A key that leads to nothing. members: the fields of the section that it stands in."""

    __slots__ = ("_members", "keys")

    def __init__(self, keys: Keys, members: Members) -> None:
        self.keys = keys
        self._members = members

    def meant(self) -> dict[str, str]:
        """What leads to something beside it: key, or field → the keys to write."""
        meant = {name: dotted(min(ways, key=len)).removeprefix("\0") for name, (ways, _) in self._members.items()}
        single = [str(way[0]).removeprefix("\0") for ways, _ in self._members.values() for way in ways if len(way) == 1]
        return meant | {key: key for key in single}


def tell(
    unknown: Sequence[Stranger],
    keys: SettingsKeys,
    source: Callable[[Keys], str],
    file: str,
    near_secrets: Callable[[Keys], bool] = lambda _: False,
) -> list[Problem]:
    """source: where a key stands, in words. file: its name. near_secrets: whether a key stands in a section that holds
    a secret: it may be one itself, and is shown only where it is nearly a setting's key.
    """
    if not unknown:
        return []
    from confcontract.report.did_you_mean import Known

    every = Known(keys.all_keys())
    problems = []
    for stranger in unknown[:TOLD]:
        at = stranger.keys
        meant = meant_by(stranger, keys) or every.closest(dotted(at))
        hint = f"did you mean {meant}?" if meant else "correct the spelling, or remove it"
        message, subject = _MESSAGE, dotted(at)
        if not meant and near_secrets(at):
            message, subject = "has a key that is not a setting of this application, and is ignored", dotted(at[:-1])
        problems.append(
            Problem("name-unknown", message, variable=subject, source=source(at), hint=hint, severity=WARNING)
        )
    if len(unknown) > TOLD:
        message = f"{file}: {len(unknown) - TOLD} more keys are not settings of this application"
        hint = "is this the file of another application?"
        problems.append(Problem("name-unknown", message, source=file, hint=hint, severity=WARNING, source_said=True))
    return problems


def meant_by(stranger: Stranger, keys: SettingsKeys) -> str | None:
    """The keys that were probably meant, with dots between: a key beside it, or that of the variable called so."""
    from confcontract.report.did_you_mean import closest

    at, last, meant = stranger.keys, str(stranger.keys[-1]), stranger.meant()
    if last in meant:
        return dotted((*at[:-1], meant[last]))
    by_name = keys.meant_by_name(last)
    if by_name is not None:
        return by_name
    guess = closest(last, meant)
    return dotted((*at[:-1], meant[guess])) if guess else None


def dotted(keys: Sequence[Any]) -> str:
    """An empty key is shown as TOML writes it: there would be nothing to see. Items of a list are counted from 0, as
    programs for JSON and YAML do."""
    steps = (
        f"[{key}]" if isinstance(key, int) and at else f".{key}" if key != "" else '.""' for at, key in enumerate(keys)
    )
    return "".join(steps).removeprefix(".")
