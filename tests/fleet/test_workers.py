"""Several processes: answers in order, none lost, and none left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract.fleet.fleet_plan import ServicePlan
from confcontract.fleet.fleet_run import _of_no_answer
from confcontract.fleet.part_file import PartRead, read_part
from confcontract.fleet.service_record import EnvironmentVerdict, ServiceRecord
from confcontract.fleet.worker_pool import KnownAnswer, WorkerEnded, in_order
from tests.support.commands import PLAIN_ENVIRON, SAFETY


def work(task: int) -> tuple[int, int]:
    """Every third one ends its process, the first ones take longest."""
    if task % 3 == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.002 * max(0, 10 - task))
    return task, os.getpid()


def dies_once(path: str) -> str:
    if os.path.exists(path):
        return "there"
    Path(path).touch()
    os._exit(9)


def test_answers_come_in_order_and_a_worker_that_dies_takes_no_other_task_with_it() -> None:
    answers = list(in_order(work, range(12), 3))
    assert [each if isinstance(each, WorkerEnded) else each[0] for each in answers] == [
        WorkerEnded(-signal.SIGKILL) if number % 3 == 2 else number for number in range(12)
    ]
    assert os.getpid() not in {each[1] for each in answers if not isinstance(each, WorkerEnded)}


def test_a_worker_that_dies_once_is_replaced(tmp_path: Path) -> None:
    assert list(in_order(dies_once, [str(tmp_path / "a"), str(tmp_path / "b")], 2)) == ["there", "there"]


def test_what_is_known_is_not_asked_and_no_more_is_taken_than_is_needed() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int | KnownAnswer]:
        for number in range(1000):
            taken.append(number)
            yield KnownAnswer((number, 0)) if number % 2 else 0

    answers = in_order(work, tasks(), 2)
    first = [next(answers)[0] for _ in range(4)]
    assert first == [0, 1, 0, 3]
    assert len(taken) < 4 + 2 * 4 + 2
    answers.close()  # type: ignore[attr-defined]


def test_a_service_whose_worker_died_is_reported_and_not_evaluated() -> None:
    record = _of_no_answer(ServicePlan("shop", "shop/contract.json", ()), WorkerEnded(-signal.SIGKILL))
    assert record.faults[0].code == "fleet-worker-ended"
    assert record.faults[0].message == "the process that checked it was ended by SIGKILL, twice"
    assert (record.name, record.contract, record.environments) == ("shop", "shop/contract.json", ())
    assert WorkerEnded(3).words == "ended with 3"


def session_of(leader: int) -> list[int]:
    """The processes of a session that are not zombies."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(place.parent.name))
    return found


@pytest.mark.parametrize("ending, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_whatever_ends_a_run_ends_all_of_it_and_what_was_done_is_kept(own: Path, ending: int, code: int) -> None:
    names = sorted(each.name for each in own.iterdir())
    state, fleet = own.parent / "state", own / "fleet.json"
    with socket.create_server(("127.0.0.1", 0)) as silent:  # which is waited for, longer than this test takes
        elsewhere = f"docker://127.0.0.1:{silent.getsockname()[1]}/shop:1"
        services = {
            name: {
                "contract": elsewhere if name == names[-1] else f"{name}/contract.json",
                "environments": {"prod": f"{name}/prod.env"},
            }
            for name in names
        }
        fleet.write_text(json.dumps({"services": services}))
        command = [sys.executable, "-m", "confcontract", "fleet", str(fleet), "--jobs", "2", "--state", str(state)]
        run = subprocess.Popen(
            command, env=PLAIN_ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        end = time.monotonic() + SAFETY
        while not state.exists() or state.read_bytes().count(b"\n") < len(names):  # its first line, and all but one
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(run.pid, ending)
        _, said = run.communicate(timeout=SAFETY)
    assert run.returncode == code
    assert b"Traceback" not in said
    assert b"leaked" not in said
    while session_of(run.pid):
        assert time.monotonic() < end
        time.sleep(0.05)
    found = PartRead()
    with state.open("rb") as stream:
        kept = [ServiceRecord.from_text(each.text) for each in read_part(stream, found)]
    assert (found.damaged, found.torn, found.ended) == ([], False, False)
    assert sorted(each.name for each in kept) == names[:-1]
    assert {each.environments[0].verdict for each in kept} == {
        EnvironmentVerdict.ACCEPTED,
        EnvironmentVerdict.PARTLY,
        EnvironmentVerdict.REFUSED,
    }
