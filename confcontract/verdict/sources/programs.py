"""The relations between the programs of a contract: one for the settings class, and one for each nested one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    Place = tuple[str, ...]


def nested(
    settings: list[dict[str, Any]], index: int = 0, base: Place = (), above: tuple[int, ...] = ()
) -> Iterator[tuple[dict[str, Any], Place]]:
    """The programs of the settings classes nested in one, and their places in the settings document."""
    for entry in settings[index].get("nested", ()):
        inner = entry["program"]
        if inner not in above:
            place = (*base, *entry["path"])
            yield settings[inner], place
            yield from nested(settings, inner, place, (*above, inner))


def nested_places(settings: list[dict[str, Any]]) -> set[Place]:
    return {place for _, place in nested(settings)}


def files_outrank(settings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the settings class, or one nested in it, gives one of its files priority over the environment."""
    for program in settings:
        order: list[str | int] = program["order"]
        below = order.index("environment") if "environment" in order else len(order)
        if any(each not in ("init", "foreign") for each in order[:below]):
            return True
    return False
