"""A lowered type in words and as data, for operators: "integer, 1 to 65535"."""

from __future__ import annotations

import datetime
from typing import Any

from confcontract.author.beyond_json import Special, member_of
from confcontract.author.remarks import remarks
from confcontract.contract.choicewords import choice_words

_SIMPLE = {
    "any": ("any value", "any"),
    "none": ("null", "any"),
    "bool": ("true or false", "boolean"),
    "int": ("integer", "integer"),
    "float": ("number", "number"),
    "decimal": ("decimal number", "decimal"),
    "fraction": ("fraction", "string"),
    "complex": ("complex number", "string"),
    "str": ("text", "string"),
    "bytes": ("text (as bytes)", "bytes"),
    "date": ("date, YYYY-MM-DD", "date"),
    "time": ("time of day, HH:MM[:SS]", "time"),
    "datetime": ("date and time, ISO 8601", "datetime"),
    "timedelta": ("duration, such as PT30S or 00:00:30", "duration"),
    "uuid": ("UUID", "uuid"),
    "is-instance": ("an object of the application", "any"),
}

_TEXT_OF_A_FORM = ("fraction", "complex")  # kind "string", but not every text is valid
_COLLECTIONS = {"list": "list", "deque": "list", "set": "set", "frozenset": "set"}
_MAPPINGS = ("dict", "ordered-dict", "counter")
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
_FORMATS = {
    "path": ("path", "path"),
    "size": ("size, such as 512MiB or 1.5GB", "size"),
    "ip": ("IP address", "ip"),
    "regex": ("regular expression", "string"),
}


class Description:
    """inner: the types that it consists of, by the member of the contract's `type` that contains them."""

    def __init__(
        self,
        text: str,
        kind: str,
        constraints: dict[str, Any] | None = None,
        inner: dict[str, Description | list[Description]] | None = None,
        form: str | None = None,
    ) -> None:
        self.text = text
        self.kind = kind
        self.constraints = constraints or {}
        self.inner = inner or {}
        self.form = form

    def but(self, text: str, more: dict[str, Any]) -> Description:
        """The same type in other words, with further constraints."""
        return Description(text, self.kind, {**self.constraints, **more}, self.inner, self.form)

    def type_data(self) -> dict[str, Any]:
        """`type` in the contract."""
        data: dict[str, Any] = {"text": self.text, "kind": self.kind}
        if self.form:
            data["format"] = self.form
        for member, inner in self.inner.items():
            data[member] = [each.type_data() for each in inner] if isinstance(inner, list) else inner.type_data()
        return data


def core_of(node: dict[str, Any], *, bounds: bool = False) -> dict[str, Any]:
    """The inner node, without default, nullable and coercions around it. bounds: keep the bounds around it."""
    while True:
        shape = remarks(node).get("shape_of")
        if shape is not None:
            node = shape
        elif node["type"] in ("default", "nullable") or (
            node["type"].startswith("function-")
            and ("separated" in remarks(node) or ("bounds" in remarks(node) and not bounds))
        ):
            node = node["schema"]
        elif node["type"] == "lax-or-strict":
            node = node["lax_schema"]
        elif node["type"] == "json-or-python":
            node = node["python_schema"]
        else:
            return node


def separator_of(node: dict[str, Any]) -> str | None:
    """The delimiter of a `Separated` value."""
    while True:
        delimiter = remarks(node).get("separated")
        if delimiter is not None:
            return str(delimiter)
        if node["type"] not in ("default", "nullable", "function-after"):
            return None
        node = node["schema"]


def is_nullable(node: dict[str, Any]) -> bool:
    while node["type"] == "default":
        node = node["schema"]
    return bool(node["type"] == "nullable")


def describe(node: dict[str, Any]) -> Description:  # noqa: C901 - one line for each kind of type
    """Describe a lowered node in words, with its kind and its constraints as data."""
    node = core_of(node, bounds=True)
    kind = node["type"]
    if "bounds" in remarks(node):
        return _bounded(describe(node["schema"]), remarks(node)["bounds"])
    label = remarks(node).get("format")
    if label in _FORMATS:
        text, name = _FORMATS[label]
        return Description(text, name, form=label if name == "string" else None)
    if kind.startswith("function-") and "schema" in node:
        inner = describe(node["schema"])
        bounds = remarks(node).get("length", {})
        extra = {key: bounds[name] for name, key in _LENGTHS.items() if bounds.get(name) is not None}
        return inner.but(_with(inner.text, _length_words(extra)), extra)
    if kind in ("url", "multi-host-url"):
        schemes = node.get("allowed_schemes")
        return Description(f"URL ({', '.join(schemes)})" if schemes else "URL", "url")
    if kind == "literal":
        return choices(node["expected"])
    if kind == "enum":
        return _enum(node)
    if "suggested" in remarks(node):  # code of the application may accept more, and not all of these as text
        return Description(
            f"{choices(remarks(node)['suggested']).text}, or another form that the application accepts", "any"
        )
    if kind in _COLLECTIONS or kind == "tuple":
        return _collection(node)
    if kind in _MAPPINGS:
        value = describe(node.get("values_schema", {"type": "int"}))
        return Description(f"mapping to {value.text}", "mapping", _sizes(node, "Properties"), {"values": value})
    if kind == "named-tuple":
        names = ", ".join(field["name"] for field in node["fields"])
        each = [describe(field["schema"]) for field in node["fields"]]
        return Description(f"list or mapping of {names}", "list", inner={"prefixItems": each} if each else None)
    if kind == "typed-dict":
        return Description("section", "object")
    if kind == "json":
        inner = describe(node.get("schema", {"type": "any"}))
        return Description(f"JSON text of: {inner.text}", "json", inner={"content": inner})
    if kind in ("union", "tagged-union"):
        return _union(node)
    if kind == "custom-error":
        return describe(node["schema"])
    if kind == "chain":
        return describe(node["steps"][-1])
    if kind == "definition-ref":
        return Description("section", "object")
    text, name = _SIMPLE.get(kind, ("any value", "any"))
    constraints = _constraints(node)
    form = kind if kind in _TEXT_OF_A_FORM else None
    return Description(_with(text, _constraint_words(constraints, node)), name, constraints, form=form)


