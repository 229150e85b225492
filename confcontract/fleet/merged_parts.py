"""Merges the parts of a fleet, one from each shard, to the result of a single run."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from confcontract.fleet.part_file import PartEntry, PartHeader, PartRead, entry_at, part_problem, read_part
from confcontract.fleet.record_shape import fault_in
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

_AGAIN = "write it again with fleet check --shard"


class MergedParts:
    """header: of the whole fleet. Raises ConfigurationInvalid with all faults, unless each shard of one fleet is
    present once and complete."""

    def __init__(self, paths: Sequence[str], stack: ExitStack) -> None:
        self._problems: list[Problem] = []
        self._places: dict[int, tuple[BinaryIO, int]] = {}
        headers = [(path, header) for path in paths if (header := self._read(path, stack)) is not None]
        if not self._problems:
            self._hold_together(headers)
        if self._problems:
            raise ConfigurationInvalid(*self._problems)
        self.header = headers[0][1]

    def entries(self) -> Iterator[PartEntry]:
        """The entries, in the order of the fleet."""
        for _, (stream, offset) in sorted(self._places.items()):
            entry = entry_at(stream, offset)
            assert entry is not None
            yield entry

    def _read(self, path: str, stack: ExitStack) -> PartHeader | None:
        try:
            if stat.S_ISFIFO(os.stat(path).st_mode):
                self._fault(path, "is a pipe, but parts are read twice", "name the files that the shards wrote")
                return None
            stream = stack.enter_context(Path(path).open("rb"))  # noqa: SIM115 - read again, by `entries`
            found = PartRead()
            fault = ""
            for entry in read_part(stream, found):
                self._places.setdefault(entry.number, (stream, entry.offset))
                fault = fault or _fault_of(entry, found.header)
        except OSError as error:
            self._fault(path, f"can't be read: {error.strerror}", "name the files that the shards wrote")
            return None
        if found.header is None:
            self._fault(path, "is not a part of a fleet, or is damaged from its beginning", _AGAIN)
        elif found.damaged:
            self._fault(path, f"is damaged at line {found.damaged[0]}", _AGAIN)
        elif not found.ended:
            self._fault(path, "is incomplete: the run that wrote it was interrupted", _AGAIN)
        elif fault:
            self._fault(path, fault, _AGAIN)
        return found.header

    def _hold_together(self, headers: Sequence[tuple[str, PartHeader]]) -> None:
        (first, one), *others = headers
        for path, header in others:
            if header.by != one.by:
                self._fault(
                    path, f"was made by {header.by}, and {first} by {one.by}", "write all of them with one release"
                )
            elif (header.plan, header.services, header.shard.count) != (one.plan, one.services, one.shard.count):
                self._fault(
                    path, f"is of another fleet, or of other options, than {first}", "name the parts of one run"
                )
        if self._problems:
            return
        owners: dict[int, str] = {}
        for path, header in headers:
            if header.shard.number in owners:
                self._fault(path, f"is the same share as {owners[header.shard.number]}", "leave out one of them")
            owners[header.shard.number] = path
        missing = [str(number) for number in range(1, one.shard.count + 1) if number not in owners]
        if missing:
            told = f"not all of {one.shard.count} shares are there: {', '.join(missing)} of {one.shard.count} missing"
            self._fault(first, told, "name the parts of all shards")
        elif not self._problems and len(self._places) != one.services:
            self._fault(first, f"of {one.services} services the parts hold {len(self._places)}", _AGAIN)

    def _fault(self, path: str, message: str, hint: str) -> None:
        self._problems.append(part_problem(path, message, hint))


def _fault_of(entry: PartEntry, header: PartHeader | None) -> str:
    """The fault of an entry whose line is undamaged; "" if there is none."""
    if header is None:
        return ""
    if entry.number >= header.services or entry.number % header.shard.count != header.shard.number - 1:
        return f"holds the service number {entry.number + 1}, which is not in its share"
    fault = fault_in(entry.text)
    return f"the record of the service number {entry.number + 1} can't be used: {fault}" if fault else ""
