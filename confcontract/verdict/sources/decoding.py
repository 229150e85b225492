"""One source of one program: looks up names, decodes values, and merges nested names.

This is what pydantic-settings' env source does, over the tables that bake made (author/names.py).
"""

from __future__ import annotations

from confcontract.contract.jsontext import loads
from confcontract.verdict.sources.gathered import DecodingFailure, Gathered, Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.verdict.sources.origin import Where


_NOWHERE: Mapping[str, int] = {}


def head_of(program: Mapping[str, Any]) -> str:
    """The prefix of a field's name in the name that is looked up for it."""
    prefix: str = program["prefix"]
    return prefix if program["caseSensitive"] else prefix.lower()


def fields_of(program: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of a program, each with its names. A field that is only a name gets the implied members."""
    head = head_of(program)
    return [
        {"name": field, "names": [[field, head + field, False]]} if isinstance(field, str) else field
        for field in program["fields"]
    ]


class NoneText(str):
    """A value equal to `env_parse_none_str`: it is text until the end, and then becomes None."""

    __slots__ = ()


def deep_update(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    """A copy of `low` updated with `high`: dicts are merged, any other value is replaced."""
    merged = low.copy()
    for key, value in high.items():
        below = merged.get(key)
        merged[key] = deep_update(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


class Reader:
    """One source of one program: looks up names, decodes values, and merges nested names."""

    def __init__(
        self,
        compiled: Mapping[str, Any],
        program: Mapping[str, Any],
        values: Mapping[str, str | None],
        where: Where,
        result: Gathered,
        *,
        exploding: bool = True,
    ) -> None:
        self.compiled = compiled
        self.nodes: list[Any] = compiled["nodes"]
        self.program = program
        self.where = where
        self.result = result
        self.exploding = exploding
        self.delimiter = program["delimiter"]
        self._heads: dict[str, list[tuple[int, str, str]]] | None = None
        self._written: dict[str, str] | None = None
        none = program["noneStr"]
        self._given = {k: v for k, v in values.items() if v != ""} if program["ignoreEmpty"] else values
        texts: Iterable[str | None] = self._given.values()
        if none is not None:
            texts = [NoneText(text) if text == none else text for text in texts]
        self.values: dict[str, str | None] = dict(zip(self._normal(self._given), texts, strict=True))
        self.lookup: Any = self.values.get

    def _normal(self, names: Iterable[str]) -> Iterable[str]:
        return names if self.program["caseSensitive"] else map(str.lower, names)

    @property
    def written(self) -> dict[str, str]:
        """Name as it is looked up → name as it was set."""
        if self._written is None:
            self._written = dict(zip(self._normal(self._given), self._given, strict=True))
        return self._written

    def read(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        lookup, nodes, notes, head = self.lookup, self.nodes, self.result.notes, head_of(self.program)
        for field in self.program["fields"]:
            value: Any
            if field.__class__ is str:  # one name, and a text that stays unchanged: the rest is not needed
                name = head + field
                value = lookup(name)
                if value is not None:
                    notes.append(((field,), name, self))
                    data[field] = None if value.__class__ is NoneText else value
                continue
            node = nodes[field["node"]]
            value, key, name, complex_ = self._find(field)
            if value is not None:
                notes.append(((field["name"],), name, self))
            try:
                value = self._prepare(field, node, value, complex_)
            except (ValueError, RecursionError, TypeError) as error:
                self._fail((field["name"],), name, error)
                continue
            if value is None:
                continue
            if self.program["noneStr"] is not None:
                value = _without_none_text(value) if isinstance(value, dict) else value
                value = None if isinstance(value, NoneText) else value
            if isinstance(value, dict) and not self.program["caseSensitive"]:
                value = self._rename(node, value, (field["name"],))
            data[key] = value
        return data

    def _find(self, field: Mapping[str, Any]) -> tuple[str | None, str, str, bool]:
        value, key, name, complex_ = None, "", "", False
        for key, name, complex_ in looked_up(field):  # noqa: B007  the last one tried counts, found or not
            value = self.lookup(name)
            if value is not None:
                break
        return value, key_given(field, self.program, key, complex_), name, complex_

    def _fail(self, path: Path, name: str, error: Exception) -> None:
        self.result.failures.append(DecodingFailure(path, self.written.get(name, name), self.where, _reason(error)))

    def _prepare(self, field: Mapping[str, Any], node: Mapping[str, Any], value: Any, complex_: bool) -> Any:
        if not self.exploding:  # secret files: complex values are decoded, and nothing else is done
            return self._decode(node, value) if value is not None and (node.get("decodes") or complex_) else value
        value = _enum_member(node, value)
        if not (complex_ or node.get("complex")):
            return None if value is None else self._coerce(node, value)
        if isinstance(value, NoneText):
            return value
        if value is None:
            return self._explode(field) or None
        try:
            value = self._decode(node, value)
        except ValueError:
            if not node.get("lenient"):
                raise
        return deep_update(value, self._explode(field)) if isinstance(value, dict) else value

    def _decode(self, node: Mapping[str, Any] | None, value: Any) -> Any:
        if node is not None and node.get("raw"):
            return value
        return loads(value)

    def _coerce(self, node: Mapping[str, Any] | None, value: Any) -> Any:
        """Strict mode refuses strings, so pydantic-settings converts them first; see `_coerces` at bake."""
        index = None if node is None else node.get("coerce")
        if index is None or not isinstance(value, str) or value == self.program["noneStr"]:
            return value
        from confcontract.contract.engine import ValidationError

        validate = self.compiled["coercers"][index].validate_python
        try:
            return validate(value)
        except ValidationError:
            try:
                decoded = loads(value)
            except ValueError:
                if "undecodable-fails" in self.program.get("habits", ()):
                    raise
                return value
            try:
                return value if isinstance(decoded, str) else validate(decoded)
            except (ValidationError, ValueError):
                return value

    # -- names of several segments -------------------------------------------------------------

    def _under(self, prefixes: list[str]) -> list[tuple[int, str, str]]:
        """(position, name, rest) of all names that begin with one of the prefixes, in the environment's order."""
        if self._heads is None:
            heads: dict[str, list[tuple[int, str, str]]] = {}
            delimiter = self.delimiter
            for position, name in enumerate(self.values):
                at = name.find(delimiter)
                while at >= 0:
                    head, below = name[:at], (position, name, name[at + len(delimiter) :])
                    if head in heads:
                        heads[head].append(below)
                    else:
                        heads[head] = [below]
                    at = name.find(delimiter, at + 1)
            self._heads = heads
        if len(prefixes) == 1:  # the usual case
            return self._heads.get(prefixes[0], [])
        found: dict[int, tuple[int, str, str]] = {}
        for prefix in prefixes:
            for below in self._heads.get(prefix, ()):
                found.setdefault(below[0], below)
        return [found[position] for position in sorted(found)]

    def _explode(self, field: Mapping[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        if not self.delimiter:
            return result
        notes, field_name, first = self.result.notes, field["name"], self.nodes[field["node"]]
        delimiter, nodes, named = self.delimiter, self.nodes, first.get("next", _NOWHERE)
        for _, name, rest in self._under([env_name for _, env_name, _ in looked_up(field)]):
            if rest in named and not nodes[named[rest]] and delimiter not in rest and rest not in result:
                result[rest] = self.values[name]  # a text that stays unchanged: the rest is not needed
                notes.append(((field_name, rest), name, self))
                continue
            *keys, last = rest.split(self.delimiter, self.program["maxSplit"])
            place: Any = result
            target: Any = first
            parent = first
            for key in keys:
                target = self._next(target, key)
                if target is not None and "type" not in target:
                    parent = target
                if isinstance(place, dict):
                    place = place.setdefault(key, {})
            target = self._next(target, last)
            value: Any = self.values[name]
            if value and (target or (target is None and field.get("isDict"))):
                try:
                    value = self._nested_value(target, parent, last, value)
                except (ValueError, RecursionError, TypeError) as error:
                    self._fail((field_name, *keys, last), name, error)
                    continue
            if isinstance(place, dict) and (last not in place or not isinstance(value, NoneText) or place[last] == {}):
                try:
                    place[last] = self._coerce(target, value) if target and "type" not in target else value
                except ValueError as error:
                    self._fail((field_name, *keys, last), name, error)
                    continue
                notes.append(((field_name, *keys, last), name, self))
        return result

    def _next(self, node: Any, key: str) -> Any:
        """The node that the next segment of a name leads to."""
        if node is None:
            return None
        named = node.get("next", _NOWHERE)
        if key not in named and "head" in node and key.startswith(node["head"]):
            key = key.removeprefix(node["head"])
        index = named.get(key, node.get("other"))
        return None if index is None else self.nodes[index]

    def _nested_value(self, target: Any, parent: Any, key: str, value: Any) -> Any:
        decoded_by: Any = None
        if target is None:
            complex_, lenient = True, True
        elif "type" in target:
            complex_, lenient = target.get("complex"), True
            if target.get("union"):
                value = self._decode_union(parent, value)
        else:
            complex_, lenient, decoded_by = target.get("complex"), target.get("lenient"), target
            if not complex_ and key in target.get("heads", ()):
                complex_, lenient = True, True
            value = _enum_member(target, value)
        if complex_:
            try:
                return self._decode(decoded_by, value)
            except ValueError:
                if not lenient:
                    raise
        return value

    def _decode_union(self, parent: Any, value: str) -> Any:
        try:
            decoded = self._decode(parent, value)
        except ValueError:
            return value
        return decoded if isinstance(decoded, (list, dict)) else value

    def _rename(self, node: Mapping[str, Any], values: dict[str, Any], path: Path) -> dict[str, Any]:
        """Keys of nested models in the model's spelling; the case in the environment is ignored."""
        renames = node.get("renames")
        if renames is None:
            return values
        if renames is True and values.keys() <= node["next"].keys() and dict not in map(type, values.values()):
            return values  # the usual case
        renamed: dict[str, Any] = {}
        spelled: dict[str, str] = {}
        for name, value in values.items():
            key, index = name.lower(), None
            if renames is True:
                index = node["next"].get(key)
            elif key in renames:
                key, index = renames[key]
            if index is None:
                renamed[name] = value
                continue
            inner = self.nodes[index]
            nested = isinstance(value, dict) and "renames" in inner
            renamed[key] = self._rename(inner, value, (*path, name)) if nested else value
            if spelled.setdefault(key, name) != name:  # of two spellings of a member, the last one counts
                self.result.forget((*path, spelled[key]), name, self)
                spelled[key] = name
        return renamed


def looked_up(field: Mapping[str, Any]) -> list[list[Any]]:
    """The names of a field, and those that its release of pydantic-settings looks up as well, although it ignores their
    values."""
    names: list[list[Any]] = field["names"]
    return [names[0], *field["strays"], *names[1:]] if "strays" in field else names


def key_given(field: Mapping[str, Any], program: Mapping[str, Any], key: str, complex_: bool) -> str:
    """The key for a value that was given by one of a field's names; `key` and `complex_` belong to that name."""
    if complex_ or (program["byName"] and key == field["name"]):
        return key
    preferred, _, preferred_complex = field["names"][0]
    return key if preferred_complex else str(preferred)


def key_of_parts(field: Mapping[str, Any], program: Mapping[str, Any]) -> str:
    """The key for values of longer names than the field's own, if none of its own is set: that of the last name."""
    key, _, complex_ = looked_up(field)[-1]
    return key_given(field, program, key, complex_)


def _reason(error: Exception) -> str:
    """Why JSON did not decode, by position only: the text itself may be secret."""
    message = getattr(error, "msg", None)  # json.JSONDecodeError
    if message is not None:
        return f"not valid JSON: {message.lower()} at character {getattr(error, 'pos', 0) + 1}"
    return "not valid JSON"


def _enum_member(node: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, str):
        for members in node.get("enums", ()):
            if value in members:
                return members[value]
    return value


def _without_none_text(value: dict[str, Any]) -> dict[str, Any]:
    return {
        key: None if isinstance(item, NoneText) else _without_none_text(item) if isinstance(item, dict) else item
        for key, item in value.items()
    }
