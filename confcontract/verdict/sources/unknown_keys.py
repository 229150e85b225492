"""Warnings about unknown keys of a config file: which key, its position, and the key that was probably meant.

A file may have any number of them: a suggestion is computed only for those that are reported.
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
        """The known keys of settings; implemented by `FileKeys`."""

        def all_keys(self) -> Iterable[str]: ...
        def meant_by_name(self, name: str, /) -> str | None: ...


TOLD = 100  # this many unknown keys are reported one by one
_MESSAGE = "is not a setting of this application, and is ignored"


class Stranger:
    """An unknown key. members: the fields of its section."""

    __slots__ = ("_members", "keys")

    def __init__(self, keys: Keys, members: Members) -> None:
        self.keys = keys
        self._members = members

    def meant(self) -> dict[str, str]:
        """The alternatives in the same section: key, or field → the keys to write."""
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
    """source: the position of a key, in words. file: its name. near_secrets: whether a key is in a section that holds a
    secret: the key may be a secret itself, and is shown only if it resembles a setting's key."""
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
    """The keys that were probably meant, joined with dots: a key in the same section, or that of the variable with this
    name."""
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
    """An empty key is shown in TOML's notation, because it would be invisible otherwise. Items of a list are counted
    from 0, as in programs for JSON and YAML."""
    steps = (
        f"[{key}]" if isinstance(key, int) and at else f".{key}" if key != "" else '.""' for at, key in enumerate(keys)
    )
    return "".join(steps).removeprefix(".")
