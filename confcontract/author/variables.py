"""The variables of a contract: every name that an operator may set, with all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.choices import as_written
from confcontract.author.fields import Notes, notes_of
from confcontract.author.lowering.models import AUTOMATIC
from confcontract.author.secrecy import Seen, seen_in
from confcontract.author.special import Special, remarks
from confcontract.author.words import core_of, describe, separator_of

Json = dict[str, Any]
Path = tuple[str, ...]


class Variable:
    """One variable while it is put together. `names`: all accepted ones, best first."""

    def __init__(self, path: Path, names: list[str], node: Json, notes: Notes, heads: list[str]) -> None:
        self.path = path
        self.names = names
        self.node = node
        self.notes = notes
        self.heads = heads  # names that stand for the head of an AliasPath: several fields may share one
        self.required = False
        self.required_if: str | None = None
        self.default: Any = Ellipsis
        self.encoding = "plain"
        self.section = False
        self.lenient = False  # what is no JSON is taken as text
        self.by_name = False  # members of enums may be given by their names
        self.converted = False  # what the text stands for is tried, too, before validation

    @property
    def name(self) -> str:
        return self.names[0]


class Enumeration:
    """Walks a settings class along its lowered schema; `programs` as made by author/names.py."""

    def __init__(
        self, programs: list[Json], nodes: list[Json], classes: dict[Path, type[BaseSettings]], lowered: Json
    ) -> None:
        self._root = core_of(lowered["schema"] if lowered["type"] == "definitions" else lowered)
        self.definitions: Json = {item["ref"]: item for item in lowered.get("definitions", ())}
        self._opened: list[str] = []  # recursive models that are being walked: each is entered once
        self._programs = programs
        self._nodes = nodes
        self._classes = classes  # nested settings classes by path
        self.sections: list[str] = []
        self.open: list[str] = []

    def variables(self, cls: type[BaseSettings]) -> list[Variable]:
        if self._root["type"] != "typed-dict":
            return []
        return list(self._settings(cls, self._programs[0], self._root, (), None, True, Ellipsis))

    def _settings(
        self, cls: type, program: Json, node: Json, base: Path, above: list[str] | None, required: bool, default: Any
    ) -> Iterator[Variable]:
        """The fields of a settings class. `above`: the names by which a parent reaches it, if it is nested."""
        if program["prefix"]:
            self.sections.append(self._shown(program, program["prefix"]))
        for field in program["fields"]:
            name = field["name"]
            inner = node["fields"][name]
            names = [self._shown(program, env_name) for _, env_name, _ in field["names"]]
            heads = [self._shown(program, n) for key, n, complex_ in field["names"] if _is_head(inner, key)]
            if above is not None:
                names = [f"{prefix}{_display(field['aliases'][0], program)}" for prefix in above] + names
            variable = Variable((*base, name), list(dict.fromkeys(names)), inner["schema"], notes_of(cls, name), heads)
            plan = self._nodes[field["node"]]
            yield from self._field(variable, program, plan, inner, required, _member(default, name))

    def _field(
        self, variable: Variable, program: Json, plan: Json, field: Json, parents_required: bool, default: Any
    ) -> Iterator[Variable]:
        node = field["schema"]
        variable.default = default if default is not Ellipsis else _default(node)
        required = field["required"] and parents_required and variable.default is Ellipsis
        variable.required = required and variable.required_if is None
        delimiter = separator_of(node)
        if delimiter is not None:
            variable.encoding = "separated"
        elif plan.get("complex") and not plan.get("raw"):
            variable.encoding = "json"
            variable.lenient = bool(plan.get("lenient"))
        variable.by_name = "enums" in plan
        variable.converted = "coerce" in plan
        yield variable
        if program["delimiter"]:
            yield from self._below(variable, program, plan, node)
        elif variable.path in self._classes:
            yield from self._nested_settings(variable, program, node, None)

    def _below(self, variable: Variable, program: Json, plan: Json, node: Json) -> Iterator[Variable]:
        """The variables below one: the fields of a nested model, by delimiter."""
        ref = core_of(node).get("schema_ref")
        if ref is None:
            yield from self._inside(variable, program, plan, node)
        elif ref in self.definitions and ref not in self._opened:
            self._opened.append(ref)
            yield from self._inside(variable, program, plan, self.definitions[ref])
            self._opened.pop()
        else:
            self.open.extend(name + program["delimiter"] for name in variable.names)

    def _inside(self, variable: Variable, program: Json, plan: Json, node: Json) -> Iterator[Variable]:
        """The fields of a nested model."""
        above = [name + program["delimiter"] for name in variable.names]
        depth = len(variable.path)
        members = _models(node)
        if variable.path in self._classes:
            yield from self._nested_settings(variable, program, node, above)
            return
        if _is_open(node):
            self.open.extend(above)
        if not members:
            return
        variable.section = True
        self.sections.extend(above)
        if program["maxSplit"] >= 0 and depth > program["maxSplit"] + 1:
            return
        seen: set[str] = set()
        for member in members:
            cls = remarks(member).get("cls")
            for name, inner in member["fields"].items():
                segments = _segments(name, inner, member, program)
                if name in seen or not segments:
                    continue
                seen.add(name)
                below = self._leaf(variable, name, inner, segments, above, cls, len(members) > 1)
                step = _step(plan, segments, self._nodes)
                default = _member(variable.default, name)
                yield from self._field(below, program, step, inner, variable.required, default)

    def _leaf(
        self, parent: Variable, name: str, inner: Json, segments: list[str], above: list[str], cls: Any, choice: bool
    ) -> Variable:
        names = [prefix + segment for prefix in above for segment in segments]
        notes = notes_of(cls, name) if cls is not None else Notes()
        if parent.notes.secret or _is_wrapped(parent.node):
            notes.secret = True
        notes.on_change = notes.on_change or parent.notes.on_change
        leaf = Variable((*parent.path, name), names, inner["schema"], notes, [])
        if inner["required"] and (choice or not parent.required):
            leaf.required_if = parent.name
        return leaf

    def _nested_settings(
        self, variable: Variable, program: Json, node: Json, above: list[str] | None
    ) -> Iterator[Variable]:
        cls = self._classes[variable.path]
        index = next(i for i, p in enumerate(self._programs) if p.get("cls") is cls)
        inner = core_of(node)
        if inner["type"] == "typed-dict":
            variable.section = True
            yield from self._settings(
                cls, self._programs[index], inner, variable.path, above, variable.required, variable.default
            )

    def _shown(self, program: Json, name: str) -> str:
        return _display(name, program)


def _display(name: str, program: Json) -> str:
    """A name as an operator writes it: in capitals where case does not matter."""
    upper = name.upper()
    return upper if not program["caseSensitive"] and upper.lower() == name.lower() else name


def _is_head(field: Json, key: str) -> bool:
    alias = field.get("validation_alias")
    if not isinstance(alias, list):
        return False
    paths = [alias] if alias and not isinstance(alias[0], list) else alias
    return any(len(path) > 1 and path[0] == key for path in paths)


def _default(node: Json) -> Any:
    if node["type"] != "default" or "default" not in node:
        return Ellipsis
    return node["default"]


def _member(default: Any, name: str) -> Any:
    return default[name] if isinstance(default, dict) and name in default else Ellipsis


def _models(node: Json) -> list[Json]:
    """The models that a value may be: one, or the members of a union."""
    node = core_of(node)
    if node["type"] == "typed-dict":
        return [node]
    if node["type"] == "union":
        choices = [c.data[0] if isinstance(c, Special) else c for c in node["choices"]]
    elif node["type"] == "tagged-union":
        choices = [choice for _, choice in node["choices"].data]
    else:
        return []
    return [model for choice in choices for model in _models(choice)]


def _is_open(node: Json) -> bool:
    """Whether any name below is taken: mappings, models that allow extras, anything deferred."""
    node = core_of(node)
    kind = node["type"]
    if kind == "typed-dict":
        return "allow" in (node.get("extra_behavior"), node.get("config", {}).get("extra_fields_behavior"))
    if kind == "union":
        return any(_is_open(c.data[0] if isinstance(c, Special) else c) for c in node["choices"])
    return kind in ("dict", "ordered-dict", "counter", "any", "json", "definition-ref", "function-plain")


def _segments(name: str, field: Json, member: Json, program: Json) -> list[str]:
    """The last parts of names that reach a field of a nested model; none if no name can."""
    alias = field.get("validation_alias")
    config = member.get("config", {})
    if alias is None or config.get("validate_by_alias") is False:
        found = [name]
    elif isinstance(alias, str):
        found = [alias]
    else:
        paths = [alias] if not isinstance(alias[0], list) else alias
        found = [path[0] for path in paths if len(path) == 1 and not path[0].startswith(AUTOMATIC)]
    if config.get("validate_by_name") and name not in found:
        found.append(name)
    return [_display(part, program) for part in found if program["delimiter"].lower() not in part.lower()]


def _step(plan: Json, segments: list[str], nodes: list[Json]) -> Json:
    wanted = {segment.lower() for segment in segments}
    for names, index in plan.get("next", ()):
        if names is not None and wanted & {name.lower() for name in names}:
            found: Json = nodes[index]
            return found
    return {}


def holds(node: Json, test: Callable[[Json], bool], definitions: Json, seen: frozenset[str] = frozenset()) -> bool:
    """Whether `test` is true of a lowered node or of anything inside it. `definitions`: of recursive models, by ref."""
    if test(node):
        return True
    ref = node.get("schema_ref")
    if ref is not None:
        return ref in definitions and ref not in seen and holds(definitions[ref], test, definitions, seen | {ref})
    inner: list[Json] = []
    for key, value in node.items():
        if key == "fields":
            inner.extend(field["schema"] for field in (value.values() if isinstance(value, dict) else value))
        elif key in ("choices", "steps", "items_schema") and not isinstance(value, dict):
            items = value.data if isinstance(value, Special) else value
            items = [i.data[0] if isinstance(i, Special) else i for i in items]
            inner.extend(i[1] if isinstance(i, list) else i for i in items)
        elif isinstance(value, dict) and "type" in value and key not in ("function", "default"):
            inner.append(value)
    shape = remarks(node).get("shape_of")
    if shape is not None:
        inner.append(shape)
    return any(holds(child, test, definitions, seen) for child in inner)


def is_secret(node: Json) -> bool:
    return bool(remarks(node).get("secret"))


def _is_wrapped(node: Json) -> bool:
    """Whether the value as a whole is a secret, Secret[Model]: then its parts are."""
    while not is_secret(node) and node["type"] in ("default", "nullable"):
        node = node["schema"]
    return is_secret(node)


def is_url(node: Json) -> bool:
    return node["type"] in ("url", "multi-host-url")


def as_data(variable: Variable, deferred: bool, default_text: str | None, definitions: Json) -> Json:
    """The entry in the contract; what is not so is absent. `definitions`: of recursive models, by ref."""
    notes = variable.notes
    seen = seen_in(notes.owner, notes.name) if notes.owner is not None else Seen()
    # what is lowered is asked as well: a marker on what is around the variable stands there
    secret = notes.secret or seen.secret or holds(variable.node, is_secret, definitions)
    described = describe(variable.node)
    if variable.encoding == "plain" and not variable.converted:
        described = as_written(variable.node, described, by_name=variable.by_name)
    entry: Json = {
        "name": variable.name,
        "path": list(variable.path),
        "group": ".".join(variable.path[:-1]),
        "type": described.type_data(),
        "encoding": variable.encoding,
        "required": variable.required,
        "secret": secret,
    }
    optional: Json = {
        "aliases": variable.names[1:],
        "separator": separator_of(variable.node) if variable.encoding == "separated" else None,
        "constraints": described.constraints,
        "unit": notes.unit,
        "computed": bool(remarks(variable.node).get("computed")),
        "requiredIf": variable.required_if,
        "masked": None if secret else "type" if seen.opaque else "name" if seen.named else None,
        "credentials": seen.url or holds(variable.node, is_url, definitions),
        "vault": notes.vault,
        "vaultFallback": notes.vault_fallback,
        "vaultOptional": notes.vault_optional,
        "onChange": notes.on_change if notes.on_change != "restart" else None,
        "description": notes.description,
        "examples": notes.examples,
        "deprecated": _deprecated(variable),
        "deferred": deferred,
        "declaredAt": notes.place,
    }
    entry.update({key: value for key, value in optional.items() if value})
    if entry.get("masked") == "name" and not variable.section and variable.default not in (Ellipsis, *_EMPTY):
        entry["defaultInCode"] = True  # boot's validator has it, but it is in none of the views
        return entry
    if default_text is not None and not entry["secret"]:
        entry["defaultText"] = default_text  # the empty string is one
    if variable.default is not Ellipsis and not entry["secret"] and not _has_special(variable.default):
        entry["default"] = variable.default
    elif variable.default is None:
        entry["default"] = None
    return entry


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def without_hidden(entries: list[Json]) -> None:
    """Take what is called like a secret out of the defaults of the sections that it is in."""
    hidden = [entry for entry in entries if entry.get("masked") == "name" and entry["type"]["kind"] != "object"]
    for entry in entries:
        below = [
            other["path"] for other in hidden if other["path"][: len(entry["path"])] == entry["path"] != other["path"]
        ]
        if below and isinstance(entry.get("default"), dict):
            entry["default"] = _without(entry["default"], [path[len(entry["path"]) :] for path in below])
        elif entry.get("masked") == "name" and entry["type"]["kind"] == "object" and entry.get("default"):
            del entry["default"]  # its members are no variables
            entry["defaultInCode"] = True


def _without(default: Json, paths: list[list[str]]) -> Json:
    kept = {}
    for name, value in default.items():
        rest = [path[1:] for path in paths if path[0] == name]
        if [] not in rest or value in _EMPTY:
            kept[name] = _without(value, rest) if isinstance(value, dict) and rest else value
    return kept


def _deprecated(variable: Variable) -> Json | None:
    marker = variable.notes.deprecated
    if marker is None:
        return None
    names = list(variable.names)
    if marker.replaced_by in names:
        names.remove(marker.replaced_by)
    data: Json = {"message": marker.message, "names": names}
    if marker.replaced_by:
        data["replacedBy"] = marker.replaced_by
    return data


def _has_special(value: Any) -> bool:
    if isinstance(value, Special):
        return True
    if isinstance(value, dict):
        return any(_has_special(item) for item in value.values())
    return isinstance(value, list) and any(_has_special(item) for item in value)


def default_texts(variable: Variable) -> Iterator[str]:
    """How a default might be written in an env file, likeliest first; the caller tries them."""
    value = variable.default
    if value is Ellipsis or value is None:
        return
    if isinstance(value, Special):
        yield str(value.data)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, (int, float)):
        yield json.dumps(value)
    elif not _has_special(value):
        delimiter = separator_of(variable.node)
        simple = isinstance(value, list) and all(type(item) in (str, int, float) for item in value)
        if simple and delimiter and variable.encoding == "separated":
            yield delimiter.join(str(item) for item in value)
        yield json.dumps(value, ensure_ascii=False, separators=(",", ":"))
