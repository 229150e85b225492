"""The keys of a config file: which setting each leads to, which are none, and by which key a variable is given.

A file has the structure of the settings, and its keys are those that the class takes in a file of its own: the name of
a field, or its aliases. Read from the contract as it is; nothing of it has to be compiled for that.
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
    """What a key at the top of a file gives: name in the environment, field, place, and the variable if it is all of
    one. rank: of several keys that a field has in one file, that of the lowest counts. needed: longer names are read
    beside this one only."""

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
        # of several classes each is a field, with a name that no environment can hold
        self.is_of_classes = any(name[0][:1] == "\0" for field in self._fields for name in field["names"])
        self._top: dict[str, TopKey] | None = None
        self._paths: dict[str, TopKey] = {}
        self._ignoring: dict[Steps, Members | None] = {}
        self._sections: dict[Place, tuple[tuple[str | int, ...], Mapping[str, Any]]] = {}

    def normal(self, key: str) -> str:
        return key if self.sensitive else key.lower()

    # -- at the top ------------------------------------------------------------------------------

    def at_top(self, key: str) -> TopKey | None:
        """What a key at the top gives; None where it gives nothing. As pydantic-settings has it, whichever key of a
        field is used, the value counts as that of its best; case does not matter, unless the class says so, or an alias
        path leads into the value."""
        if self._top is None:
            self._top = {}
            for field in self._fields:
                self._note(self._top, field)
        return self._top.get(self.normal(key)) or self._paths.get(key)

    def _note(self, top: dict[str, TopKey], field: Mapping[str, Any]) -> None:
        """As InitSettingsSource does: what alias paths lead into is a key of the field only where it has no other."""
        from confcontract.verdict.sources.decoding import key_of_parts

        name, names = field["name"], field["names"]
        whole = self._shapes.whole(name, self._shapes.root)
        aliases = [each for each in names if each[0] != name or len(names) == 1]
        keys = [each for each in aliases if each[0] in whole] or aliases[:1]
        best_key, best_name, _ = keys[0]
        place = (name,) if best_key in whole else (f"{best_key}\0",)  # within that, it is the value of no field
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
        """The fields of the section at a place; None where it is not a section, or one that takes any key."""
        place = tuple(0 if isinstance(step, int) else step for step in place)  # what items of a list may be is one
        if place not in self._ignoring:
            shapes = self._shapes.with_declared(self._shapes.at(place), place)
            models = [shape for shape in shapes if isinstance(shape, Model)]
            takes_any = len(models) < len(shapes) or not all(model.ignoring for model in models)
            self._ignoring[place] = None if takes_any or not models else self._shapes.members(models)
        return self._ignoring[place]

    def fields(self, place: Steps) -> Members:
        """The fields of the section at a place; none where it is none."""
        return self._shapes.members(self._shapes.with_declared(self._shapes.at(place), place))

    def inside(self, place: Place, key: str) -> Place:
        """The place of what stands under a key of a section or mapping."""
        return (*place, self._field(place, key))

    def _field(self, place: Steps, key: str) -> str:
        """The field that a key of a section gives; any other key is itself."""
        for name, (choices, _) in self.fields(place).items():
            if self.normal(key) in [self.normal(way[0]) for way in choices if len(way) == 1]:
                return name
        return key

    def name_beside(self, name: str, variable: Mapping[str, Any]) -> str:
        """The name of a variable within a section that is read beside the section's own: what begins with another name
        of the same section may lead elsewhere then."""
        begin = f"{name}{self._program['delimiter']}"
        names = (variable["name"], *variable.get("aliases", ()))
        return next((str(each) for each in names if each.startswith(begin)), str(variable["name"]))

    def has_one_way(self, place: Place) -> bool:
        """Whether a name of its own gives what is at a place beside the JSON of the section, and hides nothing of that:
        the sections on the way have one key each, written as names are, and no key is another field's as well."""
        return all(self._is_one(place[:size], place[size], place[: size + 1] == place) for size in range(1, len(place)))

    def _is_one(self, section: Place, name: Any, is_last: bool) -> bool:
        members = self.fields(section)
        if name not in members:
            return True  # of a mapping
        ways = members[name][0]
        heads = [self.normal(str(way[0])) for each, _ in members.values() for way in each]
        if any(heads.count(self.normal(str(way[0]))) > 1 for way in ways):
            return False
        return is_last or (len(ways) == 1 and len(ways[0]) == 1 and str(ways[0][0]) == self.normal(str(ways[0][0])))

    def strangers(self, value: object, place: Steps, keys: Keys) -> Iterator[Stranger]:
        """The keys that lead to nothing within a section, or within those in a list."""
        for step, inner, members in self._within(value, place):
            if members is not None and not self._leads(str(step), place, members):
                yield Stranger((*keys, step), members)
            elif isinstance(inner, (dict, list)):
                yield from self.strangers(inner, self._deeper(value, place, step), (*keys, step))

    def _within(self, value: object, place: Steps) -> Iterator[tuple[Any, object, Members | None]]:
        """What is in a section or mapping, key by key, or in a list. Members: of a section that ignores other keys."""
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
        """The keys that validation takes no notice of in a file which the class reads by itself: there, a key has to be
        written exactly as the field is called."""
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
        """The keys by which a file gives what is at a path of the settings."""
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
        """The keys of the variable that is called so in the environment."""
        for path, variable in self.variables.items():
            if self.normal(name) in map(self.normal, (variable["name"], *variable.get("aliases", ()))):
                return dotted(self.keys_of(path))
        return None

    def all_keys(self) -> list[str]:
        """The keys of all variables, with dots between: for "did you mean"."""
        return [dotted(self.keys_of(path)) for path in self.variables]
