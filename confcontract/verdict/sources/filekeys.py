"""The keys of a config file: the setting of each key, the unknown keys, and the keys that give a variable.

A file has the structure of the settings, and its keys are those that the class accepts in a file of its own: the name
of a field, or its aliases. They are read from the contract as it is, without compiling any of it.
"""

from __future__ import annotations

from confcontract.verdict.sources.places import Model, Shapes, declared_models
from confcontract.verdict.sources.unknown_keys import Stranger, dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.sources.places import Place
    from confcontract.verdict.sources.unknown_keys import Keys, Members

    Steps = tuple[str | int, ...]  # a place, through items of lists as well


class TopKey:
    """The target of a key at the top of a file: name in the environment, field, place, and the variable if the key
    gives all of it. rank: of several keys for one field in a file, the one with the lowest rank counts. needed: longer
    names are read only if this one is set."""

    __slots__ = ("field", "name", "needed", "place", "rank", "variable")

    def __init__(
        self,
        name: str,
        field: str,
        rank: int,
        place: Place,
        variable: Mapping[str, Any] | None,
        *,
        needed: bool = False,
    ) -> None:
        self.name = name
        self.field = field
        self.needed = needed
        self.rank = rank
        self.place = place
        self.variable = variable


class FileKeys:
    def __init__(self, contract: Contract) -> None:
        from confcontract.verdict.sources.decoding import fields_of

        compiled = contract.compiled
        self._program: Mapping[str, Any] = compiled["settings"][0]
        self.sensitive: bool = self._program["caseSensitive"]
        self.variables = {tuple(variable["path"]): variable for variable in contract.variables}
        declared = declared_models([*self.variables.values()], self._program)
        self._shapes = Shapes(compiled, sensitive=self.sensitive, declared=declared)
        self._fields = fields_of(self._program)
        # each of several classes is a field, with a name that an environment can't hold
        self.is_of_classes = any(name[0][:1] == "\0" for field in self._fields for name in field["names"])
        self._top: dict[str, TopKey] | None = None
        self._paths: dict[str, TopKey] = {}
        self._ignoring: dict[Steps, Members | None] = {}
        self._sections: dict[Place, tuple[tuple[str | int, ...], Mapping[str, Any]]] = {}

    def normal(self, key: str) -> str:
        return key if self.sensitive else key.lower()

    # -- at the top ------------------------------------------------------------------------------

    def at_top(self, key: str) -> TopKey | None:
        """The target of a key at the top; None if there is none. As in pydantic-settings, the value of any key of a
        field counts as that of its best key. Case does not matter, unless the class requires it, or an alias path leads
        into the value."""
        if self._top is None:
            self._top = {}
            for field in self._fields:
                self._note(self._top, field)
        return self._top.get(self.normal(key)) or self._paths.get(key)

    def _note(self, top: dict[str, TopKey], field: Mapping[str, Any]) -> None:
        """As in InitSettingsSource: a key whose value alias paths lead into belongs to the field only if the field has
        no other key."""
        from confcontract.verdict.sources.decoding import key_of_parts

        name, names = field["name"], field["names"]
        whole = self._shapes.whole(name, self._shapes.root)
        aliases = [each for each in names if each[0] != name or len(names) == 1]
        keys = [each for each in aliases if each[0] in whole] or aliases[:1]
        best_key, best_name, _ = keys[0]
        place = (name,) if best_key in whole else (f"{best_key}\0",)  # a place that belongs to no field
        needed = key_of_parts(field, self._program) not in whole
        for rank, (key, _, _) in enumerate([*keys, *(each for each in names if each not in aliases)]):
            found = TopKey(self._written(best_name), name, rank, place, self.variables.get(place), needed=needed)
            top.setdefault(self.normal(key), found)
        for key, inside, _ in aliases:
            place = (f"{key}\0",)
            self._paths.setdefault(key, TopKey(self._written(inside), place[0], 0, place, None))

    def _written(self, name: str) -> str:
        return name if self.sensitive else name.upper()

    # -- below -----------------------------------------------------------------------------------

    def ignoring(self, place: Steps) -> Members | None:
        """The fields of the section at a place; None if it is not a section, or accepts any key."""
        place = tuple(0 if isinstance(step, int) else step for step in place)  # items of a list share one schema
        if place not in self._ignoring:
            shapes = self._shapes.with_declared(self._shapes.at(place), place)
            models = [shape for shape in shapes if isinstance(shape, Model)]
            takes_any = len(models) < len(shapes) or not all(model.ignoring for model in models)
            self._ignoring[place] = None if takes_any or not models else self._shapes.members(models)
        return self._ignoring[place]

    def fields(self, place: Steps) -> Members:
        """The fields of the section at a place; empty if it is not a section."""
        return self._shapes.members(self._shapes.with_declared(self._shapes.at(place), place))

    def inside(self, place: Place, key: str) -> Place:
        """The place of the value under a key of a section or mapping."""
        return (*place, self._field(place, key))

    def _field(self, place: Steps, key: str) -> str:
        """The field that a key of a section gives; any other key is returned unchanged."""
        for name, (choices, _) in self.fields(place).items():
            if self.normal(key) in [self.normal(way[0]) for way in choices if len(way) == 1]:
                return name
        return key

    def name_beside(self, name: str, variable: Mapping[str, Any]) -> str:
        """The name of a variable in a section that is read together with the section's own name. A name with another
        beginning of the same section may lead elsewhere in that case."""
        begin = f"{name}{self._program['delimiter']}"
        names = (variable["name"], *variable.get("aliases", ()))
        return next((str(each) for each in names if each.startswith(begin)), str(variable["name"]))

    def has_one_way(self, place: Place) -> bool:
        """Whether a name of its own can give a place beside the JSON of the section without hiding any part of that
        JSON: the sections on the way have one key each, spelled like names, and no key belongs to another field as
        well."""
        return all(self._is_one(place[:size], place[size], place[: size + 1] == place) for size in range(1, len(place)))

    def _is_one(self, section: Place, name: Any, is_last: bool) -> bool:
        members = self.fields(section)
        if name not in members:
            return True  # a key of a mapping
        ways = members[name][0]
        heads = [self.normal(str(way[0])) for each, _ in members.values() for way in each]
        if any(heads.count(self.normal(str(way[0]))) > 1 for way in ways):
            return False
        return is_last or (len(ways) == 1 and len(ways[0]) == 1 and str(ways[0][0]) == self.normal(str(ways[0][0])))

    def strangers(self, value: object, place: Steps, keys: Keys) -> Iterator[Stranger]:
        """The unknown keys within a section, or within the sections in a list."""
        for step, inner, members in self._within(value, place):
            if members is not None and not self._leads(str(step), place, members):
                yield Stranger((*keys, step), members)
            elif isinstance(inner, (dict, list)):
                yield from self.strangers(inner, self._deeper(value, place, step), (*keys, step))

    def _within(self, value: object, place: Steps) -> Iterator[tuple[Any, object, Members | None]]:
        """The items of a section or mapping, key by key, or of a list. Members: of a section that ignores other
        keys."""
        if isinstance(value, dict):
            members = self.ignoring(place)
            yield from ((key, inner, members) for key, inner in value.items())
        elif isinstance(value, list):
            yield from ((number, inner, None) for number, inner in enumerate(value))

    def _deeper(self, value: object, place: Steps, step: Any) -> Steps:
        return (*place, step if isinstance(value, list) else self._field(place, str(step)))

    def _leads(self, key: str, place: Steps, members: Members) -> bool:
        known = {self.normal(way[0]) for ways, _ in members.values() for way in ways}
        return self.normal(key) in known or self._points(place, key)

    def ignored(self, value: object, place: Steps, keys: Keys) -> Iterator[Stranger]:
        """The keys that validation ignores in a file which the class reads itself: there, a key must be spelled exactly
        like the field."""
        for step, inner, members in self._within(value, place):
            if members is not None and not any(way[0] == step for ways, _ in members.values() for way in ways):
                yield Stranger((*keys, step), members)
            elif isinstance(inner, (dict, list)):
                yield from self.ignored(inner, (*place, self._exactly(value, place, step)), (*keys, step))

    def _exactly(self, value: object, place: Steps, step: Any) -> str | int:
        if isinstance(value, list):
            return int(step)
        return next((name for name, (ways, _) in self.fields(place).items() if [step] in ways), str(step))

    def _points(self, place: Steps, key: str) -> bool:
        """Whether it is `password_file` beside `password`."""
        return key[-5:].lower() == "_file" and (*place, self._field(place, key[:-5])) in self.variables

    # -- for people ------------------------------------------------------------------------------

    def keys_of(self, path: Sequence[str]) -> tuple[str | int, ...]:
        """The keys by which a file gives the value at a path of the settings."""
        if not path:
            return ()
        outer = tuple(path[:-1])
        if outer not in self._sections:
            self._sections[outer] = self.keys_of(outer), self.fields(outer)
        keys, members = self._sections[outer]
        ways = members[path[-1]][0] if path[-1] in members else [[path[-1]]]
        way = next((way for way in ways if len(way) == 1), ways[0])
        return (*keys, str(way[0]).removeprefix("\0"), *way[1:])

    def fields_at_top(self) -> Members:
        return self._shapes.members(self._shapes.with_declared(self._shapes.root, ()))

    def meant_by_name(self, name: str) -> str | None:
        """The keys of the variable with this name in the environment."""
        for path, variable in self.variables.items():
            if self.normal(name) in map(self.normal, (variable["name"], *variable.get("aliases", ()))):
                return dotted(self.keys_of(path))
        return None

    def all_keys(self) -> list[str]:
        """The keys of all variables, joined with dots: for "did you mean"."""
        return [dotted(self.keys_of(path)) for path in self.variables]