_LENGTHS = {"min_length": "minLength", "max_length": "maxLength"}


def _bounded(inner: Description, bounds: dict[str, Any]) -> Description:
    """A description with the bounds that pydantic puts around a type."""
    what = {"list": "Items", "set": "Items", "json": "Items", "mapping": "Properties"}.get(inner.kind)
    if what is not None:
        found = _sizes(bounds, what)
        words = _size_words({key.removesuffix(what) + "Items": value for key, value in found.items()})
    else:
        found = _constraints(bounds)
        words = _constraint_words(found, {})
    return inner.but(_with(inner.text, words), found)


def _with(text: str, more: str) -> str:
    return f"{text}, {more}" if more else text


def choices(values: list[Any]) -> Description:
    """A choice between some values."""
    kinds = {type(value) for value in values}
    kind = "enum"
    words = ", ".join(map(choice_words, values))
    return Description(f"one of {words}" if len(values) > 1 else words, kind, {"enum": values} if kinds else {})


def _enum(node: dict[str, Any]) -> Description:
    members, data = remarks(node)["members"], node["cls"].data
    if "boundary" in data:
        names = ", ".join(f"{value} ({name})" for name, value in data["members"])
        return Description(f"integer, of {names}, in JSON also a sum of them", "integer")
    return choices([*members, *(value for value, _ in data.get("further", ()))])


def _collection(node: dict[str, Any]) -> Description:
    if node["type"] == "tuple":
        items = node["items_schema"]
        variadic = node.get("variadic_item_index")
        if variadic is None:
            each = [describe(item) for item in items]
            words = ", ".join(item.text for item in each)
            inner: dict[str, Description | list[Description]] = {"prefixItems": each} if each else {}
            return Description(f"list of {len(items)}: {words}", "list", inner=inner)
        item = describe(items[variadic])
        return Description(f"list of {item.text}", "list", inner={"items": item})
    name = _COLLECTIONS[node["type"]]
    item = describe(node.get("items_schema", {"type": "any"}))
    sizes = _sizes(node, "Items")
    return Description(_with(f"{name} of {item.text}", _size_words(sizes)), name, sizes, {"items": item})


def _sizes(node: dict[str, Any], what: str) -> dict[str, Any]:
    return {f"{end}{what}": node[f"{end}_length"] for end in ("min", "max") if node.get(f"{end}_length") is not None}


def _size_words(sizes: dict[str, Any]) -> str:
    low, high = sizes.get("minItems"), sizes.get("maxItems")
    if low is not None and high is not None:
        return f"{low} to {high} of them"
    return f"at least {low} of them" if low is not None else f"at most {high} of them" if high is not None else ""


def _union(node: dict[str, Any]) -> Description:
    choices = node["choices"].data if isinstance(node["choices"], Special) else node["choices"]
    members = [member_of(choice) for choice in choices]
    members = [c[1] if isinstance(c, list) else c for c in members]
    described = list({each.text: each for each in map(describe, members)}.values())
    kinds = list(dict.fromkeys(d.kind for d in described))
    text = " or ".join(each.text for each in described)
    kind = kinds[0] if len(kinds) == 1 else "union"
    if len(described) == 1:
        return Description(text, kind, inner=described[0].inner, form=described[0].form)
    return Description(text, kind, inner={"anyOf": described})


def plain_bound(value: Any) -> Any:
    """A bound as JSON: numbers as they are, dates and durations as text."""
    if isinstance(value, Special):
        if value.kind == "timedelta":
            return str(datetime.timedelta(*value.data))
        return value.data
    return value


_OTHERS = (("multiple_of", "multipleOf"), ("max_digits", "maxDigits"), ("decimal_places", "decimalPlaces"))


def _constraints(node: dict[str, Any]) -> dict[str, Any]:
    found = {name: plain_bound(node[key]) for key, name in _BOUNDS.items() if node.get(key) is not None}
    for key, name in (*_LENGTHS.items(), *_OTHERS):
        if node.get(key) is not None:
            found[name] = plain_bound(node[key])
    pattern = node.get("pattern")
    if pattern is not None:
        found["pattern"] = pattern.data[0] if isinstance(pattern, Special) else pattern
    return found


def _constraint_words(constraints: dict[str, Any], node: dict[str, Any]) -> str:
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and high is not None:
        words = [f"{low} to {high}"]
        said = {"exclusiveMinimum": "more than", "exclusiveMaximum": "less than"}
    else:
        words = []
        said = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
        said |= {"exclusiveMaximum": "less than"}
    said |= {"multipleOf": "a multiple of"}
    words += [f"{word} {constraints[key]}" for key, word in said.items() if constraints.get(key) is not None]
    lengths = _length_words(constraints)
    words += [lengths] if lengths else []
    if "pattern" in constraints:
        words.append(f"matching {constraints['pattern']}")
    if node.get("now_op"):
        words.append(f"in the {node['now_op']}")
    return ", ".join(words)


def _length_words(constraints: dict[str, Any]) -> str:
    low, high = constraints.get("minLength"), constraints.get("maxLength")
    if low is not None and high is not None:
        return f"{low} to {high} characters"
    if low is not None:
        return f"at least {low} character{'s' if low != 1 else ''}"
    return f"at most {high} characters" if high is not None else ""
