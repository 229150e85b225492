"""The fleet report for people: one table, then the faults, then what the services have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from confcontract.fleet.fleet_index import FleetIndex, NameReader
from confcontract.fleet.fleet_words import (
    CELLS,
    NONE,
    STARRED,
    STOPPED,
    UNANSWERED,
    grouped,
    in_numbers,
    is_worth_telling,
    titled,
    warnings_of,
    waves_in_numbers,
)
from confcontract.fleet.service_record import EnvironmentVerdict, RecordedReason, ServiceRecord
from confcontract.fleet.shown.rollout_text import told_reasons
from confcontract.report import terminal
from confcontract.report.terminal import paint

_WIDEST = 32  # columns for a name in the table
_COLORS = {
    EnvironmentVerdict.ACCEPTED: terminal.GREEN,
    EnvironmentVerdict.PARTLY: terminal.GREEN,
    EnvironmentVerdict.REFUSED: terminal.RED,
    EnvironmentVerdict.FAILED: terminal.YELLOW,
}


def text_of_fleet(index: FleetIndex, *, color: bool = False) -> Iterator[str]:
    """In pieces, each of whole lines."""
    yield from _table(index, color)
    if index.verdicts[EnvironmentVerdict.PARTLY]:
        yield f"{STARRED}\n"
    if index.verdicts[EnvironmentVerdict.FAILED]:
        yield f"{UNANSWERED}\n"
    yield from _titled("WHAT IS WRONG", _wrong(index, color), color)
    yield from _titled("WARNINGS", _warnings(index, color), color)
    yield from _titled("UPGRADES THAT HAVE TO WAIT", _upgrades(index, color), color)
    yield from _titled("DEPRECATED NAMES", _deprecated(index), color)
    yield from _titled("A SECRET FOR SOME, NOT FOR OTHERS", _disputed(index), color)
    yield from _titled("THE SAME SECRET", _secrets(index), color)
    yield from _titled("SHARED SECTIONS", _sections(index), color)
    yield "\n"
    for each in index.ignored:
        yield f"ignored: {terminal.printable(each)}\n"
    if sum(index.waves.values()):
        yield f"upgrades: {waves_in_numbers(index)}\n"
    yield f"{in_numbers(index)}\n"


def text_of_variables(index: FleetIndex, names: Sequence[str]) -> Iterator[str]:
    """The services that read these names."""
    for name in names:
        readers = [reader for _, found in index.readers(name) for reader in found]
        yield f"{terminal.printable(name)}: {'no service reads it' if not readers else ''}".rstrip() + "\n"
        yield from (_line(_reader(each)) for each in readers)


def _table(index: FleetIndex, color: bool) -> Iterator[str]:
    environments = index.environments
    wide = 7
    for each in index.records():
        wide = max(wide, min(terminal.columns(terminal.printable(titled(each))), _WIDEST))
    names = [terminal.cut(terminal.printable(name), _WIDEST) for name in environments]
    widths = [max(terminal.columns(name), 7) for name in names]
    heads = [terminal.pad(name, size) for name, size in zip(names, widths, strict=True)]
    yield paint("  ".join([terminal.pad("SERVICE", wide), *heads]).rstrip(), color, terminal.BOLD) + "\n"
    for each in index.records():
        name = terminal.pad(terminal.cut(terminal.printable(titled(each)), wide), wide)
        yield "  ".join([name, *_cells(each, environments, widths, color)]).rstrip() + "\n"


def _cells(record: ServiceRecord, environments: Sequence[str], widths: Sequence[int], color: bool) -> Iterator[str]:
    if not record.environments:
        yield paint("not evaluated" if record.faults else NONE, color, terminal.YELLOW)
        return
    verdicts = {each.name: each.verdict for each in record.environments}
    for name, width in zip(environments, widths, strict=True):
        verdict = verdicts.get(name)
        text = NONE if verdict is None else CELLS[verdict]
        painted = text if verdict is None else paint(text, color, _COLORS[verdict])
        yield painted + " " * (width - len(text))


def _wrong(index: FleetIndex, color: bool) -> Iterator[str]:
    for record in index.records():
        if record.faults:
            yield from _told(f"{record.name}: not evaluated", record.faults, color)
        for each in record.environments:
            if is_worth_telling(each):
                errors = [reason for reason in each.reasons if reason.severity == "error"]
                yield from _told(f"{titled(record)} in {each.name}: {each.verdict.value}", errors, color)


def _warnings(index: FleetIndex, color: bool) -> Iterator[str]:
    for record in index.records():
        for each in record.environments:
            if found := warnings_of(each):
                yield from _told(f"{titled(record)} in {each.name}", found, color)


def _upgrades(index: FleetIndex, color: bool) -> Iterator[str]:
    for wave in STOPPED:
        for _, steps in index.steps(wave):
            for environment, step in steps:
                yield from _told(f"{step.versions} in {environment}: {wave.value}", step.reasons, color)


def _told(title: str, reasons: Iterable[RecordedReason], color: bool) -> Iterator[str]:
    yield f"  {paint(terminal.printable(title), color, terminal.BOLD)}\n"
    yield from told_reasons(reasons)


def _deprecated(index: FleetIndex) -> Iterator[str]:
    for each in index.deprecated():
        instead = f" (now {each.instead})" if each.instead else ""
        told = [f"deprecated by {', '.join(each.by)}"]
        told.append(f"still set for {grouped(each.set_in)}" if each.set_in else "set nowhere")
        told += [f"read as before by {', '.join(each.current)}"] if each.current else []
        yield _line(f"{each.name}{instead}: {'; '.join(told)}")


def _disputed(index: FleetIndex) -> Iterator[str]:
    for name, readers in index.disputed():
        secret = ", ".join(each.service for each in readers if each.secret)
        plain = ", ".join(each.service for each in readers if not each.secret)
        yield _line(f"{name}: a secret for {secret}; not for {plain}")


def _secrets(index: FleetIndex) -> Iterator[str]:
    for each in index.shared_secrets():
        told = (f"{service} {name} ({', '.join(where)})" for (service, name), where in each.readers.items())
        yield _line(f"{each.reference}: {', '.join(told)}")


def _sections(index: FleetIndex) -> Iterator[str]:
    for each in index.shared_sections():
        titles = dict.fromkeys(title for _, title in each.services)
        members = ", ".join(member.partition(":")[0] for member in each.members)
        services = dict.fromkeys(name for name, _ in each.services)
        yield _line(f"{' or '.join(titles)} ({members}): {', '.join(services)}")


def _reader(reader: NameReader) -> str:
    told = [
        reader.type,
        "required" if reader.required else "",
        "a secret" if reader.secret else "",
        f"deprecated{f', use {reader.instead}' if reader.instead else ''}" if reader.deprecated else "",
    ]
    return f"{reader.service}: {', '.join(each for each in told if each)}"


def _titled(title: str, lines: Iterable[str], color: bool) -> Iterator[str]:
    """Returns nothing if there are no lines."""
    first = True
    for line in lines:
        if first:
            yield f"\n{paint(title, color, terminal.BOLD)}\n"
            first = False
        yield line


def _line(text: str) -> str:
    return f"  {terminal.printable(text)}\n"
