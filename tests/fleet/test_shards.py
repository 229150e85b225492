"""Shards, and `fleet merge`: together they are a single run, to the byte."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from confcontract.contract.digest import sha256
from confcontract.fleet.service_record import EnvironmentRecord, EnvironmentVerdict, ServiceRecord, VariableRecord
from tests.manifests.shop import CANARY
from tests.support.inprocess import run_here

FORMATS = ("text", "json", "html")


def merge(*parts: Path, form: str = "text") -> tuple[int, str, str]:
    done = run_here("fleet", "merge", *map(str, parts), "--format", form)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def parts(made: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("parts")
    found = [folder / f"{number}.part" for number in range(1, 6)]
    for number, part in enumerate(found, 1):
        done = run_here("fleet", str(made), "--jobs", "1", "--shard", f"{number}/5", "-o", str(part))
        assert (done.returncode in (0, 1), done.stdout, done.stderr) == (True, "", "")
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_all_parts_together_are_a_single_run_to_the_byte(made: Path, parts: list[Path], form: str) -> None:
    single = run_here("fleet", str(made), "--jobs", "1", "--format", form)
    assert merge(*parts, form=form) == (single.returncode, single.stdout, "")
    assert merge(*reversed(parts), form=form)[1] == single.stdout


def test_a_part_may_go_through_a_pipe(made: Path, parts: list[Path]) -> None:
    assert run_here("fleet", str(made), "--jobs", "1", "--shard", "2/5").stdout == parts[1].read_text()


def test_there_may_be_more_shards_than_services(own: Path, tmp_path: Path) -> None:
    for place in own.glob("worker-*"):
        shutil.rmtree(place)
    found = [tmp_path / f"{number}.part" for number in range(1, 5)]
    for number, part in enumerate(found, 1):
        run_here("fleet", str(own), "--jobs", "1", "--shard", f"{number}/4", "-o", str(part))
    assert merge(*found)[:2] == (1, run_here("fleet", str(own), "--jobs", "1").stdout)


def test_what_is_missing_twice_torn_or_damaged_is_never_taken_for_clean(parts: list[Path], tmp_path: Path) -> None:
    whole = parts[2].read_bytes()
    bad = tmp_path / "bad.part"

    def refused(*paths: Path) -> str:
        code, text, said = merge(*paths)
        assert (code, text) == (2, "")
        return " ".join(said.split())

    assert "not all of 5 shares are there: 2, 4 of 5 missing" in refused(parts[0], parts[2], parts[4])
    assert "is the same share as" in refused(*parts, parts[0])
    for content, words in (
        (whole.rpartition(b"end")[0], "is incomplete: the run that wrote it was interrupted"),
        (whole[:-30], "is incomplete"),
        (whole.replace(b"worker", b"Worker", 1), "is damaged at line"),
        (b"", "is not a part of a fleet"),
        (b"\x00\xff\n\n", "is not a part of a fleet"),
        (b"".join(line for n, line in enumerate(whole.splitlines(keepends=True)) if n != 1), "is incomplete"),
    ):
        bad.write_bytes(content)
        assert words in refused(*parts[:2], bad, *parts[3:]), content[:80]
    assert "can't be read: No such file or directory" in refused(*parts[:2], tmp_path / "none", *parts[3:])


def test_parts_of_different_fleets_are_not_put_together(made: Path, parts: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other.part"
    run_here("fleet", str(made), "--jobs", "1", "--strict", "--shard", "3/5", "-o", str(other))
    code, text, said = merge(*parts[:2], other, *parts[3:])
    assert (code, text) == (2, "")
    assert "is of another fleet, or of other options" in " ".join(said.split())


@pytest.mark.parametrize("wrong", ["0/3", "4/3", "1", "a/b", "1/3/5", "/", "-1/3", ""])
def test_a_shard_that_is_none_is_a_mistake_on_the_command_line(made: Path, wrong: str) -> None:
    assert run_here("fleet", str(made), "--shard", wrong).returncode == 64


def test_a_header_with_a_sound_mark_and_other_contents_is_no_part(tmp_path: Path) -> None:
    part = tmp_path / "made.part"
    sound = '"plan": "x", "by": "x", "rollout": false, "ignored": []'
    texts = ("{", "{}", "[]", "1", '{"plan": "x", "shard": 1, "ignored": []}', "[" * 100_000)
    made = ('"shard": [0, 1], "services": 1', '"shard": [1, 0], "services": 1', '"shard": [1, 1], "services": "1"')
    for text in (*texts, *(f"{{{sound}, {each}}}" for each in made)):
        part.write_text(marked("confcontract-fleet 1", text))
        code, _, said = merge(part)
        assert (code, "is not a part of a fleet" in " ".join(said.split())) == (2, True)


def marked(*fields: str) -> str:
    text = "\t".join(fields)
    return f"{text}\t{sha256(text.encode()).removeprefix('sha256:')[:16]}\n"


RECORD = json.loads(
    ServiceRecord(
        "shop",
        "c",
        environments=(EnvironmentRecord("prod", (), EnvironmentVerdict.ACCEPTED, references={"A": ("x",)}),),
        variables=(VariableRecord(("A",), "text", True, True),),
    ).as_text()
)
PROD = RECORD["environments"][0]


@pytest.mark.parametrize(
    "text, words",
    [
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is not a mapping"),
        ("{}", "name is missing"),
        (json.dumps(RECORD | {"more": CANARY}), "it has a key that no record has"),
        (json.dumps(RECORD | {"name": 5}), "name is not text"),
        (json.dumps(RECORD | {"environments": {"a": CANARY}}), "environments is not a list"),
        (json.dumps(RECORD | {"environments": [PROD | {"verdict": CANARY}]}), "environments[0].verdict is not"),
        (json.dumps(RECORD | {"environments": [PROD | {"step": {}}]}), "environments[0].step.wave is missing"),
        (json.dumps(RECORD | {"environments": [PROD | {"references": {"A": CANARY}}]}), "is not a list"),
        (json.dumps(RECORD | {"variables": [CANARY]}), "variables[0] is not a mapping"),
        (json.dumps(RECORD), ""),
        (json.dumps(RECORD | {"environments": [PROD | {"references": {"\ud800": ["\ud800"]}}]}), ""),
    ],
    ids=lambda text: text[-40:],
)
def test_a_record_that_was_forged_is_refused_with_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    part = tmp_path / "made.part"
    header = {"plan": "x", "services": 1, "shard": [1, 1], "rollout": False, "by": "x", "ignored": []}
    first = marked("confcontract-fleet 1", json.dumps(header))
    part.write_text(first + marked("0", "", text) + marked("end", "1", ""))
    code, out, said = merge(part)
    if not words:
        assert (code, said) == (0, "")
        return
    assert (code, out) == (2, "")
    assert f"{part.name}: the record of the service number 1 can't be used:" in " ".join(said.split())
    assert words in " ".join(said.split())
    assert CANARY not in said
    part.write_text(first + marked("7", "", text) + marked("end", "1", ""))
    assert "holds the service number 8, which is not in its share" in " ".join(merge(part)[2].split())


def test_a_pipe_is_no_part(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    code, _, said = merge(tmp_path / "pipe")
    assert (code, "is a pipe" in " ".join(said.split())) == (2, True)
