"""From a place in the settings document to the names that reach it: the plan of author/names.py, walked backwards.

verdict/sources/decoding.py goes from a name to a place: it looks a field up, splits the rest of the name at the
delimiter, and spells the parts as the models do. Here every step is reversed. A name that does not lead back to the
same place is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """A key on the way into the document. folded: a nested settings class accepts it in any case."""

    key: str | int
    folded: bool = False


@dataclass(frozen=True)
class Name:
    """A name in the environment, in the form used for lookup.

    within: the place of the value in the container that the name holds; empty for a name of the value itself. node: how
    its text is read, if anything determines that. decoded: its text is JSON; lenient: text that is not JSON stays
    unchanged. by_path: its parts are those of an AliasPath. aside: it is read only together with another name of the
    same field, or instead of one.
    """

    text: str
    within: tuple[str | int, ...]
    node: Json | None
    decoded: bool
    lenient: bool
    by_path: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Route:
    """One way to a place: by one of the names of a field of a settings class, and from the field on by `steps`.

    key: the field's key in the document if that name provides it; the first step, once there are any.
    borrowed: that key belongs to another name of the field, so only longer names lead there.
    """

    program: Json
    field: Json
    name: str
    key: str
    steps: tuple[Step, ...] = ()
    borrowed: bool = False


class Routes:
    """`nodes`: of author/names.py, before they are made compact."""

    def __init__(self, nodes: Sequence[Json]) -> None:
        self._nodes = nodes

    def to_field(self, program: Json, field: Json) -> list[Route]:
        """The routes that begin with the names of a field."""
        keys = [_key(field, program, index) for index in range(len(field["names"]))]
        pairs = list(zip(field["names"], keys, strict=True))
        own = [Route(program, field, name, key) for (_, name, _), key in pairs]
        borrowed = [
            Route(program, field, name, other, borrowed=True)
            for (_, name, _), key in pairs
            for other in dict.fromkeys(keys)
            if other != key
        ]
        return own + borrowed

    def names(self, route: Route, way: Sequence[Step]) -> Iterator[Name]:
        """The names of the target of `way` from the place of a route: its own, then those of containers around it."""
        if not route.steps and way[0].key != route.key:
            return
        whole = (*route.steps, *way)
        if _spelled(way):
            yield from (replace(name, by_path=len(way) > 1) for name in self._at(route, whole))
        for size in range(len(way) - 1, 0, -1):
            if _spelled(way[:size]):
                within = tuple(step.key for step in way[size:])
                for name in self._at(route, whole[: len(whole) - len(within)]):
                    if name.decoded:
                        yield replace(name, within=within)

    def on(self, route: Route, way: Sequence[Step]) -> Route | None:
        """The route to the target of `way`; None if no longer name can lead there."""
        if (not route.steps and way[0].key != route.key) or not _spelled(way):
            return None
        return replace(route, steps=(*route.steps, *way))

    def head(self, route: Route) -> str | None:
        """The common prefix of all names below a place, in the form used for lookup; None if there are none."""
        text = self._longer(route, (*route.steps, Step("\0")))
        return None if text is None else text.removesuffix("\0")

    def part_given(self, route: Route) -> str | None:
        """The member of a field that the field's own name sets as well, because that name also parses as a part of
        another name of the field: with the delimiter "_", DB_URL sets `url` of a section that is also called DB.
        Usually None.
        """
        delimiter, names = route.program["delimiter"], route.field["names"]
        if route.steps or not delimiter or not _explodes(route, self._nodes):
            return None
        head = next((name + delimiter for _, name, _ in names if route.name.startswith(name + delimiter)), None)
        return None if head is None else route.name.removeprefix(head).split(delimiter, 1)[0]

    def _at(self, route: Route, steps: tuple[Step, ...]) -> Iterator[Name]:
        node = self._nodes[route.field["node"]]
        if len(steps) == 1:
            if not route.borrowed:
                holds = next(holds for _, name, holds in route.field["names"] if name == route.name)
                decoded = bool(holds or node.get("complex")) and not node.get("raw")
                yield Name(route.name, (), node, decoded, bool(node.get("lenient")))
            return
        text = self._longer(route, steps)
        if text is None:
            return
        target: Json | None = node
        for step in steps[1:]:
            target = self._next(target, self._looked_up(route, step))
        name = _read(text, target, self._looked_up(route, steps[-1]), bool(route.field["isDict"]))
        yield replace(name, aside=route.borrowed or not self._alone(route))

    def _alone(self, route: Route) -> bool:
        """Whether longer names are read when none of the field's own names is set: boot uses the last name then."""
        last = len(route.field["names"]) - 1
        explodes = self._nodes[route.field["node"]].get("complex") or route.field["names"][last][2]
        return bool(explodes) and _key(route.field, route.program, last) == route.key

    def _longer(self, route: Route, steps: tuple[Step, ...]) -> str | None:
        """The name of several parts that leads along `steps`; None if there is none."""
        delimiter: str | None = route.program["delimiter"]
        if not _explodes(route, self._nodes) or delimiter is None:
            return None
        parts = [self._looked_up(route, step) for step in steps[1:]]
        below = delimiter.join(parts)
        if below.split(delimiter, route.program["maxSplit"]) != parts:
            return None
        if not all(map(_leads_to, self._respelled(route, parts), steps[1:])):
            return None
        text = route.name + delimiter + below
        first = next(name for _, name, _ in route.field["names"] if text.startswith(name + delimiter))
        sensitive = route.program["caseSensitive"]
        return text if first == route.name and (sensitive or text == text.lower()) else None

    def _looked_up(self, route: Route, step: Step) -> str:
        return str(step.key) if route.program["caseSensitive"] else str(step.key).lower()

    def _respelled(self, route: Route, parts: list[str]) -> list[str]:
        """The parts of a name as boot spells them for the models that they lead into; see `_rename` in decoding.py."""
        if route.program["caseSensitive"]:
            return parts
        node = self._nodes[route.field["node"]]
        found: list[str] = []
        for part in parts:
            renames = node.get("renames", {})
            if part not in renames:
                break
            key, index = renames[part]
            found.append(key)
            node = self._nodes[index]
        return found + parts[len(found) :]

    def _next(self, node: Json | None, part: str) -> Json | None:
        for names, index in (node or {}).get("next", ()):
            if names is None or part in names:
                found: Json = self._nodes[index]
                return found
        return None


