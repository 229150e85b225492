"""Which of a settings class's own sources gives a member of a section, if they use different names for it.

pydantic-settings merges the dictionaries of its sources before it looks at any alias. So in a section, a file of the
class may have a better name for a member than the environment, and then the file's value counts.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.verdict.sources.gathered import Gathered
    from confcontract.verdict.sources.origin import Where


def better_name(plan: Mapping[str, Any], gathered: Gathered, place: tuple[str, ...]) -> tuple[str, Where] | None:
    """(name as set, where) in the class's own file, if that has a better name for a member than the environment has."""
    from confcontract.verdict.sources.origin import IN_ENVIRONMENT

    if len(place) < 2 or all(source.where is IN_ENVIRONMENT for _, _, source in gathered.notes):
        return None
    from confcontract.verdict.sources.places import Shapes

    shapes = Shapes(plan, sensitive=plan["settings"][0]["caseSensitive"])
    best: dict[bool, tuple[int, tuple[str, Where]]] = {}
    for path, name, source in gathered.notes:
        text = source.lookup(name)
        rank = None if path[0] != place[0] or text is None else shapes.rank(_tree(path[1:], text), place)
        of_environment = source.where is IN_ENVIRONMENT
        if rank is not None and (of_environment not in best or rank < best[of_environment][0]):
            best[of_environment] = rank, (source.written.get(name, name), source.where)
    if False in best and (True not in best or best[False][0] < best[True][0]):
        return best[False][1]
    return None


def _tree(keys: tuple[str, ...], text: str) -> Any:
    from confcontract.contract.jsontext import loads

    value: Any = text
    if text[:1] == "{":
        try:
            value = loads(text)
        except (ValueError, RecursionError):
            value = text
    for key in reversed(keys):
        value = {key: value}
    return value
