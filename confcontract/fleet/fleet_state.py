"""Stores the results of a run in a file. An interrupted run continues, and the next run checks only what has
changed."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import BinaryIO

from confcontract.contract.digest import sha256
from confcontract.contract.from_folder import FILE
from confcontract.fleet.fleet_plan import FleetOptions, ServicePlan
from confcontract.fleet.part_file import PartEntry, PartHeader, PartRead, entry_at, read_part, unusable_part
from confcontract.fleet.record_shape import fault_in
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.report.errors import ConfigurationInvalid


class FleetState:
    """A part file that stays open for writing and never gets its last line. notes: remarks on the existing file.

    Raises ConfigurationInvalid if the file belongs to another fleet, is not a state, is used by another run, or can't
    be written. The file is then left unchanged.
    """

    def __init__(self, path: str, header: PartHeader) -> None:
        self.path = path
        self.notes: list[str] = []
        self._known: dict[int, tuple[str, int]] = {}
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._stream: BinaryIO = os.fdopen(descriptor, "r+b")
        except OSError as error:
            raise unusable_part(path, f"can't be written: {error.strerror}", "name another file") from None
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read(header)
        except BlockingIOError:
            self.close()
            raise unusable_part(path, "another run is using it", "wait for it, or name another file") from None
        except OSError as error:
            self.close()
            raise unusable_part(path, f"can't be written: {error.strerror}", "free disk space") from None
        except ConfigurationInvalid:
            self.close()
            raise

    def known(self, number: int, plan: ServicePlan, options: FleetOptions) -> PartEntry | None:
        """The stored result of a service, if all of its input is unchanged."""
        made_of, offset = self._known.get(number, ("", 0))
        if not made_of or made_of != material_of(plan, options):
            return None
        entry = entry_at(self._stream, offset)
        return entry if entry is not None and not fault_in(entry.text) else None

    def add(self, entry: PartEntry) -> None:
        """When this returns, the entry is in the file, even if the process is killed then. Raises
        ConfigurationInvalid."""
        try:
            self._stream.seek(0, os.SEEK_END)
            self._stream.write(entry.line())
            self._stream.flush()
        except OSError as error:
            raise unusable_part(self.path, f"can't be written: {error.strerror}", "free disk space") from None

    def close(self) -> None:
        with suppress(OSError):  # a failed write was already reported
            self._stream.close()

    def _read(self, header: PartHeader) -> None:
        if os.fstat(self._stream.fileno()).st_size == 0:
            self._stream.write(header.line())
            self._stream.flush()
            return
        found = PartRead()
        for entry in read_part(self._stream, found):
            self._known[entry.number] = (entry.made_of, entry.offset)
        if found.header is None and not found.damaged and not found.torn:
            raise unusable_part(self.path, "is not the state of a fleet", "name another file")
        if found.header is None:
            self._known.clear()
            self.notes.append(f"{self.path} is damaged from the start: everything is checked again")
        elif _asked(found.header) != _asked(header):
            raise unusable_part(
                self.path,
                "was made for another fleet, other options or another shard",
                "name another file, or delete this one",
            )
        elif found.damaged:
            lines = ", ".join(map(str, found.damaged[:5])) + (", ..." if len(found.damaged) > 5 else "")
            self.notes.append(f"{self.path} is damaged (line {lines}): its results are computed again")
        if found.header is not None and found.header.by != header.by:
            self._known.clear()
            self.notes.append(f"{self.path} was made by confcontract {found.header.by}: everything is checked again")
        self._begin(header)

    def _begin(self, header: PartHeader) -> None:
        """Rewrites the file with the entries that are whole and still valid. The new file is locked before it replaces
        the old one."""
        draft = f"{self.path}.{os.urandom(8).hex()}.tmp"
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fresh = os.fdopen(descriptor, "r+b")
        try:
            fcntl.flock(fresh, fcntl.LOCK_EX)
            os.fchmod(descriptor, os.fstat(self._stream.fileno()).st_mode & 0o777)
            self._copy(header, fresh)
            os.replace(draft, self.path)
        except OSError:
            with suppress(OSError):  # closing tries to write again what a full disk refused
                fresh.close()
            os.unlink(draft)
            raise
        self._stream.close()
        self._stream = fresh

    def _copy(self, header: PartHeader, fresh: BinaryIO) -> None:
        fresh.write(header.line())
        for number, (made_of, offset) in sorted(self._known.items()):
            entry = entry_at(self._stream, offset)
            if entry is not None:
                self._known[number] = (made_of, fresh.tell())
                fresh.write(entry.line())
        fresh.flush()


def _asked(header: PartHeader) -> tuple[object, ...]:
    return header.plan, header.services, header.shard, header.rollout


def material_of(plan: ServicePlan, options: FleetOptions) -> str:
    """The digest of a service's input: the options, and the content of each file. An image, a revision and a class are
    represented by their reference."""
    parts = [json.dumps({"plan": asdict(plan), "options": asdict(options)}, sort_keys=True).encode()]
    parts += (_content(path).encode() for path in _paths(plan))
    return sha256(*parts)


def _paths(plan: ServicePlan) -> Iterator[str]:
    for reference in (plan.contract, plan.next):
        if reference:
            yield os.path.join(reference, FILE) if os.path.isdir(reference) else reference
    for environment in plan.environments:
        yield from environment.files
        yield from environment.planned or ()


def _content(path: str) -> str:
    """The digest of a regular file, or "-" for anything else, which is read only once, when the service is checked."""
    try:
        return sha256(read_source(path)) if os.path.isfile(path) else "-"
    except Unreadable:
        return "-"
