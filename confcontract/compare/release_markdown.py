"""A release note as Markdown, in the form of https://keepachangelog.com/en/1.1.0/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from confcontract.compare.release_note import NoteEntry, NoteKind
from confcontract.report import terminal
from confcontract.report.terminal import printable


def listed(entries: Iterable[NoteEntry]) -> str:
    """The entries as a list, one per line."""
    return "".join(f"- {_entry(each)}\n" for each in entries)


def by_kind(entries: Sequence[NoteEntry]) -> Mapping[NoteKind, str]:
    """Kind → its list, in order; kinds without entries are left out."""
    found = {kind: [each for each in entries if each.kind is kind] for kind in NoteKind}
    return {kind: listed(of_kind) for kind, of_kind in found.items() if of_kind}


def heading(version: str, date: str | None) -> str:
    """'[1.5.0] - 2026-11-30'."""
    return f"[{version}]" + (f" - {date}" if date else "")


def note_page(entries: Sequence[NoteEntry], version: str | None, date: str | None) -> str:
    """With a version, a section of a changelog."""
    parts = [f"## {heading(version, date)}\n"] if version else []
    parts += [f"### {kind.value}\n\n{text}" for kind, text in by_kind(entries).items()]
    return "\n".join(parts)


def _entry(entry: NoteEntry) -> str:
    text = _with_literals(printable(entry.text), entry.literals)
    return terminal.harmless(f"{_code(entry.name)}: {text}" if entry.name else text)


def _with_literals(text: str, literals: Sequence[str]) -> str:
    """Escape markup, but mark literals, and words that look like a variable's name, as code."""
    known = [re.escape(printable(each)) for each in sorted(literals, key=len, reverse=True)]
    pattern = "|".join([*known, r"[A-Z][A-Z0-9]*_[A-Z0-9_]*"])
    parts = re.split(rf"(?<![\w./])({pattern})(?!\w)", text)
    return "".join(_code(part) if number % 2 else _escaped(part) for number, part in enumerate(parts))


_MARKUP = re.compile(r"([\\`*\[\]<~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;))")
_MENTION = re.compile(r"(?<!\w)([@#])(?=\w)")


def _escaped(text: str) -> str:
    """Text that no Markdown renderer reads as markup, and no forge as a mention."""
    return _MENTION.sub("\\1\u200b", _MARKUP.sub(r"\\\1", text))


def _code(text: str) -> str:
    inner = printable(text)
    return f"`{inner}`" if "`" not in inner else f"`` {inner} ``"
