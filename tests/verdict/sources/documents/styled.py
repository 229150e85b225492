"""One tree of plain values, written as TOML in every manner that the format has, drawn with it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

KEYS = st.one_of(
    st.sampled_from(["port", "database", "a-b", "1", "true", "host"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4),
)
TEXTS = st.one_of(
    st.sampled_from(["#", "[x]", "a = 1", "'", '"', '"""', "'''", "\\", ",", "}", "]", "line\nline", "tab\t", "\r\n"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.times(),
    st.datetimes(),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
TREES = st.dictionaries(KEYS, VALUES, max_size=5)


class TomlWriter:
    """Writes a tree; what could be written in several ways is drawn."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def _any(self, *choices: Any) -> Any:
        return self._draw(st.sampled_from(choices))

    def document(self, tree: dict[str, Any]) -> str:
        return str(self._any("", "# a = 1\n", "\n \n")) + self._table(tree, ())

    def _table(self, tree: dict[str, Any], path: tuple[str, ...]) -> str:
        lines, below = [], []
        for key, value in tree.items():
            is_tables = isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
            if (isinstance(value, dict) and self._any(True, False)) or (is_tables and self._any(True, False)):
                below.append((key, value))
            elif isinstance(value, dict) and len(value) == 1 and self._any(True, False):
                [(inner, leaf)] = value.items()
                dot = self._any(".", " . ", "\t.")
                lines.append(f"{self._key(key)}{dot}{self._key(inner)} = {self._value(leaf)}")
            else:
                equals = self._any("=", " = ", "\t=  ")
                lines.append(f"{self._any('', '  ')}{self._key(key)}{equals}{self._value(value)}{self._end()}")
        text = "".join(line + self._any("\n", "\n\n", "\r\n") for line in lines)
        for key, value in below:
            inside = (*path, key)
            for table in value if isinstance(value, list) else [value]:
                brackets = ("[[", "]]") if isinstance(value, list) else ("[", "]")
                dotted = self._any(".", " . ").join(map(self._key, inside))
                text += f"{brackets[0]}{self._any('', ' ')}{dotted}{brackets[1]}{self._end()}\n"
                text += self._table(table, inside)
        return text

    def _end(self) -> str:
        return str(self._any("", "  ", " # comment [x] = 'y'"))

    def _key(self, key: str) -> str:
        plain = key.isascii() and key.replace("-", "").isalnum()
        forms = [json.dumps(key, ensure_ascii=False)]
        forms += [key] if plain else []
        forms += [f"'{key}'"] if "'" not in key else []
        return str(self._any(*forms))

    def _value(self, value: Any) -> str:
        if isinstance(value, dict):
            members = [f"{self._key(key)} = {self._value(inner)}" for key, inner in value.items()]
            return f"{{ {', '.join(members)} }}"
        if isinstance(value, list):
            space = self._any("", " ", "\n  ", "\n # ] comment\n")
            items = f"{self._any('', ' ')},{space}".join(map(self._value, value))
            return f"[{space}{items}{self._any('', ',') if value else ''}{space}]"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, (int, float)):
            return repr(value)
        return self._text(value) if isinstance(value, str) else str(value.isoformat())

    def _text(self, value: str) -> str:
        forms = [json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")]
        printable = all(character.isprintable() or character in "\t\n" for character in value)
        if printable and "'" not in value:
            forms += [f"'''\n{value}'''"] + ([f"'{value}'"] if "\n" not in value else [])
        if printable and '"' not in value and "\\" not in value:
            forms.append(f'"""{"" if value[:1] != chr(10) else chr(10)}{value}"""')
        return str(self._any(*forms))


@st.composite
def toml_texts(draw: Any) -> tuple[dict[str, Any], str]:
    """A tree, and a text that says it."""
    tree = draw(TREES)
    return tree, TomlWriter(draw).document(tree)


def every_path(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all keys and items within a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [each for step, inner in items for each in ((*path, step), *every_path(inner, (*path, step)))]