def _key(field: Json, program: Json, index: int) -> str:
    """The field's key in the document when a name sets it; see `_find` in decoding.py."""
    key, _, holds = field["names"][index]
    preferred, _, preferred_holds = field["names"][0]
    by_name = program["byName"] and key == field["name"]
    return str(key if holds or by_name or preferred_holds else preferred)


def _spelled(way: Sequence[Step]) -> bool:
    """Whether names can lead this way: no name leads to an item of a list."""
    return all(isinstance(step.key, str) for step in way)


def _explodes(route: Route, nodes: Sequence[Json]) -> bool:
    """Whether names that begin with the field's are read as parts of it, under this key of the document."""
    if "strays" in route.field and len(route.field["names"]) == 1:
        return False  # their values go where the last unmatched name leads
    if nodes[route.field["node"]].get("complex"):
        return True
    return any(
        holds and _key(route.field, route.program, index) == route.key
        for index, (_, _, holds) in enumerate(route.field["names"])
    )


def _read(text: str, target: Json | None, part: str, in_mapping: bool) -> Name:
    """How boot reads the text of a name of several parts; see `_nested_value` in decoding.py."""
    if target is None:
        return Name(text, (), None, in_mapping, in_mapping)
    if "type" in target:
        return Name(text, (), target, bool(target.get("complex") or target.get("union")), True)
    is_head = part in target.get("heads", ()) and not target.get("complex")
    decoded = bool(target.get("complex") or is_head) and not target.get("raw")
    return Name(text, (), target, decoded, is_head or bool(target.get("lenient")))


def _leads_to(part: str, step: Step) -> bool:
    return part == step.key or (step.folded and part.lower() == str(step.key).lower())
