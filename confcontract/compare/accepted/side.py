"""Where in a contract's plan the accepted values of a variable are defined."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from confcontract.compare.accepted.put_back import below, put_back_in
from confcontract.compare.accepted.shape import shapes_of
from confcontract.verdict.validator import AROUND_SECTIONS, hydrated_plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Any

    from confcontract.compare.accepted.put_back import PutBack
    from confcontract.compare.accepted.shape import Shape
    from confcontract.contract.artifact import Contract

    Pointer = tuple[str | int, ...]

_OF_FILES = frozenset({"sources", "dotenv", "secretsDirs"})  # in a table of names
AROUND_MEMBERS = (*AROUND_SECTIONS, "custom-error")  # the ones for which its members alone are not sufficient
_UNIONS = ("union", "tagged-union")


class IndexedPlan:
    """The plan of a contract, indexed once for all of its variables."""

    def __init__(self, contract: Contract, tried: Callable[[], Collection[str]] = frozenset) -> None:
        """tried: the settings fields whose variables will be tried, as far as that is known."""
        self.contract = contract
        self._tried = tried
        self.compiled = contract.compiled
        self.compared_with: Any = None  # the parts that it shares with another plan; see same_plan.py
        self._fields: dict[int, Mapping[str, Any]] = {}
        self._places: dict[int, Mapping[str, int]] = {}

    def hydrated(self, field: str) -> Hydrated:
        """The plan as boot runs it, with at least this settings field. Raises ContractUnusable."""
        return self._hydrated_for_trials if field in self._tried() else self._hydrated_whole

    @cached_property
    def _hydrated_for_trials(self) -> Hydrated:
        return Hydrated(hydrated_plan(self.contract, self._tried()))

    @cached_property
    def _hydrated_whole(self) -> Hydrated:
        return Hydrated(hydrated_plan(self.contract))

    def place_of(self, program: int, name: str) -> int | None:
        """The place of a field in a table of names."""
        if program not in self._places:
            self._places[program] = {each: number for number, each in enumerate(self.fields_of(program))}
        return self._places[program].get(name)

    @cached_property
    def hydration(self) -> dict[Pointer, list[tuple[Pointer, str, Any]]]:
        """The values that boot restores, by the place of the field that contains them: (place within, kind, data)."""
        found: dict[Pointer, list[tuple[Pointer, str, Any]]] = {}
        for pointer, kind, *data in self.compiled["hydrate"]:
            if kind == "shared":
                continue
            for length in range(len(pointer)):
                if pointer[length] == "schema" and length >= 2 and pointer[length - 2] == "fields":
                    place = tuple(pointer[: length + 1])
                    rest = tuple(pointer[length + 1 :])
                    found.setdefault(place, []).append((rest, kind, data[0] if data else None))
            if pointer[0] in ("nodes", "coercers"):
                found.setdefault(tuple(pointer[:2]), []).append((tuple(pointer[2:]), kind, data[0] if data else None))
            elif "definitions" in pointer:
                found.setdefault(("definitions",), []).append((tuple(pointer), kind, data[0] if data else None))
        return found

    @cached_property
    def put_back(self) -> PutBack:
        """The same, by place, for comparing it with another plan's."""
        return put_back_in(self.compiled)

    def put_back_at(self, pointer: Pointer) -> PutBack | None:
        return below(self.put_back, *pointer)

    @cached_property
    def definitions(self) -> dict[str, tuple[Pointer, Mapping[str, Any]]]:
        root = self.compiled["validator"]
        return {
            each["ref"]: (("validator", "definitions", index), each)
            for index, each in enumerate(root.get("definitions", ()))
        }

    @cached_property
    def refers_to_python_patterns(self) -> bool:
        """Whether a definition has a pattern in Python's dialect."""
        return bool(self.definitions) and "python-re" in repr(self.definitions)

    @cached_property
    def deferrals(self) -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
        """The checks that only the application can run, by the name of the variable: kind, name and path of each."""
        found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
        for each in self.contract.deferred:
            for name in each.get("variables", ()):
                found.setdefault(name, []).append((each["kind"], each["name"], tuple(each["path"])))
        return {name: sorted(entries) for name, entries in found.items()}

    @cached_property
    def with_json(self) -> Mapping[str, Mapping[str, Any]]:
        """The contract's variables that hold JSON, by the name of the settings field."""
        return {
            each["path"][0]: each
            for each in self.contract.variables
            if each["encoding"] == "json" and len(each["path"]) == 1
        }

    def section_at(self, path: tuple[str, ...]) -> PlannedSection | None:
        """The section that a path leads to, if it is only one."""
        found = list(self._walk(self.compiled["validator"], ("validator",), (*path, ""), (), frozenset(), whole=True))
        return found[0] if len(found) == 1 and isinstance(found[0], PlannedSection) else None

    def nodes_in(self, section: tuple[str, ...]) -> Mapping[str, int | None] | None:
        """The nodes with which the fields of a section are decoded; fields with other names are left out."""
        program = self.compiled["settings"][0]
        nodes = self.compiled["nodes"]
        fields = self.fields_of(0)
        if not section:
            return {name: None if isinstance(each, str) else each["node"] for name, each in fields.items()}
        field = fields.get(section[0])
        if field is None or isinstance(field, str):
            return None
        node, sensitive = nodes[field["node"]], program["caseSensitive"]
        for name in section[1:]:
            index = node.get("next", {}).get(name if sensitive else name.lower())
            if index is None:
                return None
            node = nodes[index]
        return dict(node.get("next", {}))

    @property
    def ignores_empty(self) -> bool:
        return any(program["ignoreEmpty"] for program in self.compiled["settings"])

    def fields_of(self, program: int) -> Mapping[str, Any]:
        """The fields of a table of names, by their names."""
        if program not in self._fields:
            fields = self.compiled["settings"][program]["fields"]
            names = [each if type(each) is str else each["name"] for each in fields]
            self._fields[program] = dict(zip(names, fields, strict=True))
        return self._fields[program]

    def fields_at(self, path: tuple[str, ...]) -> list[FieldPlace]:
        """The fields that a variable's path leads to: several if the path goes through a union."""
        found = self._walk(self.compiled["validator"], ("validator",), path, (), frozenset())
        return [each for each in found if isinstance(each, FieldPlace)]

    def _walk(
        self,
        node: Any,
        pointer: Pointer,
        path: tuple[str, ...],
        configs: tuple[Any, ...],
        seen: frozenset[str],
        *,
        whole: bool = False,
    ) -> Iterator[FieldPlace | PlannedSection]:
        """whole: return the section around the field, not the field."""
        kind = node["type"]
        if kind == "typed-dict":
            configs = (*configs, node.get("config"), node.get("strict"))
            if whole and len(path) == 1:
                yield PlannedSection(pointer, node["fields"], configs)
                return
            if path[0] not in node["fields"]:
                return
            field, place = node["fields"][path[0]], (*pointer, "fields", path[0])
            if isinstance(field, int):
                field, place = self.compiled["shared"][field], ("shared", field)
            if len(path) == 1:
                yield FieldPlace((*place, "schema"), field, configs, pointer)
                return
            pointer, path, seen = (*place, "schema"), path[1:], frozenset()
            inner = [(field["schema"], pointer)]
        elif kind in AROUND_MEMBERS:
            inner = [(node["schema"], (*pointer, "schema"))]
        elif kind == "lax-or-strict":
            inner = [(node["lax_schema"], (*pointer, "lax_schema"))]
        elif kind == "definition-ref" and node["schema_ref"] not in seen:
            where, referred = self.definitions[node["schema_ref"]]
            inner, seen = [(referred, where)], seen | {node["schema_ref"]}
        elif kind in _UNIONS:
            inner = [_choice(each, (*pointer, "choices", index)) for index, each in enumerate(node["choices"])]
        else:
            return
        for each, at in inner:
            yield from self._walk(each, at, path, configs, seen, whole=whole)


