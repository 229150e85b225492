"""Write our entries into the section of one version in somebody else's changelog. The rest stays byte for byte.

Our text is between two marker lines: in each existing `### Added` and the like, or with a heading of its own if there
is none. So a second run replaces the text of the first one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confcontract.compare.release_markdown import heading
from confcontract.compare.release_note import NoteKind
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

BEGIN = "<!-- confcontract changelog: begin -->"
END = "<!-- confcontract changelog: end -->"
_HEAD = "# Changelog\n"
_BOM = "\ufeff"
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_VERSION = re.compile(r"\[?v?([0-9][0-9A-Za-z.+_-]*)\]?(?![^\s(:–])")
_LINK = re.compile(r" {0,3}\[[^\]]+\]:\s")


@dataclass(frozen=True)
class _Head:
    """A heading: the number of its line, its level and its text."""

    line: int
    level: int
    text: str


def with_note(
    current: bytes | None, note: Mapping[NoteKind, str], version: str, date: str | None, today: str, where: str
) -> bytes:
    """The file with the note in the section of the version. A missing section is added above the others.

    current: None if there is no file. note: kind → list of entries. date: of the section; a new one without a date gets
    `today`, and an existing one keeps its date. where: the file's name for messages. Raises ConfigurationInvalid if the
    file is not UTF-8 text, or if a marker, a block of code or a comment does not end.
    """
    text = _decoded(current, where) if current is not None else _HEAD
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    ends = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    lines = text.splitlines(keepends=True) if not _odd_ends(text) else re.findall(r"[^\n]*\n|[^\n]+\Z", text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += ends
    if unended := _read(lines)[1]:
        raise _refused(where, f"the block of code or comment that begins in line {unended} does not end", "end it")
    before = list(lines)
    lines = _without_ours(lines, version, where)
    if note:
        lines = _inserted(lines, note, version, date or today, ends)
    if lines == before and current is not None:
        return current
    return (mark + "".join(lines)).encode("utf-8")


def _odd_ends(text: str) -> bool:
    """Whether splitlines would split at characters that do not end a line in Markdown."""
    return any(each in text for each in "\v\f\x1c\x1d\x1e\x85\u2028\u2029") or "\r" in text.replace("\r\n", "")


def _decoded(current: bytes, where: str) -> str:
    try:
        return current.decode("utf-8")
    except UnicodeDecodeError as error:
        line = current.count(b"\n", 0, error.start) + 1
        raise _refused(where, f"is not UTF-8 text (line {line})", "save it as UTF-8") from None


def _refused(where: str, what: str, hint: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        Problem("changelog-unusable", f"{where}: {what}", source=where, hint=hint, source_said=True)
    )


def _headings(lines: Sequence[str]) -> list[_Head]:
    """The headings that a reader sees: not in blocks of code, nor in comments."""
    return _read(lines)[0]


def _read(lines: Sequence[str]) -> tuple[list[_Head], int]:
    """The headings, and the line of a block of code or comment that does not end; 0 if there is none."""
    found, fence, comment, since = [], "", False, 0
    for number, line in enumerate(lines):
        bare = line.rstrip("\r\n")
        if comment:
            comment = "-->" not in bare
        elif fence:
            closing = _FENCE.match(bare)
            if closing and closing[1].startswith(fence) and not bare.strip().strip(fence[0]):
                fence = ""
        elif opening := _FENCE.match(bare):
            fence, since = opening[1], number + 1
        elif bare.lstrip(" ").startswith("<!--"):
            comment, since = "-->" not in bare, number + 1
        elif head := _HEADING.match(bare):
            found.append(_Head(number, len(head[1]), head[2]))
    return found, since if fence or comment else 0


def _section(lines: Sequence[str], version: str) -> tuple[_Head, int] | None:
    """The heading of the version's section, and the line after its end; None if there is none."""
    heads = _headings(lines)
    wanted = version.removeprefix("v")
    for number, head in enumerate(heads):
        named = _VERSION.match(head.text)
        if named and head.level < 6 and named[1] == wanted:
            end = next((each.line for each in heads[number + 1 :] if each.level <= head.level), len(lines))
            return head, _before_links(lines, head.line + 1, end)
    return None


def _before_links(lines: Sequence[str], start: int, end: int) -> int:
    """The end of a section, before link definitions at the end of the file, which belong to no section."""
    while end > start and (_LINK.match(lines[end - 1]) or not lines[end - 1].strip()):
        end -= 1
    return end


def _without_ours(lines: list[str], version: str, where: str) -> list[str]:
    """Remove the text between markers in the version's section, and one of two empty lines that meet as a result."""
    section = _section(lines, version)
    if section is None:
        return lines
    kept, inside = lines[: section[0].line + 1], 0
    for number in range(section[0].line + 1, section[1]):
        mark = lines[number].strip()
        if mark == BEGIN:
            if inside:
                raise _refused(where, f"line {inside} begins our entries again before they end", f"write {END} there")
            inside = number + 1
        elif mark == END:
            if not inside:
                raise _refused(where, f"line {number + 1} ends our entries, which began nowhere", "remove the line")
            inside = 0
            while kept and not kept[-1].strip():
                kept.pop()
        elif not inside:
            kept.append(lines[number])
    if inside:
        raise _refused(where, f"our entries begin in line {inside} and do not end", f"write {END} behind them")
    return kept + lines[section[1] :]


def _inserted(lines: list[str], note: Mapping[NoteKind, str], version: str, date: str, ends: str) -> list[str]:
    if _section(lines, version) is None:
        lines = _with_section(lines, version, date, ends)
    for kind, text in note.items():
        section = _section(lines, version)
        assert section is not None
        lines = _with_kind(lines, section, kind, text, ends)
    return lines


def _with_section(lines: list[str], version: str, date: str, ends: str) -> list[str]:
    """Add an empty section above the newest version, or at the end."""
    versions = [each for each in _headings(lines) if (named := _VERSION.match(each.text)) and "." in named[1]]
    place = versions[0].line if versions else _before_links(lines, 0, len(lines))
    level = versions[0].level if versions else 2
    head = f"{'#' * level} {heading(version, date)}{ends}"
    above = [ends] if place and lines[place - 1].strip() else []
    below = [ends] if place < len(lines) and lines[place].strip() else []
    return [*lines[:place], *above, head, *below, *lines[place:]]


def _with_kind(lines: list[str], section: tuple[_Head, int], kind: NoteKind, text: str, ends: str) -> list[str]:
    """Add the entries of a kind, in the order of kinds."""
    head, end = section
    order = [each.value for each in NoteKind]
    inner = [each for each in _headings(lines[:end]) if each.line > head.line and each.level == head.level + 1]
    own = [BEGIN, *text.splitlines(), END]
    for number, each in enumerate(inner):
        if each.text.casefold() == kind.value.casefold():
            stop = inner[number + 1].line if number + 1 < len(inner) else end
            break
    else:
        own[1:1] = [f"{'#' * (head.level + 1)} {kind.value}", ""]
        later = [each.line for each in inner if each.text in order[order.index(kind.value) + 1 :]]
        stop = _before_marker(lines, later[0], head.line + 1) if later else end
    while stop > head.line + 1 and not lines[stop - 1].strip():
        stop -= 1
    rest = lines[stop:]
    below = [ends] if rest and rest[0].strip() else []
    return [*lines[:stop], ends, *(f"{line}{ends}" for line in own), *below, *rest]


def _before_marker(lines: Sequence[str], place: int, start: int) -> int:
    """A heading of ours comes after its marker."""
    return place - 1 if place > start and lines[place - 1].strip() == BEGIN else place
