"""The fleet report as one HTML page: no script, no external resource; the same fleet gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import html
import os
from collections.abc import Iterable, Iterator, Sequence

from confcontract.docs.clean_text import clean
from confcontract.fleet.fleet_index import FleetIndex, NameReader
from confcontract.fleet.fleet_words import (
    STOPPED,
    grouped,
    in_numbers,
    is_worth_telling,
    titled,
    warnings_of,
    waves_in_numbers,
)
from confcontract.fleet.service_record import EnvironmentRecord, EnvironmentVerdict, RecordedReason, ServiceRecord, Wave

CHAPTERS = {
    "services": "Services and environments",
    "wrong": "Problems",
    "warnings": "Warnings",
    "upgrades": "Upgrades that must wait",
    "deprecated": "Deprecated names",
    "disputed": "Secret for some services only",
    "secrets": "The same secret",
    "sections": "Shared sections",
    "variables": "Who reads what",
}
_CLASSES = {
    EnvironmentVerdict.ACCEPTED: "good",
    EnvironmentVerdict.PARTLY: "good",
    EnvironmentVerdict.REFUSED: "bad",
    EnvironmentVerdict.FAILED: "open",
}
_SHORT = {EnvironmentVerdict.PARTLY: "accepted*"}  # a sentence above the table explains the star


def page_of_fleet(index: FleetIndex) -> Iterator[str]:
    """In pieces, each of whole elements."""
    yield from head("Fleet", in_numbers(index), CHAPTERS)
    yield chapter("services", CHAPTERS["services"])
    if index.verdicts[EnvironmentVerdict.PARTLY]:
        yield "<p>* as far as can be seen: secrets in a store and code of the application are not checked.</p>\n"
    yield from _services(index)
    for anchor, parts in (
        ("wrong", _wrong(index)),
        ("warnings", _warnings(index)),
        ("upgrades", _upgrades(index)),
        ("deprecated", _deprecated(index)),
        ("disputed", _disputed(index)),
        ("secrets", _secrets(index)),
        ("sections", _sections(index)),
        ("variables", _variables(index)),
    ):
        yield "</section>\n" + chapter(anchor, CHAPTERS[anchor])
        yield from or_none(parts)
    yield "</section>\n"
    yield from foot(index.ignored)


def head(title: str, numbers: str, chapters: dict[str, str]) -> Iterator[str]:
    with open(os.path.join(os.path.dirname(__file__), "fleet.css"), encoding="utf-8") as stream:
        style = stream.read()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    links = "".join(f'<li><a href="#{anchor}">{words}</a></li>' for anchor, words in chapters.items())
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{shown(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n<style>{style}</style>\n</head>\n<body>\n'
        '<a class="skip" href="#main">Skip to the report</a>\n'
        f"<header><h1>{title}</h1><p>{shown(numbers)}</p></header>\n"
        f'<nav aria-label="On this page"><ul>{links}</ul></nav>\n<main id="main">\n'
    )


def foot(ignored: Sequence[str]) -> Iterator[str]:
    if ignored:
        yield "<section><h2>Ignored</h2><ul>" + "".join(f"<li>{shown(each)}</li>" for each in ignored)
        yield "</ul></section>\n"
    yield "</main>\n</body>\n</html>\n"


def chapter(anchor: str, title: str) -> str:
    return f'<section id="{anchor}" aria-labelledby="title-{anchor}"><h2 id="title-{anchor}">{title}</h2>\n'


def or_none(parts: Iterable[str]) -> Iterator[str]:
    some = False
    for each in parts:
        some = True
        yield each
    if not some:
        yield "<p>None.</p>\n"


def reasons(found: Iterable[RecordedReason]) -> str:
    items = []
    for each in found:
        name = f"<code>{shown(each.variable)}</code> " if each.variable else ""
        more = "".join(
            f"<small>{label}: {shown(text)}</small>"
            for label, text in (("from", each.source), ("do", each.remedy))
            if text
        )
        items.append(f"<li>{name}{shown(each.message)} [{shown(each.code)}]{more}</li>")
    return f'<ul class="reasons">{"".join(items)}</ul>\n' if items else ""


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """heads, and the cells of rows: markup. The first cell of a row is its name. Returns nothing if there are no
    rows."""
    first = True
    for row in rows:
        if first:
            first = False
            cells = "".join(f'<th scope="col">{each}</th>' for each in heads)
            # makes a table that is wider than the page scrollable by keyboard
            yield f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>'
            yield f"<caption>{caption}</caption>\n<thead><tr>{cells}</tr></thead>\n<tbody>\n"
        name, *others = row
        yield f'<tr><th scope="row">{name}</th>{"".join(f"<td>{each}</td>" for each in others)}</tr>\n'
    if not first:
        yield "</tbody></table></div>\n"


def shown(text: str) -> str:
    """Escapes text for content and for quoted attributes."""
    return html.escape(clean(text)).replace("##[", "&#35;#[").replace("\n::", "\n&#58;:")


def _services(index: FleetIndex) -> Iterator[str]:
    environments = index.environments
    rows = ([_name(each), *_cells(each, environments)] for each in index.records())
    yield from table("Each service in each environment", ["Service", *map(shown, environments)], rows)


def _name(record: ServiceRecord) -> str:
    version = f' <span class="version">{shown(record.version)}</span>' if record.version else ""
    return f"{shown(record.name)}{version}"


def _cells(record: ServiceRecord, environments: Sequence[str]) -> Iterator[str]:
    found = {each.name: each for each in record.environments}
    for number, name in enumerate(environments):
        environment = found.get(name)
        if environment is not None:
            yield _cell(record, environment)
        elif record.faults and not found and number == 0:
            yield f'<a href="#{_anchor(record)}"><span class="open">not evaluated</span></a>'
        else:
            yield "none"


def _cell(record: ServiceRecord, environment: EnvironmentRecord) -> str:
    verdict = environment.verdict
    told = f'<span class="{_CLASSES[verdict]}">{_SHORT.get(verdict, verdict.value)}</span>'
    if is_worth_telling(environment):
        told = f'<a href="#{_anchor(record, environment)}">{told}</a>'
    step = environment.step
    return f"{told}<br>{shown(step.wave.value)}" if step is not None and step.wave is not Wave.UNCHANGED else told


def _anchor(record: ServiceRecord, environment: EnvironmentRecord | None = None) -> str:
    """The anchor of a report. It is a hash, since names may contain anything, but an anchor no white space."""
    names = [record.name] if environment is None else [record.name, environment.name]
    return "at-" + hashlib.sha256("\0".join(names).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _wrong(index: FleetIndex) -> Iterator[str]:
    for record in index.records():
        if record.faults:
            yield f'<h3 id="{_anchor(record)}">{shown(record.name)}: not evaluated</h3>\n{reasons(record.faults)}'
        for each in record.environments:
            if is_worth_telling(each):
                errors = [reason for reason in each.reasons if reason.severity == "error"]
                title = f"{shown(titled(record))} in {shown(each.name)}: {each.verdict.value}"
                yield f'<h3 id="{_anchor(record, each)}">{title}</h3>\n{reasons(errors)}'


def _warnings(index: FleetIndex) -> Iterator[str]:
    for record in index.records():
        for each in record.environments:
            if found := warnings_of(each):
                yield f"<h3>{shown(titled(record))} in {shown(each.name)}</h3>\n{reasons(found)}"


def _upgrades(index: FleetIndex) -> Iterator[str]:
    if sum(index.waves.values()):
        yield f"<p>{shown(waves_in_numbers(index))}.</p>\n"
    for wave in STOPPED:
        for record, steps in index.steps(wave):
            for environment, step in steps:
                title = f"{shown(step.versions or record.name)} in {shown(environment)}: {wave.value}"
                yield f"<h3>{title}</h3>\n{reasons(step.reasons)}"


def _deprecated(index: FleetIndex) -> Iterator[str]:
    rows = (
        [
            _code(each.name),
            _code(each.instead) if each.instead else "nothing",
            shown(", ".join(each.by)),
            shown(grouped(each.set_in)) or "nowhere",
            shown(", ".join(each.current)) or "none",
        ]
        for each in index.deprecated()
    )
    heads = ["Name", "Replaced by", "Deprecated by", "Still set for", "Read as before by"]
    yield from table("Names that a service has deprecated", heads, rows)


def _disputed(index: FleetIndex) -> Iterator[str]:
    rows = (
        [
            _code(name),
            shown(", ".join(each.service for each in readers if each.secret)),
            shown(", ".join(each.service for each in readers if not each.secret)),
        ]
        for name, readers in index.disputed()
    )
    yield from table("Variables that are a secret for some services", ["Name", "A secret for", "Not for"], rows)


def _secrets(index: FleetIndex) -> Iterator[str]:
    rows = (
        [
            _code(each.reference),
            "<br>".join(
                f"{shown(service)} {_code(name)} ({shown(', '.join(where))})"
                for (service, name), where in each.readers.items()
            ),
        ]
        for each in index.shared_secrets()
    )
    yield from table("References that several variables have; no value was compared", ["Reference", "Read as"], rows)


def _sections(index: FleetIndex) -> Iterator[str]:
    rows = (
        [
            " or ".join(_code(title) for title in dict.fromkeys(title for _, title in each.services)),
            "<br>".join(map(shown, each.members)),
            shown(", ".join(dict.fromkeys(service for service, _ in each.services))),
        ]
        for each in index.shared_sections()
    )
    yield from table("Groups of variables that several services have", ["Section", "Variables", "Services"], rows)


def _variables(index: FleetIndex) -> Iterator[str]:
    rows = ([_code(name), "<br>".join(map(_reader, readers))] for name, readers in index.readers())
    yield from table("Each variable, with the services that read it", ["Name", "Read by"], rows)


def _reader(reader: NameReader) -> str:
    told = [
        shown(reader.type),
        "required" if reader.required else "",
        "<strong>a secret</strong>" if reader.secret else "",
        "deprecated" if reader.deprecated else "",
    ]
    return f"{shown(reader.service)}: {', '.join(each for each in told if each)}"


def _code(text: str) -> str:
    return f"<code>{shown(text)}</code>"
