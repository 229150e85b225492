"""`--state`: a run goes on where it ended, judges only what changed, and says what is wrong with its file."""

from __future__ import annotations

import fcntl
import resource
from pathlib import Path

import pytest

from confcontract.fleet import fleet_run
from confcontract.fleet.fleet_plan import FleetOptions, ServicePlan
from confcontract.fleet.judge_service import judge_service
from confcontract.fleet.service_record import ServiceRecord
from tests.fleet.made_fleet import write_env
from tests.support.inprocess import run_here

pytestmark = pytest.mark.usefixtures("judged")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the services that are judged."""
    names: list[str] = []

    def noted(plan: ServicePlan, options: FleetOptions) -> ServiceRecord:
        names.append(plan.name)
        return judge_service(plan, options)

    monkeypatch.setattr(fleet_run, "judge_service", noted)
    return names


def check(place: Path, *arguments: str) -> tuple[int, str, str]:
    done = run_here("fleet", str(place), "--jobs", "1", "--state", str(place.parent / "state"), *arguments)
    return done.returncode, done.stdout, done.stderr


def lines(place: Path) -> list[bytes]:
    return (place.parent / "state").read_bytes().splitlines(keepends=True)


def test_only_what_changed_is_judged_again(own: Path, judged: list[str]) -> None:
    code, text, said = check(own)
    assert (code, said, len(judged)) == (1, "", 12)
    judged.clear()
    assert check(own) == (1, text, "")
    assert judged == []
    write_env(own, "worker-03", "prod", DATABASE_URL="x")
    write_env(own, "shop", "dev", DATABASE__URL="x")
    code, text, _ = check(own)
    assert (code, judged) == (0, ["shop", "worker-03"])
    assert text == run_here("fleet", str(own), "--jobs", "1").stdout
    assert len(lines(own)) == 1 + 12 + 2  # what was judged again is there twice until the next run
    check(own)
    assert len(lines(own)) == 13


@pytest.mark.parametrize("kept", [1, 5, 12])
def test_a_run_that_was_killed_while_it_wrote_goes_on(own: Path, judged: list[str], kept: int) -> None:
    whole = check(own)
    before = lines(own)
    (own.parent / "state").write_bytes(b"".join(before[:kept]) + before[kept][:-20])
    judged.clear()
    assert check(own) == whole
    assert len(judged) == 12 - (kept - 1)


def test_damage_is_said_and_what_stood_there_is_judged_anew(own: Path, judged: list[str]) -> None:
    whole = check(own)
    before = lines(own)
    before[4] = before[4].replace(b"accepted", b"Accepted", 1)
    before[6] = b"\xff\n"
    (own.parent / "state").write_bytes(b"".join(before))
    judged.clear()
    code, text, said = check(own)
    assert (code, text) == whole[:2]
    assert "is damaged (line 5, 7): its results are computed again" in " ".join(said.split())
    assert len(judged) == 2
    assert check(own) == whole, "it is whole again"


def test_a_damaged_beginning_is_said_and_everything_is_judged_anew(own: Path, judged: list[str]) -> None:
    whole = check(own)
    before = lines(own)
    (own.parent / "state").write_bytes(b"x" + b"".join(before))
    judged.clear()
    code, text, said = check(own)
    assert (code, text) == whole[:2]
    assert "is damaged from the start: everything is checked again" in " ".join(said.split())
    assert len(judged) == 12


def test_a_state_of_another_release_does_not_count(
    own: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = check(own)
    judged.clear()
    monkeypatch.setattr("confcontract.fleet.part_file.__version__", "9.9")
    code, text, said = check(own)
    assert (code, text) == whole[:2]
    assert "everything is checked again" in " ".join(said.split())
    assert len(judged) == 12


def test_a_state_of_other_options_is_refused_and_left_alone(own: Path) -> None:
    check(own)
    before = lines(own)
    code, text, said = check(own, "--strict")
    assert (code, text) == (2, "")
    assert "was made for another fleet, other options or another shard" in " ".join(said.split())
    assert lines(own) == before


def test_a_state_that_another_run_uses_is_refused(own: Path) -> None:
    with (own.parent / "state").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        code, text, said = check(own)
    assert (code, text) == (2, "")
    assert "another run is using it" in said


def test_a_state_that_cannot_be_written_is_told(own: Path) -> None:
    done = run_here("fleet", str(own), "--jobs", "1", "--state", str(own.parent / "no/state"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "can't be written: No such file or directory" in " ".join(done.stderr.split())


def test_a_full_disk_leaves_the_state_and_nothing_beside_it(own: Path) -> None:
    check(own)
    kept = (own.parent / "state").read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept) // 2, hard))
    try:
        done = run_here("fleet", str(own), "--jobs", "1", "--state", str(own.parent / "state"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (done.returncode, done.stdout) == (2, "")
    assert "can't be written: File too large" in " ".join(done.stderr.split())
    assert (own.parent / "state").read_bytes() == kept
    assert [each.name for each in own.parent.iterdir() if "state" in each.name] == ["state"]
