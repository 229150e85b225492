"""The origin of every value: one row per variable, in the order of the contract."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.report.terminal import (
    BOLD,
    DIM,
    RED,
    YELLOW,
    columns,
    cut,
    deliver,
    harmless_json,
    harmless_lines,
    is_terminal,
    pad,
    paint,
    printable,
    width_of,
    wrap,
)
from confcontract.verdict.mask import EMPTY, MASK, SHOWN_COLUMNS, UNSET, as_shown, masked, masked_default, shown
from confcontract.verdict.problems.unseen import Doubt
from confcontract.verdict.sources import origin as sources
from confcontract.verdict.sources.origin import Source, with_secret_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from confcontract.verdict.resolution import Resolution

COMPUTED = "(computed at start)"
FROM_VAULT = "(from Vault)"  # a reference that has not been fetched yet
UNKNOWN = "(not known)"

_CHECKED = "the application checks further"
_MOST = 3  # rows of a table that each carry the note; if there are more, it is given once above the table

_NOTHING: tuple[object, ...] = (None, "", [], {})  # masked, it would look like a secret in the image

_NOT_SET = (sources.DEFAULT, sources.CODE, sources.COMPUTED, sources.UNSEEN)

_HEADINGS = ("VARIABLE", "VALUE", "SOURCE")
_GAP = "  "
_NARROWEST = 12  # columns that value and source need to be legible side by side


class Row:
    """One variable.

    value: masked, on one line, not shortened. source and overridden: in words. notes: further remarks.
    """

    __slots__ = ("missing", "notes", "origin", "overridden", "source", "text", "value", "variable")

    def __init__(
        self,
        variable: dict[str, Any],
        text: str | None,
        value: str,
        origin: Source | None,
        notes: Sequence[str],
    ) -> None:
        self.variable = variable
        self.text = text  # masked; None if there is no value or it is not known yet
        self.value = value
        self.origin = origin
        self.source = printable(str(origin)) if origin else "not set"
        self.overridden = [printable(str(other)) for other in origin.overrides] if origin else []
        self.notes = notes
        self.missing = "required" in notes

    @property
    def name(self) -> str:
        return printable(self.variable["name"])

    @property
    def is_set(self) -> bool:
        """Whether a source gives it a value: the image's default does not count."""
        return _is_set(self.origin)


def rows(resolution: Resolution) -> list[Row]:
    found = resolution.sources  # computed again at each access
    pending = resolution.awaited
    # a section may be given by its parts: it is not missing if it is not set as a whole
    sections = {tuple(v["path"][:depth]) for v in resolution.contract.variables for depth in range(len(v["path"]))}
    given_in_secret = with_secret_parts(resolution.contract.variables, found)
    doubt = Doubt(resolution)
    table = []
    for declared in as_shown(resolution.contract.variables):
        name = declared["name"]
        origin = found.get(name)
        variable = declared | {"secret": True} if name in given_in_secret else declared
        if name in pending and resolution.raw(name) is None:  # Vault overrides the default, and the section's JSON
            pending[name].overrides = [origin] if origin is not None and _is_set(origin) else []
            table.append(Row(variable, None, FROM_VAULT, pending[name], _notes(variable, pending[name])))
        else:
            lacks = origin is None and bool(variable.get("required")) and tuple(variable["path"]) not in sections
            notes = [*(["required"] if lacks else []), *doubt.of(variable, given=_is_set(origin))]
            table.append(_row(variable, origin, resolution, notes))
    return table


def _row(variable: dict[str, Any], origin: Source | None, resolution: Resolution, notes: list[str]) -> Row:
    raw = _raw(variable, origin, resolution)
    if origin is not None and origin.hides:
        variable = variable | {"secret": True}
    notes += _notes(variable, origin)
    if (
        raw is not None
        and origin is not None
        and origin.kind == sources.DEFAULT
        and variable.get("default", 0) in _NOTHING
    ):
        return Row(variable, raw, raw or EMPTY, origin, notes)
    if raw and origin is not None and origin.kind == sources.DEFAULT:
        text = masked_default(raw, variable)
        return Row(variable, text, printable(text), origin, notes)
    if raw is not None:
        return Row(variable, masked(raw, variable), shown(raw, variable, None), origin, notes)
    if origin is None or origin.kind == sources.DEFAULT:
        stand_in = UNSET
    elif origin.kind == sources.CODE:
        return Row(variable, MASK, MASK, origin, notes)
    elif origin.kind == sources.COMPUTED:
        stand_in = COMPUTED
    else:  # a part of a value that could not be read
        stand_in = f"(in {printable(origin.name)})" if origin.name else UNKNOWN
    return Row(variable, None, stand_in, origin, notes)


