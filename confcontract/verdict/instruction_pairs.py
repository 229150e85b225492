"""The assignments of `ENV`, `LABEL`, `ARG` and the build arguments of a `RUN` in the history of an image. There, a
value may follow a blank instead of `=`, and the quotes of the Dockerfile are gone."""

from __future__ import annotations

import re
from dataclasses import dataclass

CLASSIC = r"/bin/sh -c #\(nop\)\s*"  # Docker's classic builder writes this before an instruction
_SETS = re.compile(rf"\s*(?:{CLASSIC})?(?P<word>ENV|LABEL|ARG)\s+", re.IGNORECASE)
# Builders write this before the command of a RUN: |2 NAME=value NAME=value /bin/sh -c
BUILD_ARGUMENTS = re.compile(r"\s*(?:RUN\s+)?\|\d+\s+(?P<pairs>.*?)\s*(?:/bin/\w*sh\s+-\w*c\b|$)", re.DOTALL)
_NAME = r"""["']?(?P<name>[A-Za-z_][\w./-]*)["']?"""
_PAIR = re.compile(_NAME + r"""=(?P<value>(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*)(?:\s+|$)""", re.DOTALL)
_BEGINS = re.compile(rf"(?<!\S){_NAME}=")
_BLANK = re.compile(rf"{_NAME}\s+(?=\S)")
_JSON_MEMBER = re.compile(
    r"""(?P<quote>\\?["'])(?P<name>[A-Za-z_][\w.-]*)(?P=quote)\s*:\s*(?P<value>"""
    r""""(?:[^"\\]|\\.)*"?|'[^']*'?|\\"(?:(?!(?<!\\)\\").)*(?:\\")?|\\'(?:(?!\\').)*(?:\\')?|[\[{].*|[^\s"'\\,}\]]+)""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class InstructionPair:
    """start, end: of the value in the instruction. hidden_to: the end of all text that may belong to the value."""

    name: str
    value: str
    start: int
    end: int
    hidden_to: int


def instruction_pairs(text: str) -> list[InstructionPair]:
    """Without values of builds, which are given from outside. [] for other instructions."""
    if sets := _SETS.match(text):
        start, end = sets.end(), len(text.rstrip())
        blank = _BLANK.match(text, start, end) if sets["word"].upper() != "ARG" else None
        if blank:
            return [_pair(text, blank["name"], blank.end(), end, end)]
    elif given := BUILD_ARGUMENTS.match(text):
        start, end = given.span("pairs")
    else:
        return []
    return _each_quoted(text, start, end) or _one_by_one(text, start, end)


def json_members(text: str) -> list[InstructionPair]:
    """`"NAME": value`, also with escaped quotes."""
    found = _JSON_MEMBER.finditer(text)
    return [_pair(text, each["name"], each.start("value"), each.end("value"), each.end("value")) for each in found]


def _each_quoted(text: str, start: int, end: int) -> list[InstructionPair]:
    """[] unless the whole text is NAME=value, with blanks only in quotes."""
    pairs = []
    while start < end:
        match = _PAIR.match(text, start, end)
        if match is None:
            return []
        pairs.append(_pair(text, match["name"], match.start("value"), match.end("value"), match.end("value")))
        start = match.end()
    return pairs


def _one_by_one(text: str, start: int, end: int) -> list[InstructionPair]:
    """A value extends to the next NAME=, which may itself be part of the value."""
    found = list(_BEGINS.finditer(text, start, end))
    ends = (*(each.start() for each in found[1:]), end)
    return [_pair(text, each["name"], each.end(), stop, end) for each, stop in zip(found, ends, strict=False)]


def _pair(text: str, name: str, start: int, end: int, hidden_to: int) -> InstructionPair:
    value = text[start:end].strip().replace('\\"', '"').strip("\"'")
    return InstructionPair(name, value, start, end, hidden_to)
