"""Indexes the results of all services for the reports. It is kept on disk, so that a fleet may have any size."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from confcontract.findings.outcome import CLEAN, FAILED, FOUND
from confcontract.fleet.service_record import EnvironmentVerdict, ServiceRecord, StepRecord, Wave

_TABLES = """
CREATE TABLE records (number INTEGER PRIMARY KEY, name TEXT, text TEXT);
CREATE TABLE reads (name TEXT, number INTEGER, secret INTEGER, type TEXT, required INTEGER, deprecated INTEGER,
                    instead TEXT);
CREATE TABLE deprecated (name TEXT, number INTEGER, environment TEXT);
CREATE TABLE secrets (reference TEXT, number INTEGER, variable TEXT, environment TEXT);
CREATE TABLE sections (mark TEXT, number INTEGER, title TEXT, members TEXT);
CREATE TABLE steps (wave TEXT, number INTEGER);
CREATE INDEX by_name ON reads (name);
CREATE INDEX by_deprecated_name ON deprecated (name);
CREATE INDEX by_reference ON secrets (reference);
CREATE INDEX by_mark ON sections (mark);
"""
_CACHE = 2048  # KiB of the database that are kept in memory


@dataclass(frozen=True)
class NameReader:
    """A service that reads a name. instead: the name that it reads in place of a deprecated one."""

    service: str
    type: str
    secret: bool
    required: bool
    deprecated: bool
    instead: str


@dataclass(frozen=True)
class DeprecatedName:
    """instead: the replacement. by: the services in which the name is deprecated. set_in: (service, environment) where
    it is still set. current: the services in which the name is not deprecated."""

    name: str
    instead: str
    by: tuple[str, ...]
    set_in: tuple[tuple[str, str], ...]
    current: tuple[str, ...]


@dataclass(frozen=True)
class SharedSecret:
    """readers: (service, variable) → its environments."""

    reference: str
    readers: dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class SharedSection:
    """services: (service, name of the group in that service)."""

    members: tuple[str, ...]
    services: tuple[tuple[str, str], ...]


class FleetIndex:
    """rollout: whether a rollout was requested. ignored: entries that belong to no service, in words.

    All results are sorted by name, whatever the order in which records were added.
    """

    def __init__(self, *, rollout: bool = False, ignored: tuple[str, ...] = ()) -> None:
        self.rollout, self.ignored = rollout, ignored
        self.verdicts: Counter[EnvironmentVerdict] = Counter()
        self.waves: Counter[Wave] = Counter()
        self.services = 0
        self.failed_services = 0
        self._environments: set[str] = set()
        self._store = sqlite3.connect("")  # a file without a name, which is deleted when this process ends
        self._store.execute("PRAGMA journal_mode = OFF")
        self._store.execute("PRAGMA synchronous = OFF")
        self._store.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._store.executescript(_TABLES)

    def add(self, number: int, text: str) -> ServiceRecord:
        """text: of the record. Raises the errors of `ServiceRecord.from_text`."""
        record = ServiceRecord.from_text(text)
        self.services += 1
        self.failed_services += bool(record.faults)
        add = self._store.execute
        add("INSERT INTO records VALUES (?, ?, ?)", (number, storable(record.name), text))
        many = self._store.executemany
        many("INSERT INTO reads VALUES (?, ?, ?, ?, ?, ?, ?)", _reads(number, record))
        many(
            "INSERT INTO sections VALUES (?, ?, ?, ?)",
            [(each.mark, number, storable(each.title), storable("\n".join(each.members))) for each in record.sections],
        )
        for each in record.environments:
            self.verdicts[each.verdict] += 1
            self._environments.add(each.name)
            where = storable(each.name)
            many(
                "INSERT INTO deprecated VALUES (?, ?, ?)", [(storable(name), number, where) for name in each.deprecated]
            )
            many(
                "INSERT INTO secrets VALUES (?, ?, ?, ?)",
                [
                    (storable(text), number, storable(name), where)
                    for name, texts in each.references.items()
                    for text in texts
                ],
            )
            if each.step is not None:
                self.waves[each.step.wave] += 1
                add("INSERT INTO steps VALUES (?, ?)", (each.step.wave.value, number))
        return record

    @property
    def exit_code(self) -> int:
        """What could not be evaluated takes precedence over findings."""
        if self.failed_services or self.verdicts[EnvironmentVerdict.FAILED] or self.waves[Wave.FAILED]:
            return FAILED
        if any(self.waves[each] for each in Wave if each.stops):
            return FOUND
        return FOUND if self.verdicts[EnvironmentVerdict.REFUSED] and not self.rollout else CLEAN

    @property
    def pairs(self) -> int:
        return sum(self.verdicts.values())

    @property
    def environments(self) -> list[str]:
        return sorted(self._environments)

    def records(self) -> Iterator[ServiceRecord]:
        for (text,) in self._store.execute("SELECT text FROM records ORDER BY name, number"):
            yield ServiceRecord.from_text(text)

    def readers(self, only: str | None = None) -> Iterator[tuple[str, list[NameReader]]]:
        """Each name that is read, or only the requested one, with the services that read it."""
        rows = self._store.execute(
            "SELECT reads.name, records.name, type, secret, required, deprecated, instead FROM reads "
            "JOIN records USING (number) WHERE ? IS NULL OR reads.name = ? ORDER BY reads.name, records.name",
            (only, only),
        )
        for name, group in groupby(rows, key=lambda row: str(row[0])):
            yield name, [NameReader(row[1], row[2], bool(row[3]), bool(row[4]), bool(row[5]), row[6]) for row in group]

    def disputed(self) -> Iterator[tuple[str, list[NameReader]]]:
        """Names that are secret in some services but not in others."""
        for name in self._names("SELECT name FROM reads GROUP BY name HAVING MIN(secret) < MAX(secret) ORDER BY name"):
            yield from self.readers(name)

    def deprecated(self) -> Iterator[DeprecatedName]:
        """Names that are deprecated in some service."""
        for name in self._names("SELECT name FROM reads WHERE deprecated GROUP BY name ORDER BY name"):
            ((_, readers),) = self.readers(name)
            rows = self._store.execute(
                "SELECT records.name, environment FROM deprecated JOIN records USING (number) "
                "WHERE deprecated.name = ? ORDER BY records.name, environment",
                (name,),
            )
            yield DeprecatedName(
                name,
                ", ".join(sorted({each.instead for each in readers if each.instead})),
                tuple(each.service for each in readers if each.deprecated),
                tuple((service, environment) for service, environment in rows),
                tuple(each.service for each in readers if not each.deprecated),
            )

    def shared_secrets(self) -> Iterator[SharedSecret]:
        """References that several variables share, in one service or in several."""
        shared = (
            "SELECT reference FROM secrets GROUP BY reference "
            "HAVING COUNT(DISTINCT number || ' ' || variable) > 1 ORDER BY reference"
        )
        for reference in self._names(shared):
            rows = self._store.execute(
                "SELECT records.name, variable, environment FROM secrets JOIN records USING (number) "
                "WHERE reference = ? ORDER BY records.name, variable, environment",
                (reference,),
            )
            readers = {
                key: tuple(row[2] for row in group)
                for key, group in groupby(rows, key=lambda row: (str(row[0]), str(row[1])))
            }
            yield SharedSecret(reference, readers)

    def shared_sections(self) -> Iterator[SharedSection]:
        """Groups of variables that several services share. A nested group is included only if more services have it."""
        marks = self._names(
            "SELECT mark FROM sections GROUP BY mark HAVING COUNT(DISTINCT number) > 1 "
            "ORDER BY MIN(title), MAX(LENGTH(members)) DESC, mark"
        )
        outer: set[tuple[tuple[str, str], ...]] = set()
        for mark in marks:
            rows = self._store.execute(
                "SELECT records.name, title, members FROM sections JOIN records USING (number) WHERE mark = ? "
                "ORDER BY records.name, title",
                (mark,),
            ).fetchall()
            services = tuple((str(row[0]), str(row[1])) for row in rows)
            if not _is_within(services, outer):
                outer.add(services)
                yield SharedSection(tuple(rows[0][2].split("\n")), services)

    def steps(self, wave: Wave) -> Iterator[tuple[ServiceRecord, list[tuple[str, StepRecord]]]]:
        """The services with at least one environment in this wave, each with the names and steps of those
        environments."""
        rows = self._store.execute(
            "SELECT text FROM records WHERE number IN (SELECT number FROM steps WHERE wave = ?) ORDER BY name, number",
            (wave.value,),
        )
        for (text,) in rows:
            record = ServiceRecord.from_text(text)
            steps = ((each.name, each.step) for each in record.environments)
            yield record, [(name, step) for name, step in steps if step is not None and step.wave is wave]

    def _names(self, query: str) -> list[str]:
        return [str(name) for (name,) in self._store.execute(query)]


def _reads(number: int, record: ServiceRecord) -> Iterator[tuple[object, ...]]:
    for each in record.variables:
        for name in each.names:
            deprecated = name in each.deprecated
            said = storable(name), number, each.secret, storable(each.type), each.required, deprecated
            yield (*said, storable(each.instead))


def _is_within(services: tuple[tuple[str, str], ...], outer: set[tuple[tuple[str, str], ...]]) -> bool:
    """Whether each of these groups is nested in a reported group of the same services."""
    for others in outer:
        titles = dict(others)
        if len(titles) == len(dict(services)) and all(
            service in titles and title.startswith(f"{titles[service]}.") for service, title in services
        ):
            return True
    return False


def storable(text: str) -> str:
    """Makes text of a file name that is not valid text."""
    return text.encode("utf-8", "backslashreplace").decode()
