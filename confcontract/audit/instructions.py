"""Parses the instructions in the history of an image: from BuildKit, Docker's classic builder and buildah."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from confcontract.verdict.instruction_pairs import BUILD_ARGUMENTS, CLASSIC, instruction_pairs, json_members

_CLASSIC = re.compile(f"^{CLASSIC}")
_ASSIGNED = re.compile(r"""(?<![\w.$-])(?P<name>[A-Za-z_][\w.]*)=(?P<value>"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"';&|)]*)""")
_FROM_ELSEWHERE = re.compile(r"""^["']?\$""")  # a shell variable, or the output of a command


class InstructionKind(Enum):
    ARG = "ARG"
    ENV = "ENV"
    LABEL = "LABEL"
    CMD = "CMD"
    ENTRYPOINT = "ENTRYPOINT"
    HEALTHCHECK = "HEALTHCHECK"
    OTHER = ""


def kind_of(instruction: str) -> InstructionKind:
    word = (_CLASSIC.sub("", instruction).split(None, 1) or [""])[0].upper()
    return InstructionKind(word) if word in InstructionKind._value2member_map_ else InstructionKind.OTHER


def build_arguments(instruction: str) -> Iterator[tuple[str, str]]:
    """Name and value of build arguments that are declared or passed to a command; "" for a value from outside."""
    if kind_of(instruction) is InstructionKind.ARG:
        for word in _CLASSIC.sub("", instruction).split()[1:]:
            name, _, value = word.partition("=")
            yield name, value
    elif given := BUILD_ARGUMENTS.match(instruction):
        yield from _pairs(given["pairs"])


def assignments(instruction: str) -> Iterator[tuple[str, str]]:
    """The NAME=value pairs in it whose value is written there, except build arguments. Also `NAME value` of ENV and
    LABEL, and a JSON member in a command."""
    given = BUILD_ARGUMENTS.match(instruction)
    text = instruction[given.end() :] if given else instruction
    yield from _pairs(text)
    pairs = json_members(text) if kind_of(instruction) is InstructionKind.OTHER else instruction_pairs(text)
    for each in pairs:
        if each.value and not _FROM_ELSEWHERE.match(each.value):
            yield each.name, each.value


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in _ASSIGNED.finditer(text):
        value = match["value"]
        if value and not _FROM_ELSEWHERE.match(value):
            yield match["name"], value.strip("\"'")
