"""The variables of a contract: every name that an operator may set, with all known facts about it."""

from __future__ import annotations

import functools
import json
import operator
from collections.abc import Callable, Iterator
from typing import Any

from confcontract.author.beyond_json import Special
from confcontract.author.choices_as_text import as_written
from confcontract.author.field_notes import Notes
from confcontract.author.field_secrecy import Seen, seen_in
from confcontract.author.remarks import remarks
from confcontract.author.type_words import describe, separator_of

Json = dict[str, Any]
Path = tuple[str, ...]


class Variable:
    """One variable under construction. `names`: all accepted ones, best first."""

    def __init__(self, path: Path, names: list[str], node: Json, notes: Notes) -> None:
        self.path = path
        self.names = names
        self.node = node
        self.notes = notes
        # names that hold a container (an AliasPath), and the place of the value in it; fields may share one
        self.within: dict[str, tuple[str | int, ...]] = {}
        self.by_path: set[str] = set()  # names whose parts are those of an AliasPath
        self.open: list[str] = []  # prefixes; any name below them sets a part of it
        self.models: set[int] = set()  # the class that has the field
        self.required = False
        self.required_if: str | None = None
        self.default: Any = Ellipsis
        self.in_code: list[Path] = []  # the secret parts of the default, which are left out: paths from here
        self.encoding = "plain"
        self.section = False
        self.lenient = False  # text that is not JSON stays text
        self.by_name = False  # members of enums may be given by their names
        self.converted = False  # the object made from the text is tried, too, before validation

    @property
    def name(self) -> str:
        return self.names[0]


def holds(node: Json, test: Callable[[Json], bool], definitions: Json, seen: frozenset[str] = frozenset()) -> bool:
    """Whether `test` is true for a lowered node or anything inside it. `definitions`: of recursive models, by ref."""
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


def is_wrapped(node: Json) -> bool:
    """Whether the value as a whole is a secret, Secret[Model]: then its parts are secret, too."""
    while not is_secret(node) and node["type"] in ("default", "nullable"):
        node = node["schema"]
    return is_secret(node)


def is_url(node: Json) -> bool:
    return node["type"] in ("url", "multi-host-url")


def as_data(variable: Variable, deferred: bool, default_text: str | None, definitions: Json) -> Json:
    """The entry in the contract; false and empty facts are absent. `definitions`: of recursive models, by ref."""
    notes = variable.notes
    seen = functools.reduce(operator.or_, (seen_in(owner, notes.name) for owner in notes.owners), Seen())
    # includes the lowered schema: it has the markers on types around the variable
    secret = notes.secret or seen.secret or holds(variable.node, is_secret, definitions)
    masked = None if secret else "type" if seen.opaque else "name" if seen.named else None
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
        "within": {name: list(path) for name, path in variable.within.items()},
        "open": variable.open,
        "separator": separator_of(variable.node) if variable.encoding == "separated" else None,
        "constraints": described.constraints,
        "unit": notes.unit,
        "computed": bool(remarks(variable.node).get("computed")),
        "requiredIf": variable.required_if,
        "masked": masked,
        "credentials": seen.url or holds(variable.node, is_url, definitions),
        "vault": notes.vault,
        "vaultFallback": notes.vault_fallback,
        "vaultOptional": notes.vault_optional,
        "generate": notes.generate,
        "onChange": notes.on_change if notes.on_change != "restart" else None,
        "description": notes.description,
        "examples": notes.examples if not secret and masked != "name" else (),
        "deprecated": _deprecated(variable),
        "deferred": deferred,
        "declaredAt": notes.place,
    }
    entry.update({key: value for key, value in optional.items() if value})
    if () in variable.in_code or (variable.in_code and not variable.section):
        entry["defaultInCode"] = True
        return entry
    if entry.get("masked") == "name" and not variable.section and variable.default not in (Ellipsis, *_EMPTY):
        entry["defaultInCode"] = True  # boot's validator may contain it, but none of the views does
        return entry
    if default_text is not None and not entry["secret"]:
        entry["defaultText"] = default_text  # the empty string is one
    if variable.default is not Ellipsis and not entry["secret"] and not _has_special(variable.default):
        entry["default"] = variable.default
    elif variable.default is None or variable.default == "":
        entry["default"] = variable.default  # for a secret, too: there is nothing to hide
    return entry


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def without_hidden(entries: list[Json]) -> None:
    """Remove values with secret-like names from the defaults of the sections that contain them."""
    hidden = [entry for entry in entries if entry.get("masked") == "name" and entry["type"]["kind"] != "object"]
    for entry in entries:
        below = [
            other["path"] for other in hidden if other["path"][: len(entry["path"])] == entry["path"] != other["path"]
        ]
        if below and isinstance(entry.get("default"), dict):
            entry["default"] = _without(entry["default"], [path[len(entry["path"]) :] for path in below])
        elif entry.get("masked") == "name" and entry["type"]["kind"] == "object" and entry.get("default"):
            del entry["default"]  # its members are not variables
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
    """The ways to write a default in an env file, likeliest first; the caller tries them."""
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