def _raw(variable: dict[str, Any], origin: Source | None, resolution: Resolution) -> str | None:
    """The text of the value, unmasked."""
    if origin is None or origin.kind in (sources.COMPUTED, sources.CODE, sources.UNSEEN):
        return None
    if origin.kind == sources.DEFAULT:
        return _default(variable)
    own = resolution.raw(variable["name"])
    in_container = resolution.used_name(variable["name"]) in variable.get("within", ())
    if own is not None and not in_container and not resolution.is_composed(variable):
        return own
    # It was part of a larger value, SHOP_DATABASE='{"port": …}', whose other parts may be secret.
    found, part = _at(resolution.values, variable["path"])
    if found:
        return _as_text(part)
    own_file = origin.kind in (sources.SETTINGS_FILE, sources.SECRET_FILE)  # otherwise its own value is overridden
    return resolution.in_own_file(variable["path"]) if own_file else None


def _default(variable: dict[str, Any]) -> str | None:
    if "defaultText" in variable:
        return str(variable["defaultText"])
    return _as_text(variable["default"]) if "default" in variable else None


def _at(values: Any, path: Sequence[str]) -> tuple[bool, Any]:
    for step in path:
        if not isinstance(values, dict) or step not in values:
            return False, None
        values = values[step]
    return True, values


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    from confcontract.contract.jsontext import for_people

    return for_people(value)


def _notes(variable: dict[str, Any], origin: Source | None) -> list[str]:
    notes = []
    used = origin.name if origin is not None else ""
    if used and used != variable["name"]:
        notes.append(f"set as {printable(used)}")
    deprecated = variable.get("deprecated")
    if deprecated and used.lower() in [name.lower() for name in deprecated.get("names", [variable["name"]])]:
        replacement = deprecated.get("replacedBy")
        notes.append(f"deprecated: use {replacement}" if replacement else "deprecated")
    if variable.get("deferred"):
        notes.append(_CHECKED)
    return notes


def _is_set(origin: Source | None) -> bool:
    return origin is not None and origin.kind not in _NOT_SET


def show(table: Sequence[Row], format: str, stream: TextIO, color: bool) -> None:  # noqa: A002
    """Write the explanation: "json", or "text", which is a table on a terminal and lines elsewhere.

    color: whether the table may have colour. Raises UsageError if the stream can't be written.
    """
    if format == "json":
        text = harmless_json(render_json(table))
    elif is_terminal(stream):
        text = harmless_lines(render_table(table, width_of(stream), color))
    else:
        text = harmless_lines(render_plain(table))
    deliver(stream, text)


def render_table(table: Sequence[Row], width: int, color: bool) -> str:
    """A table within `width` columns. Below a row, indented, are its overridden values and its notes.

    Names are never cut. If they leave too little space beside them, value and source go below.
    """
    above, said = _said_once(table, width)
    names = max([columns(row.name) for row in table], default=0)
    names = max(names, len(_HEADINGS[0]))
    room = width - names - 2 * len(_GAP)
    if room < 2 * _NARROWEST:
        return above + _stacked(table, width, color, said)
    value_width, source_width = _shares(table, room)
    heading = _GAP.join(
        (pad(_HEADINGS[0], names), pad(_HEADINGS[1], value_width), _HEADINGS[2]),
    )
    lines = [paint(heading, color, BOLD)]
    for row in table:
        source = wrap(row.source, source_width, split=True)
        value = paint(cut(row.value, value_width), color, *_style(row))
        value += " " * (value_width - columns(cut(row.value, value_width)))
        lines.append(_GAP.join((pad(row.name, names), value, source[0])))
        lines += [" " * (names + value_width + 2 * len(_GAP)) + line for line in source[1:]]
        lines += _below(row, "  ", width, color, said)
    return above + "\n".join(line.rstrip() for line in lines) + "\n"


