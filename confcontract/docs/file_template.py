"""A template for a configuration file in TOML, YAML or JSON: every setting with its default, ready to be changed.

In TOML and YAML, a setting after a `#` keeps its default; `# ` begins a remark. TOML has one line per setting, with all
of its keys, so that a setting can be changed without its table. JSON has no remarks: it contains the defaults, and null
where there is no default to show. A null counts as not set. Secrets never have a value.
"""

from __future__ import annotations

import json
import re

from confcontract.contract.schemes import stores
from confcontract.docs.clean_text import one_line
from confcontract.docs.dotenv import among_words, remark, required_words
from confcontract.docs.page_words import checks_further
from confcontract.docs.shown_defaults import NOT_SET
from confcontract.report.terminal import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from confcontract.docs.model import Page, VariableEntry

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")  # plain keys of YAML; a number would not be a text
_NOT_TEXT = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"))


def render(page: Page, defaults: Mapping[str, Any], format: str) -> str:  # noqa: A002
    """defaults: variable → its default as data, if it may be shown. format: "toml", "yaml" or "config-json"."""
    settings = [entry for entry in _leaves(page) if all(isinstance(key, str) for key in entry.keys)]
    if format == "config-json":
        return _json(settings, defaults, {entry.keys for entry in page.entries if entry.default_note == NOT_SET})
    lines = [
        f"# {one_line(f'{page.name} {page.version}')}",
        *remark(page.description),
        *remark("Take the # away in front of what you want to change. A value behind a # is the default."),
        *remark(checks_further(page)),
    ]
    lines += _toml(settings, defaults) if format == "toml" else _yaml(settings, defaults)
    others = [entry.name for entry in _leaves(page) if entry not in settings]
    lines += ["", *remark(f"Given by the environment only: {', '.join(others)}")] if others else []
    return "\n".join(harmless(line) if line.lstrip().startswith("# ") else line for line in lines) + "\n"


def _leaves(page: Page) -> list[VariableEntry]:
    """The entries without sections, which are set through their members."""
    inner = {entry.keys[:depth] for entry in page.entries for depth in range(1, len(entry.keys))}
    return [entry for entry in page.entries if entry.keys not in inner]


def _toml(settings: list[VariableEntry], defaults: Mapping[str, Any]) -> Iterator[str]:
    for entry in settings:
        key = ".".join(key if _BARE.match(key) else _quoted(key) for key in map(str, entry.keys))
        value = _in_toml(defaults[entry.name]) if entry.name in defaults else None
        yield from ("", *_remarks(entry), f"#{key} = {value or ''}".rstrip())


def _yaml(settings: list[VariableEntry], defaults: Mapping[str, Any]) -> Iterator[str]:
    """A section without members is null, and therefore not set."""
    above: tuple[str | int, ...] = ()
    for entry in _together(settings):
        outer = entry.keys[:-1]
        yield ""
        for depth, key in enumerate(outer):
            if above[: depth + 1] != outer[: depth + 1]:
                yield f"{'  ' * depth}{_in_yaml_key(str(key))}:"
        above = outer
        indent = "  " * len(outer)
        yield from (f"{indent}{line}" for line in _remarks(entry))
        value = _in_yaml(defaults[entry.name]) if entry.name in defaults else ""
        yield f"{indent}#{_in_yaml_key(str(entry.keys[-1]))}: {value}".rstrip()


def _together(settings: list[VariableEntry]) -> list[VariableEntry]:
    """In the order of the page, except that the members of a section are consecutive; entries without a section come
    first.
    """
    tree: dict[Any, Any] = {}
    for entry in settings:
        place = tree
        for key in entry.keys[:-1]:
            place = place.setdefault((1, key), {})
        place[0, entry.keys[-1]] = entry

    def walk(place: Mapping[Any, Any]) -> Iterator[VariableEntry]:
        for (is_section, _), inner in sorted(place.items(), key=lambda each: each[0][0]):
            if is_section:
                yield from walk(inner)
            else:
                yield inner

    return [*walk(tree)]


def _json(settings: list[VariableEntry], defaults: Mapping[str, Any], absent: set[tuple[str | int, ...]]) -> str:
    """absent: settings that do not exist unless they are set; their members do not exist either."""
    tree: dict[Any, Any] = {}
    for entry in _together(settings):
        depths = range(1, len(entry.keys))
        keys = next((entry.keys[:depth] for depth in depths if entry.keys[:depth] in absent), entry.keys)
        place = tree
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = defaults.get(entry.name) if keys == entry.keys else None
    text = json.dumps(_whole(tree), indent=2, ensure_ascii=False)
    return (
        re.sub(r"[^\n -~]", lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)
        + "\n"
    )


def _whole(tree: Mapping[Any, Any]) -> dict[Any, Any]:
    """Leave out sections without any value: an empty section would count as set, without its members."""
    left = {}
    for key, value in tree.items():
        inner = _whole(value) if isinstance(value, dict) and value else value
        left[key] = None if isinstance(value, dict) and value and not any(_given(inner)) else inner
    return left


def _given(tree: Mapping[Any, Any]) -> Iterator[bool]:
    for value in tree.values():
        yield value is not None


def _remarks(entry: VariableEntry) -> list[str]:
    words = [
        entry.type,
        ", ".join(map(among_words, entry.choices)),
        entry.allowed,
        f"in {entry.unit}" if entry.unit else "",
        required_words(entry),
        "secret" if entry.secret else "",
        f"default: {entry.default_note}" if entry.default_note else "",
    ]
    lines = [*remark(entry.description), *remark("; ".join(filter(None, words)))]
    lines += remark(f"For example {', '.join(map(among_words, entry.examples))}" if entry.examples else "")
    if entry.vault:
        lines += remark(f"Boot reads it from {stores(entry.vault)}: " + ", else ".join(entry.vault))
    return [*lines, *remark(f"In the environment {entry.name}")]


def _in_toml(value: Any) -> str | None:
    """The value in TOML; None for a value that TOML can't express: null within a list or a mapping."""
    if isinstance(value, list):
        items = [*map(_in_toml, value)]
        return None if None in items else f"[{', '.join(map(str, items))}]"
    if isinstance(value, dict):
        members = {key: _in_toml(inner) for key, inner in value.items()}
        if None in members.values():
            return None
        written = [f"{key if _BARE.match(key) else _quoted(key)} = {text}" for key, text in members.items()]
        return f"{{ {', '.join(written)} }}" if written else "{}"
    return None if value is None else _in_yaml(value)


def _in_yaml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_in_yaml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_quoted(key)}: {_in_yaml(inner)}' for key, inner in value.items())}}}"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _in_yaml_key(key: str) -> str:
    return key if _PLAIN.match(key) and key.lower() not in _NOT_TEXT else _quoted(key)


def _quoted(text: str) -> str:
    """In double quotes, which JSON, TOML and YAML share; invisible characters become escapes that
    TOML and YAML know.
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[^ -~]", lambda found: found[0] if found[0].isprintable() else f"\\U{ord(found[0]):08x}", quoted)


def shown_defaults(page: Page, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of a contract that the page shows as well."""
    shown = {entry.name for entry in page.entries if entry.default is not None and not entry.secret}
    return {name: value for name, value in defaults.items() if name in shown and value is not None}
