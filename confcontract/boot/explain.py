"""Where every value came from: one row per variable, in the order of the contract."""

from __future__ import annotations

from confcontract.boot.mask import SHOWN_COLUMNS, UNSET, as_shown, masked, shown
from confcontract.terminal import BOLD, DIM, RED, YELLOW, columns, cut, pad, paint, printable, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from confcontract.boot.resolve import Resolution
    from confcontract.boot.sources import Source

COMPUTED = "(computed at start)"
FROM_VAULT = "(from Vault)"  # a reference that nobody has fetched yet

_HEADINGS = ("VARIABLE", "VALUE", "SOURCE")
_GAP = "  "
_NARROWEST = 12  # columns that value and source need to be legible side by side


class Row:
    """One variable.

    value: masked, on one line, not shortened. source and overridden: in words. notes: what else to know.
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
        self.text = text  # masked; None where there is no value or none is known yet
        self.value = value
        self.origin = origin
        self.source = printable(str(origin)) if origin else "not set"
        self.overridden = [printable(str(other)) for other in origin.overrides] if origin else []
        self.notes = notes
        self.missing = origin is None and bool(variable.get("required"))

    @property
    def name(self) -> str:
        return str(self.variable["name"])


def rows(resolution: Resolution) -> list[Row]:
    return [_row(variable, resolution) for variable in as_shown(resolution.contract.variables)]


def _row(variable: dict[str, Any], resolution: Resolution) -> Row:
    origin = resolution.sources.get(variable["name"])
    raw = _raw(variable, origin, resolution)
    notes = _notes(variable, origin)
    if raw is not None:
        return Row(variable, masked(raw, variable), shown(raw, variable, None), origin, notes)
    stand_in = UNSET
    if origin is not None:
        stand_in = {"computed": COMPUTED, "vault": FROM_VAULT}.get(origin.kind, UNSET)
    return Row(variable, None, stand_in, origin, notes)


def _raw(variable: dict[str, Any], origin: Source | None, resolution: Resolution) -> str | None:
    """The text of the value, unmasked."""
    if origin is None or origin.kind == "computed":
        return None
    if origin.kind == "default":
        return _default(variable)
    own = (variable["name"], *variable.get("aliases", ()))
    if origin.name is not None and origin.name not in own and not origin.name.endswith("_FILE"):
        # It came as a part of a greater value, SHOP_DATABASE='{"port": …}', whose other parts may be secret.
        found, part = _at(resolution.values, variable["path"])
        return _as_text(part) if found else None
    names = own if origin.name is None else (origin.name, *own)
    return next((resolution.environ[name] for name in names if name in resolution.environ and name in own), None)


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
    import json

    return json.dumps(value, ensure_ascii=False)


def _notes(variable: dict[str, Any], origin: Source | None) -> list[str]:
    notes = []
    if origin is None and variable.get("required"):
        notes.append("required")
    if origin is not None and origin.name not in (None, variable["name"]):
        notes.append(f"set as {printable(str(origin.name))}")
    if variable.get("deprecated") and _is_set(origin):
        replacement = variable["deprecated"].get("replacedBy")
        notes.append(f"deprecated: use {replacement}" if replacement else "deprecated")
    if variable.get("deferred"):
        notes.append("the application checks further")
    return notes


def _is_set(origin: Source | None) -> bool:
    return origin is not None and origin.kind not in ("default", "computed")


def render_table(table: Sequence[Row], width: int, color: bool) -> str:
    """A table within `width` columns; below a row, indented, what it overrides and what to know.

    Names are never cut. Where they leave no room beside them, value and source go below.
    """
    names = max([columns(row.name) for row in table], default=0)
    names = max(names, len(_HEADINGS[0]))
    room = width - names - 2 * len(_GAP)
    if room < 2 * _NARROWEST:
        return _stacked(table, width, color)
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
        lines += _below(row, "  ", width, color)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _shares(table: Sequence[Row], room: int) -> tuple[int, int]:
    """Columns of value and source: what they need if both fit; else the source at most half."""
    value = min(max([columns(row.value) for row in table], default=0), SHOWN_COLUMNS)
    value = max(value, len(_HEADINGS[1]))
    source = max([columns(row.source) for row in table], default=0)
    source = max(source, len(_HEADINGS[2]))
    if value + source <= room:
        return value, source
    source = min(source, max(room // 2, room - value))
    return min(value, room - source), source


def _stacked(table: Sequence[Row], width: int, color: bool) -> str:
    lines: list[str] = []
    for row in table:
        lines.append(paint(row.name, color, BOLD))
        lines.append("  " + paint(cut(row.value, min(max(width - 2, 1), SHOWN_COLUMNS)), color, *_style(row)))
        lines += _indented(f"from {row.source}" if row.origin else row.source, "  ", width)
        lines += _below(row, "  ", width, color)
    return "".join(line.rstrip() + "\n" for line in lines)


def _below(row: Row, indent: str, width: int, color: bool) -> list[str]:
    remarks = [f"overrides {other}" for other in row.overridden] + list(row.notes)
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
    """A list in the order of the contract; value is null where there is none, and masked where it is secret."""
    import json

    return json.dumps([_entry(row) for row in table], indent=2) + "\n"


def _entry(row: Row) -> dict[str, Any]:
    return {
        "variable": row.name,
        "value": None if row.text is None else row.text.encode("utf-8", "backslashreplace").decode("utf-8"),
        "secret": bool(row.variable.get("secret")),
        "required": bool(row.variable.get("required")),
        "set": _is_set(row.origin),
        "source": _source(row.origin) if row.origin else None,
        "overrides": [_source(other) for other in row.origin.overrides] if row.origin else [],
        "notes": list(row.notes),
    }


def _source(source: Source) -> dict[str, str | None]:
    return {"kind": source.kind, "detail": source.detail, "name": source.name}