def _said_once(table: Sequence[Row], width: int) -> tuple[str, str | None]:
    """A validator of all fields would add a note to each row. This gives that note once above the table, and says which
    note it is."""
    checked = [row.name for row in table if _CHECKED in row.notes]
    if len(checked) <= _MOST:
        return "", None
    which = f"all {len(checked)} variables" if len(checked) == len(table) else ", ".join(checked)
    words = wrap(f"{_CHECKED[:1].upper()}{_CHECKED[1:]} than the contract can: {which}", width)
    return "\n".join(words) + "\n\n", _CHECKED


def _shares(table: Sequence[Row], room: int) -> tuple[int, int]:
    """The widths of value and source: what they need if both fit; otherwise the source gets at most half."""
    value = min(max([columns(row.value) for row in table], default=0), SHOWN_COLUMNS)
    value = max(value, len(_HEADINGS[1]))
    source = max([columns(row.source) for row in table], default=0)
    source = max(source, len(_HEADINGS[2]))
    if value + source <= room:
        return value, source
    source = min(source, max(room // 2, room - value))
    return min(value, room - source), source


def _stacked(table: Sequence[Row], width: int, color: bool, said: str | None) -> str:
    lines: list[str] = []
    for row in table:
        lines.append(paint(row.name, color, BOLD))
        lines.append("  " + paint(cut(row.value, min(max(width - 2, 1), SHOWN_COLUMNS)), color, *_style(row)))
        lines += _indented(f"from {row.source}" if row.origin else row.source, "  ", width)
        lines += _below(row, "  ", width, color, said)
    return "".join(line.rstrip() + "\n" for line in lines)


def _below(row: Row, indent: str, width: int, color: bool, said: str | None) -> list[str]:
    """said: the note that is already given above all rows."""
    remarks = [f"overrides {other}" for other in row.overridden] + [note for note in row.notes if note != said]
    return [paint(line, color, DIM) for remark in remarks for line in _indented(f"└ {remark}", indent, width)]


def _indented(text: str, indent: str, width: int) -> list[str]:
    first, *rest = wrap(text, max(width - len(indent) - 2, 8), split=True)
    return [indent + first, *(indent + "  " + line for line in rest)]


def _style(row: Row) -> tuple[str, ...]:
    if row.missing:
        return (RED,)
    if not _is_set(row.origin):
        return (DIM,)
    return (YELLOW,) if row.variable.get("deprecated") else ()


def render_plain(table: Sequence[Row]) -> str:
    """NAME=value  # source; overrides …; notes - one line per variable, without tabs or colour, for grep."""
    lines = []
    for row in table:
        remarks = [row.source, *(f"overrides {other}" for other in row.overridden), *row.notes]
        lines.append(f"{row.name}={row.value}  # {'; '.join(remarks)}\n")
    return "".join(lines)


def render_json(table: Sequence[Row]) -> str:
    """A list in the order of the contract. A missing value is null, and a secret one is masked."""
    import json

    return json.dumps([_entry(row) for row in table], indent=2) + "\n"


def _entry(row: Row) -> dict[str, Any]:
    return {
        "variable": row.name,
        "value": None if row.text is None else _text(row.text),
        "secret": is_hidden(row.variable),
        "required": bool(row.variable.get("required")),
        "set": _is_set(row.origin),
        "source": _source(row.origin) if row.origin else None,
        "overrides": [_source(other) for other in row.origin.overrides] if row.origin else [],
        "notes": list(row.notes),
    }


def _source(source: Source) -> dict[str, str | None]:
    return {"kind": source.kind, "detail": _text(source.detail) or None, "name": _text(source.name) or None}


def _text(text: str) -> str:
    """Undecodable bytes of an environment are lone surrogates, which a JSON reader may refuse."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
