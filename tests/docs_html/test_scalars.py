"""What a text means as a value: the page's script beside pydantic_core itself, on texts near the edge of each grammar."""

from __future__ import annotations

import datetime
import json
import os
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from pydantic import ByteSize
from pydantic_core import SchemaValidator, ValidationError

from confcontract.contract.coercions import NAMED
from confcontract.docs.html import document

Schema = dict[str, Any]
MUTANTS = int(os.environ.get("SCALAR_MUTANTS", "40"))  # of each schema
ALPHABET = "0123456789:-+.,TPDHMSWYZz _e/@%[]abn\u00a0é"
CUT: Schema = {"microseconds_precision": "truncate"}

# fmt: off
NUMBERS = ["5", " 5 ", "1_000", "1.0", "1.", "+5", "-5", "--5", "0x10", "", "007", "1__0", "_1", "1_", "1_0.0", "1.0_0", "٥", "9" * 20, "1e3", "0-5", "+_1", "inf", "-Infinity", "nan", "1.5", ".5", "1e", "1E-35", "-0", "65536", "1e400", "_", "0.5", "100"]
WORDS = ["yes", "no", "on", "OFF", "1", "0", "t", "F", "true", " true", "2", "", "1.0", "oui"]
DURATIONS = ["PT30S", "P1W", "P1DT2H3M4.5S", "-PT1S", "30", "00:00:30", "1:30", "9:00:00", "1 day", "2 days, 10:00:00", "1d 01:02", "P", "PT", "PT1.5H", "P1.5DT1H", "P1.DT1H", "pt1s", "25:00:00", "100:00:00", "00:60:00", "00:00:00.1234567", "1 day,", "1 dayS", "P1M", "P1DT", "P1T1H", "1 day 01:00:00Z", "PT1,5S", "30s", "-P1D", "1.5", "", "1 d", "1day 01:02", "00:00:00.1234567x"]
DATES = ["2024-01-01", "2024-02-30", "2024-02-29", "2023-02-29", "0000-01-01", "0001-01-01", "2024-1-1", "20240101", "1704067200", "1704067201", "1704067200000", "-1", "2024-01-01T00:00:00", "2024-01-01T00:00:01", "2024-01-01 00:00Z", "2024-01-01T", "2024-01-01_12:00", "2024-01-01T12:30:00.123456789z", "2024-01-01T12:30:00−01:00", "2024-01-01T24:00:00", "2024-01-01T12:30+0100", "2024-01-01T12:30+24:00", "1.5", ".5", "12:30", "12:30:00.5", "24:00", "12:30Z", "12:30:00+01:00", "1230", "", "today"]
UUIDS = ["12345678-1234-4234-8234-123456789abc", "12345678123442348234123456789ABC", "{12345678-1234-4234-8234-123456789abc}", "urn:uuid:12345678-1234-4234-8234-123456789abc", "12345678-1234-1234-8234-123456789abc", "1234", "URN:UUID:12345678-1234-4234-8234-123456789abc"]
URLS = ["http://a.b", "https://example.com/x?y#z", "http://localhost:8000", "localhost:5432", "postgres://u:p@h:5432/db", "http://", "//x", "/x", "x", "", "http://a b", "http://a:99999", "http://a:x", "http://[::1]:80", "http://[::g]", "http://1.2.3.256", "HTTP://EXAMPLE.com", "http:a", "redis://:pw@r:6379/0", "postgres://a:1,b:2/db", "postgres://u:p,w@h/db", "postgres:///db", "http://ü.de", "http://a%20b", "http://a..b", "postgres://u:p#w@h/db", "amqp://g:g@rabbit:5672//"]
ADDRESSES = ["1.2.3.4", "01.2.3.4", "1.2.3", "::1", "::", "1::2::3", "fe80::1%eth0", "::ffff:1.2.3.4", "1.2.3.4/24", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/255.0.0.0", "::/0", "2001:db8::1/32", "1.2.3.4/33", "1.2.3.4/", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "::1/0128", "256.1.1.1", " 1.2.3.4", ":::"]
SIZES = ["10MB", "10 MB", "1.5gib", "10", "1_000", "-5", "10 mb/s", "x", "", "1e3", "1.5", "10 parsecs", ".5kb", "+5kb", "1_0kb"]
TEXTS = ["", "a", " abc ", "ABC", "EURO", "ab\n", "日本", "a" * 20, "éé", "a.b", "ſ", "12"]
PATTERNS = [r"^[A-Z]{3}$", r"^\w+$", r"a.b", r"(?i)^eur", r"\d", r"^(?P<x>a|b)+$", r"^[^a]$", r"^a\-b$", "^$"]
# fmt: on


def _schemas() -> Iterator[tuple[Schema, Schema, list[str]]]:
    """A core schema, the same as the page has it, and texts."""
    bounds: Schema
    for bounds in ({}, {"ge": 1, "le": 65535}, {"multiple_of": 5, "gt": -10}):
        yield {"type": "int", **bounds}, {"type": "int", **bounds}, NUMBERS
    for bounds in ({}, {"gt": 0, "le": 300}, {"allow_inf_nan": False}, {"multiple_of": 0.5}):
        yield {"type": "float", **bounds}, {"type": "float", **bounds}, NUMBERS
    for bounds in ({}, {"max_digits": 4, "decimal_places": 2}):
        yield {"type": "decimal", **bounds}, {"type": "decimal", **bounds}, NUMBERS
    least = {"type": "decimal", "gt": Decimal("0.5")}
    yield least, {"type": "decimal", "gt": {"$": "decimal", "data": "0.5"}}, NUMBERS
    yield {"type": "bool"}, {"type": "bool"}, WORDS
    yield {"type": "timedelta", **CUT}, {"type": "timedelta", **CUT}, DURATIONS
    hour = {"type": "timedelta", **CUT, "le": datetime.timedelta(hours=1)}
    yield hour, {**hour, "le": {"$": "timedelta", "data": [0, 3600, 0]}}, DURATIONS
    for kind in ("date", "datetime", "time"):
        cut = {} if kind == "date" else CUT
        yield {"type": kind, **cut}, {"type": kind, **cut}, DATES
    since = {"type": "date", "ge": datetime.date(2024, 1, 1)}
    yield since, {**since, "ge": {"$": "date", "data": "2024-01-01"}}, DATES
    for zone in ("aware", "naive"):
        zoned = {"type": "datetime", "tz_constraint": zone, **CUT}
        yield zoned, zoned, DATES
    for version in ({}, {"version": 4}):
        yield {"type": "uuid", **version}, {"type": "uuid", **version}, UUIDS
    postgres = {"allowed_schemes": ["postgres", "postgresql"], "host_required": True}
    for kind, given in (
        ("url", {}),
        ("url", {"allowed_schemes": ["http"], "max_length": 40}),
        ("multi-host-url", postgres),
    ):
        yield {"type": kind, **given}, {"type": kind, **given}, URLS
    for family in (4, 6, 0):
        for part in ("address", "network", "interface"):
            yield *_function("function-plain", None, "ip", family, part), ADDRESSES
    yield *_function("function-before", {"type": "int", "ge": 0}, "byteSize", dict(ByteSize.byte_sizes)), SIZES
    yield {"type": "str", "min_length": 2, "max_length": 4}, {"type": "str", "min_length": 2, "max_length": 4}, TEXTS
    for pattern in PATTERNS:
        for engine in ("rust-regex", "python-re"):
            matching = {"type": "str", "pattern": pattern, "regex_engine": engine}
            yield matching, matching, TEXTS


def _function(kind: str, inner: Schema | None, name: str, *arguments: Any) -> tuple[Schema, Schema]:
    schema = {} if inner is None else {"schema": inner}
    ours = {"type": "no-info", "function": NAMED[name](*arguments)}
    theirs = {"type": "no-info", "function": {"$": "function", "data": [name, list(arguments)]}}
    return {"type": kind, "function": ours, **schema}, {"type": kind, "function": theirs, **schema}


def _mutant(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 2)):
        at = chance.randint(0, len(letters))
        letters[at : at + chance.randint(0, 1)] = chance.choice(["", chance.choice(ALPHABET)])
    return "".join(letters)