def _choice(choice: Any, pointer: Pointer) -> tuple[Any, Pointer]:
    """A member of a union; with a label after it, or a tag before it."""
    if isinstance(choice, dict):
        return choice, pointer
    at = 0 if isinstance(choice[0], dict) else 1
    return choice[at], (*pointer, at)


class Hydrated:
    """A plan as boot runs it."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.plan = plan
        self.definitions = {each["ref"]: each for each in plan["validator"].get("definitions", ())}


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section in a plan: its place, its fields, and the configurations of it and around it."""

    pointer: Pointer
    fields: Mapping[str, Any]
    configs: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A field in a plan: the place of its schema, the field itself, the configurations around it, and the place of its
    section.
    """

    pointer: Pointer
    field: Mapping[str, Any]
    configs: tuple[Any, ...]
    section: Pointer


def _without_default(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A default that replaces an invalid value is a value that a text gives; other defaults are irrelevant."""
    if schema["type"] == "default" and schema.get("on_error", "raise") == "raise":
        return {key: value for key, value in schema.items() if key != "default"}
    return schema


@dataclass
class Side:
    """One variable of a contract. variable: an entry of `contract.variables`."""

    plan: IndexedPlan
    variable: Mapping[str, Any]

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.variable["path"])

    @cached_property
    def places(self) -> list[FieldPlace]:
        return self.plan.fields_at(self.path)

    @cached_property
    def backtracks(self) -> bool:
        """Whether it has a pattern in Python's dialect, which may never end on some texts."""
        hydration = self.plan.hydration
        if any(kind == "pattern" for place in self.places for _, kind, _ in hydration.get(place.pointer, ())):
            return True
        return any("python-re" in each for each in self.written) or self.plan.refers_to_python_patterns

    @cached_property
    def written(self) -> list[str]:
        """For each of its places, everything that validates its values, except its default and the values that boot
        restores.
        """
        return [repr((_without_default(place.field["schema"]), place.configs)) for place in self.places]

    @cached_property
    def decoding(self) -> list[tuple[Mapping[str, Any], int | None]]:
        """The tables of names that lead the variable's text to its field, and the node of each; none for plain text."""
        return list(self._nodes(0, self.path))

    @cached_property
    def leaves_out_empty(self) -> bool:
        """Whether the empty text counts as not set."""
        return bool(self.decoding) and all(program["ignoreEmpty"] for program, _ in self.decoding)

    @property
    def has_other_places(self) -> bool:
        """Whether another name, the JSON of its section or a file that the class reads may also have a value."""
        in_files = any(not _OF_FILES.isdisjoint(program) for program, _ in self.decoding)
        return in_files or len(self.path) > 1 or "aliases" in self.variable

    @cached_property
    def texts_touched(self) -> frozenset[str] | None:
        """The texts that are changed before the validator gets them; None if texts are decoded, coerced or replaced."""
        if len(self.decoding) != 1 or self.plan.compiled["settings"][0].get("nested"):
            return None
        [(program, node)] = self.decoding
        if node is not None and self.plan.compiled["nodes"][node]:
            return None
        return frozenset(("", *(text for text in (program["noneStr"],) if text is not None)))

    @cached_property
    def is_found_by_its_path(self) -> bool:
        """Whether its text is in the data under the names of the fields that lead to it, as far as a quick look shows:
        neither the variable nor its section has other names.
        """
        program = self.plan.compiled["settings"][0]
        field = self.plan.fields_of(0).get(self.path[0])
        if field is None or isinstance(field, str):
            return field is not None and len(self.path) == 1
        node = self.plan.compiled["nodes"][field["node"]]
        names = [[self.path[0], head, False] for _, head, _ in field["names"]]
        if len(self.path) != 2 or field["names"] != names or len(names) != 1 or "strays" in field:
            return False
        name = names[0][1] + program["delimiter"] + self.path[1]
        return (
            name == (self.variable["name"] if program["caseSensitive"] else self.variable["name"].lower())
            and bool(node.get("complex"))
            and node.get("renames", True) is True
            and self.path[1] in node.get("next", ())
            and len(self.places) == 1
            and "validation_alias" not in self.places[0].field
        )

    @cached_property
    def trials(self) -> dict[bool, Any]:
        """The validators of this variable alone, once they were needed; see text_trial.py."""
        return {}

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The alternatives of the variable. There must be exactly one of `places`."""
        [place] = self.places
        put_back = self.plan.hydration.get(place.pointer, ())
        return shapes_of(place.field["schema"], place.configs, put_back, self.plan.compiled["shared"])

    @cached_property
    def deferrals(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return self.plan.deferrals.get(self.variable["name"], [])

    def _nodes(self, index: int, path: tuple[str, ...]) -> Iterator[tuple[Mapping[str, Any], int | None]]:
        program = self.plan.compiled["settings"][index]
        field = self.plan.fields_of(index).get(path[0])
        if field is not None and len(path) == 1:
            yield program, None if isinstance(field, str) else field["node"]
        elif field is not None and not isinstance(field, str):
            node = self._below(program, field)
            if node is not None:
                yield program, node
        for entry in program.get("nested", ()):
            size = len(entry["path"])
            if size < len(path) and list(path[:size]) == entry["path"]:
                yield from self._nodes(entry["program"], path[size:])

    def _below(self, program: Mapping[str, Any], field: Mapping[str, Any]) -> int | None:
        """The node that the variable's name leads to, segment by segment."""
        name, delimiter = self.variable["name"], program["delimiter"]
        name = name if program["caseSensitive"] else name.lower()
        heads = [head for _, head, _ in field["names"] if delimiter and name.startswith(head + delimiter)]
        if not heads:
            return None
        nodes = self.plan.compiled["nodes"]
        index: int | None = field["node"]
        for segment in name[len(heads[0]) + len(delimiter) :].split(delimiter, program["maxSplit"]):
            node = nodes[index]
            named = node.get("next", {})
            key = segment if segment in named else segment.removeprefix(node.get("head", ""))
            index = named.get(key, node.get("other"))
            if index is None:
                return None
        return index
