"""The columns of a table of variables. A fact without a column of its own is added to the column that it belongs to."""

from __future__ import annotations

from functools import cache
from operator import attrgetter

from confcontract.contract.schemes import with_scheme
from confcontract.docs.clean_text import listed
from confcontract.docs.escape import cell, code
from confcontract.docs.page_words import MANY_SCHEMES, usual_scheme
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from confcontract.docs.model import VariableEntry
    from confcontract.docs.since import Since

    _Content = Callable[[VariableEntry], str]
    _Members = Callable[[VariableEntry], tuple[Any, ...]]

DEFAULT = ("name", "type", "default", "required", "description")
COMPACT = ("variable", "value", "about")
_DASH = "–"


def _aliases(entry: VariableEntry) -> str:
    return ", ".join(map(code, entry.aliases))


def _name(entry: VariableEntry) -> str:
    return f'<a id="{entry.anchor}"></a>{code(entry.name)}'


def _type(entry: VariableEntry) -> str:
    written = {"json": ", as JSON", "separated": f", separated by {code(entry.separator)}"}.get(entry.encoding, "")
    schemes = entry.schemes if entry.kind == "url" else ()
    if len(schemes) > MANY_SCHEMES:
        return f"URL, {code(usual_scheme(schemes) + '://')} and {len(schemes) - 1} more schemes{written}"
    return cell(entry.type) + written


def _alone(entry: VariableEntry) -> str:
    flags = ["required"] if entry.required and entry.kind != "object" else []
    flags += ["secret"] if entry.secret else []
    return _name(entry) + (f"<br>{', '.join(flags)}" if flags else "")


def _takes(entry: VariableEntry) -> str:
    default = f"default {_default(entry)}" if entry.default is not None else cell(entry.default_note)
    return "; ".join(said for said in (_type(entry), _allowed(entry), _unit(entry), default) if said)


def _unit(entry: VariableEntry) -> str:
    return f"in {cell(entry.unit)}" if entry.unit else ""


def _allowed(entry: VariableEntry) -> str:
    words = ", ".join(map(_value, entry.choices))
    return "; ".join(word for word in (words, cell(entry.allowed)) if word)


def _default(entry: VariableEntry) -> str:
    if entry.default is None:
        return cell(entry.default_note)
    return _value(entry.default)


def _value(text: str) -> str:
    return code(text) if text else "empty"


def _required(entry: VariableEntry) -> str:
    if entry.required:
        return "yes, or its members" if entry.kind == "object" else "yes"
    return f"if any of {code(entry.required_if)} is set" if entry.required_if else "no"


def _vault(entry: VariableEntry) -> str:
    found = [code(with_scheme(reference)) for reference in entry.vault]
    return ", else ".join(found) + (", if it is there" if entry.vault_optional else "")


def _examples(entry: VariableEntry) -> str:
    return ", ".join(map(_value, entry.examples))


def _deprecated(entry: VariableEntry) -> str:
    if entry.deprecated is None:
        return ""
    message, names, replacement = entry.deprecated
    words = [", ".join(map(code, names)), f": {cell(message)}" if message else ""]
    return "".join(words) + (f"; use {code(replacement)}" if replacement and replacement not in message else "")


def _deferred(entry: VariableEntry) -> str:
    return "; ".join(cell(deferral.words) for deferral in entry.deferred)


