"""Stores the results for a part of a fleet in a file: those of one shard, or those of a run so far.

    confcontract-fleet 1<TAB>HEADER as JSON<TAB>mark
    NUMBER<TAB>digest of the input<TAB>RECORD as JSON<TAB>mark       for each service, in the order of completion
    end<TAB>number of services<TAB><TAB>mark                        only if all services are present

A mark is the digest of the rest of the line. A process that is killed while writing leaves a line without a mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from confcontract import __version__
from confcontract.contract.digest import sha256
from confcontract.contract.engine import VERSION
from confcontract.fleet.fleet_plan import FleetPlan, Shard
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

_FIRST = "confcontract-fleet 1"
_LAST = "end"
_NUMBER = re.compile(r"[0-9]{1,18}\Z")


@dataclass(frozen=True)
class PartHeader:
    """plan: the digest of the plan. services: their number in the whole fleet. by: the confcontract and engine
    releases."""

    plan: str
    services: int
    shard: Shard
    rollout: bool
    by: str
    ignored: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: FleetPlan, shard: Shard) -> PartHeader:
        by = f"{__version__} with pydantic_core {VERSION}"
        return cls(plan.digest, len(plan.services), shard, plan.options.rollout, by, plan.ignored)

    def line(self) -> bytes:
        said = {
            "plan": self.plan,
            "services": self.services,
            "shard": [self.shard.number, self.shard.count],
            "rollout": self.rollout,
            "by": self.by,
            "ignored": list(self.ignored),
        }
        return _marked(_FIRST, json.dumps(said, sort_keys=True))


class PartEntry(NamedTuple):
    """number: of the service in the fleet. made_of: the digest of its input. text: the record. offset: of the line in
    the file."""

    number: int
    made_of: str
    text: str
    offset: int

    def line(self) -> bytes:
        return _marked(str(self.number), self.made_of, self.text)


def end_line(count: int) -> bytes:
    return _marked(_LAST, str(count), "")


@dataclass
class PartRead:
    """header: None if the file does not begin with one. damaged: numbers of invalid lines, except an incomplete last
    line.
    ended: whether the part is complete."""

    header: PartHeader | None = None
    damaged: Sequence[int] = ()
    torn: bool = False
    ended: bool = False


def read_part(stream: BinaryIO, found: PartRead) -> Iterator[PartEntry]:
    """Yields the entries of a file. `found` has the facts about the file after the last entry."""
    damaged: list[int] = []
    found.damaged = damaged
    count = 0
    offset = 0
    for number, line in enumerate(stream, 1):
        fields = _fields(line)
        if fields is None:
            if line.endswith(b"\n"):
                damaged.append(number)
            else:
                found.torn = True
        elif number == 1:
            found.header = _header(fields)
            if found.header is None:
                return
        elif fields[0] == _LAST and len(fields) > 1:
            found.ended = fields[1] == str(count)
        elif _NUMBER.match(fields[0]) and len(fields) == 3:
            count += 1
            yield PartEntry(int(fields[0]), fields[1], fields[2], offset)
        else:
            damaged.append(number)
        offset += len(line)


def entry_at(stream: BinaryIO, offset: int) -> PartEntry | None:
    stream.seek(offset)
    fields = _fields(stream.readline())
    return None if fields is None or len(fields) != 3 else PartEntry(int(fields[0]), fields[1], fields[2], offset)


def part_problem(path: str, message: str, hint: str) -> Problem:
    return Problem("fleet-part-unusable", f"{path}: {message}", source=path, hint=hint, source_said=True)


def unusable_part(path: str, message: str, hint: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(part_problem(path, message, hint))


def _header(fields: Sequence[str]) -> PartHeader | None:
    if fields[0] != _FIRST:
        return None
    try:
        said: dict[str, Any] = json.loads(fields[1])
        header = PartHeader(**{**said, "shard": Shard(*said["shard"]), "ignored": tuple(said["ignored"])})
        return header if _is_sound(said) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_sound(said: Mapping[str, Any]) -> bool:
    """Whether the content of a header is plausible, since anyone can write such a line."""
    numbers = (said["services"], *said["shard"])
    texts = (said["plan"], said["by"], *said["ignored"])
    if not (all(type(each) is int for each in numbers) and all(isinstance(each, str) for each in texts)):
        return False
    services, number, count = numbers
    return isinstance(said["rollout"], bool) and 1 <= number <= count and services >= 0


def _marked(*fields: str) -> bytes:
    text = "\t".join(fields)
    return f"{text}\t{_mark(text)}\n".encode()


def _fields(line: bytes) -> list[str] | None:
    """Returns None for a line without a valid mark."""
    try:
        text, tab, mark = line.decode().rstrip("\n").rpartition("\t")
    except UnicodeDecodeError:
        return None
    return text.split("\t") if tab and line.endswith(b"\n") and mark == _mark(text) else None


def _mark(text: str) -> str:
    return sha256(text.encode()).removeprefix("sha256:")[:16]