def _accepts(validator: SchemaValidator, text: str) -> bool:
    try:
        validator.validate_python(text)
    except ValidationError:
        return False
    return True


def _script(upto: str) -> str:
    """The files of the page's script whose names come before."""
    folder = Path(document.__file__).parent / "js"
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()) if file.name < upto)


def test_the_page_reads_texts_as_pydantic_does(browser: Browser) -> None:
    chance = random.Random(os.environ.get("SCALAR_SEED", "5"))
    cases = []
    for schema, shown, texts in _schemas():
        validator = SchemaValidator(schema)
        for text in [*texts, *(_mutant(chance.choice(texts), chance) for _ in range(MUTANTS))]:
            cases.append((shown, text, _accepts(validator, text)))
    script = _script(upto="50")
    page = browser.new_page()
    verdicts: list[bool | None] = page.evaluate(
        f"""cases => {{ {script};
            return cases.map(([schema, text]) => {{
                const found = new Validator(schema, []).run(text);
                return found.unsure.length ? null : found.bad.length === 0;
            }}) }}""",
        [(schema, text) for schema, text, _ in cases],
    )
    page.close()
    wrong = [
        f"{text!r}: pydantic {accepts}, the page {verdict}: {json.dumps(schema)[:120]}"
        for (schema, text, accepts), verdict in zip(cases, verdicts, strict=True)
        if verdict is not None and verdict != accepts
    ]
    assert not wrong, "\n".join(wrong)
    assert verdicts.count(None) < 0.15 * len(cases)