# name: (heading, content, the column that shows it if it has none of its own, the form that it has there)
COLUMNS: dict[str, tuple[str, _Content, str, str]] = {
    "name": ("Variable", _name, "", ""),
    "aliases": ("Other names", _aliases, "name", "also {}"),
    "key": ("In configuration files", lambda entry: code(entry.key), "name", "in files {}"),
    "reading": ("Names of containers and parts", lambda entry: "; ".join(map(cell, entry.reading)), "", ""),
    "type": ("Type", _type, "", ""),
    "allowed": ("Allowed", _allowed, "type", "{}"),
    "unit": ("Unit", lambda entry: cell(entry.unit), "type", "in {}"),
    "default": ("Default", _default, "", ""),
    "required": ("Required", _required, "", ""),
    "secret": ("Secret", lambda entry: "yes" if entry.secret else "", "required", "secret"),
    "vault": ("Kept in", _vault, "description", "Kept in {}"),
    "binding": ("Bound to", lambda entry: cell(entry.binding), "description", "Filled by {}, if there is one"),
    "description": ("Description", lambda entry: cell(entry.description), "", ""),
    "examples": ("Examples", _examples, "description", "For example {}"),
    "deprecated": ("Deprecated", _deprecated, "description", "Deprecated: {}"),
    "deferred": ("Checked by the application", _deferred, "description", "The application checks further: {}"),
    "change": ("On change", lambda entry: cell(entry.on_change), "description", "When it changes: {}"),
    "path": ("Field", lambda entry: code(entry.path), "", ""),
    "file": ("From a file", lambda entry: code(entry.file_name) if entry.file_name else "", "", ""),
    "roles": ("Roles", lambda entry: cell(listed(list(entry.roles))), "", ""),
    "checks": ("Checks", lambda entry: cell(listed(list(entry.checks))), "", ""),
    "variable": ("Variable", _alone, "", ""),
    "value": ("Value", _takes, "", ""),
    "about": ("Description", lambda entry: cell(entry.description), "", ""),
    "declared": ("Declared at", lambda entry: code(entry.declared_at) if entry.declared_at else "", "", ""),
}

_MEMBERS = {"allowed": ("allowed", "choices"), "change": ("on_change",)}  # of entries; else the column's name


def chosen(text: str | None) -> tuple[str, ...]:
    """The columns of `--columns name,type,...`, or of "compact". Raises UsageError for an unknown column."""
    if text is None:
        return DEFAULT
    if text.strip() == "compact":
        return COMPACT
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or not names:
        what = f"there is no column {unknown[0]!r}" if unknown else "--columns names no column"
        raise UsageError(Problem("usage", what, hint=f"there are {', '.join(COLUMNS)}"))
    return names


def table(entries: Sequence[VariableEntry], names: Sequence[str] = DEFAULT, since: Since | None = None) -> str:
    """A Markdown table with these columns. Each row is on a line of its own, so that a diff shows the variable."""
    columns = [_cells(entries, *_plan(name, tuple(names))) for name in names]
    named = next((place for place, name in enumerate(names) if name in ("name", "variable")), None)
    if since is not None and named is not None:
        place = named
        columns[place] = [_marked(said, entry, since) for said, entry in zip(columns[place], entries, strict=True)]
    headings = [COLUMNS[name][0] for name in names]
    lines = [headings, ["---"] * len(names), *zip(*columns, strict=True)]
    return "".join([f"| {' | '.join(line)} |\n" for line in lines])


def _marked(said: str, entry: VariableEntry, since: Since) -> str:
    mark = since.marks.get(entry.name)
    if mark is None:
        return said
    return f"{said}<br>**{mark.fate}**{f': {cell(chr(32).join(mark.lines))}' if mark.lines else ''}"


@cache
def _plan(name: str, names: tuple[str, ...]) -> tuple[_Content, dict[_Content, str], str, _Members]:
    """A column's own content; the other contents that it shows, with their forms; the separator; and a getter for the
    members of an entry. If all of these members are empty, the column shows only its own content.
    """
    guests = [guest for guest, (_, _, home, _) in COLUMNS.items() if home == name and guest not in names]
    members = [member for guest in guests for member in _MEMBERS.get(guest, (guest,))]
    between = "; " if name == "type" else "<br>"
    forms = {COLUMNS[guest][1]: COLUMNS[guest][3] for guest in guests}
    return COLUMNS[name][1], forms, between, attrgetter(*members, *members[:1]) if members else _nothing


def _nothing(_: VariableEntry) -> tuple[Any, ...]:
    return ()


def _cells(
    entries: Iterable[VariableEntry], content: _Content, guests: Mapping[_Content, str], between: str, members: _Members
) -> list[str]:
    """The cells of a column. Most variables have nothing to add from another column, which a quick look at their
    members shows.
    """
    return [
        (_joined(entry, content, guests, between) if any(members(entry)) else content(entry)) or _DASH
        for entry in entries
    ]


def _joined(entry: VariableEntry, content: _Content, guests: Mapping[_Content, str], between: str) -> str:
    said = content(entry)
    for guest, form in guests.items():
        if more := guest(entry):
            text = form.replace("{}", more)
            said = f"{said}{between}{text}" if said else text
    return said
