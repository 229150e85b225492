"""What the application is told: only of values that really changed, once, and only if they are good."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from confcontract.report.problem import Problem
from tests.boot.rotation.running import Run, Running, rewrite, unless_late
from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import CANARY
from tests.support.vault.openbao import OpenBao
from tests.support.vault.role import MakeRole

POLLED = {"SHOP_PASSWORD": "vault:secret/turning#password", "SHOP_KEY": "vault:secret/turning#key"}
FIRST = {"password": f"{CANARY}-1", "key": f"{CANARY}-key-1", "pin": 1, "banner": "hello", "page": "one"}


@pytest.fixture
def secret(bao: OpenBao) -> Any:
    """Writes secret/turning; starts with FIRST."""
    values: dict[str, object] = dict(FIRST)

    def write(**changed: object) -> None:
        values.update(changed)
        bao.put("turning", values)

    write()
    return write


def polls(proxy: Faulty, running: Running, times: int) -> None:
    """Wait for so many more looks at the secret."""
    before = proxy.count("secret/data/turning")
    running.until(lambda: proxy.count("secret/data/turning") >= before + times)


def test_a_new_value_is_told_once_and_the_first_never(secret: Any, run: Run, proxy: Faulty) -> None:
    running = run(POLLED, poll_seconds=0.1).start()
    polls(proxy, running, 3)
    assert running.changes == []
    secret(password=f"{CANARY}-2")
    running.until(lambda: bool(running.changes))
    polls(proxy, running, 3)
    (change,) = running.changes
    assert change.environ["SHOP_PASSWORD"] == f"{CANARY}-2"
    assert change.environ["SHOP_KEY"] == FIRST["key"]
    assert (change.variables, change.action) == (("SHOP_PASSWORD",), "restart")
    assert change.resolution.ok
    assert running.statuses() == ["UP"]


def test_a_new_version_with_the_same_values_is_no_change(secret: Any, run: Run, proxy: Faulty) -> None:
    running = run(POLLED, poll_seconds=0.1).start()
    secret(pin=77)
    polls(proxy, running, 4)
    assert running.changes == []


class Clock:
    """Moved by hand, and with it a rotation whose steps are made by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def moved(self, running: Running, seconds: float) -> None:
        self.now += seconds
        running.rotation.step()


def test_changes_that_follow_one_another_are_one(secret: Any, run: Run) -> None:
    clock = Clock()
    running = run(POLLED, poll_seconds=10, debounce_seconds=2, clock=clock)
    secret(password=f"{CANARY}-2")
    clock.moved(running, 11)  # the poll
    clock.moved(running, 1)
    secret(key=f"{CANARY}-key-2")
    clock.moved(running, 1)
    running.until(lambda: bool(running.changes))
    for _ in range(3):
        clock.moved(running, 11)
    (change,) = running.changes
    assert change.variables == ("SHOP_KEY", "SHOP_PASSWORD")


def test_a_change_that_is_taken_back_in_a_moment_is_none(secret: Any, run: Run, proxy: Faulty) -> None:
    clock = Clock()
    running = run(POLLED, poll_seconds=10, debounce_seconds=2, clock=clock)
    secret(password=f"{CANARY}-2")
    clock.moved(running, 11)
    before = proxy.count("secret/data/turning")
    secret(password=FIRST["password"])
    for _ in range(3):
        clock.moved(running, 11)
    assert proxy.count("secret/data/turning") > before
    assert running.changes == []


def test_what_becomes_due_while_vault_takes_its_time_is_not_slept_over(
    secret: Any, role: MakeRole, run: Run, proxy: Faulty
) -> None:
    clock = Clock()
    running = run({**POLLED, "SHOP_USER": role("1h").user}, poll_seconds=10, clock=clock)
    clock.now += 11

    def slow(exchange: faulty.Exchange) -> None:
        clock.now += 3000  # at the latest then the lease wants to be renewed
        faulty.forward(exchange)

    proxy.fault(slow, where="secret/data/turning", times=1)
    assert running.rotation.step() < 0.1
    assert proxy.count("sys/leases/renew") == 0
    running.rotation.step()
    assert proxy.count("sys/leases/renew") == 1


@pytest.mark.parametrize(
    ("changed", "action"),
    [
        ({"password": "x"}, "restart"),
        ({"key": "x"}, (1,)),
        ({"page": "x"}, "files"),
        ({"banner": "x", "page": "x"}, "files"),
        ({"key": "x", "page": "x", "banner": "x"}, (1,)),
        ({"key": "x", "password": "x"}, "restart"),
    ],
)
def test_the_strongest_wish_of_the_variables_counts(
    secret: Any, run: Run, changed: dict[str, object], action: object
) -> None:
    references = {f"SHOP_{name.upper()}": f"vault:secret/turning#{name}" for name in FIRST}
    running = run(references, poll_seconds=0.1)
    secret(**changed)
    running.start()
    running.until(lambda: bool(running.changes))
    assert running.changes[0].action == action
    assert running.changes[0].variables == tuple(sorted(f"SHOP_{name.upper()}" for name in changed))


def test_what_is_ignored_causes_nothing_but_comes_along(secret: Any, run: Run, proxy: Faulty) -> None:
    running = run({**POLLED, "SHOP_BANNER": "vault:secret/turning#banner"}, poll_seconds=0.1).start()
    secret(banner="goodbye")
    polls(proxy, running, 4)
    assert running.changes == []
    secret(key=f"{CANARY}-key-2")
    running.until(lambda: bool(running.changes))
    assert running.changes[0].action == (1,)
    assert running.changes[0].environ["SHOP_BANNER"] == "goodbye"


@unless_late(0.2)
def test_a_credential_that_nobody_waits_for_is_renewed_and_never_replaced(
    role: MakeRole, run: Run, proxy: Faulty
) -> None:
    made = role("3s", "6s")
    running = run({"SHOP_BANNER": made.user}).start()
    running.until(lambda: proxy.count("sys/leases/renew") >= 2)
    running.until(lambda: made.alive() == [])
    time.sleep(1.0)
    assert made.made == 1
    assert running.changes == []


def test_a_value_that_fails_the_contract_is_refused_until_it_is_mended(secret: Any, run: Run, proxy: Faulty) -> None:
    running = run({**POLLED, "SHOP_PIN": "vault:secret/turning#pin"}, poll_seconds=0.1).start()
    secret(pin=f"{CANARY}-no-number", password=f"{CANARY}-2")
    running.until(lambda: running.status == "DEGRADED")
    polls(proxy, running, 2)
    assert "new values were not applied: SHOP_PIN: " in running.words
    assert running.changes == []
    secret(pin=2)
    running.until(lambda: bool(running.changes))
    running.until(lambda: running.status == "UP")
    assert running.app["SHOP_PIN"] == "2"
    assert running.app["SHOP_PASSWORD"] == f"{CANARY}-2"


def test_a_secret_that_was_deleted_stays_as_it_was(bao: OpenBao, secret: Any, run: Run) -> None:
    running = run(POLLED, poll_seconds=0.1).start()
    bao.do("DELETE", "secret/data/turning")
    running.until(lambda: running.status == "DEGRADED")
    assert "SHOP_KEY: " in running.words
    assert "deleted" in running.words
    secret()
    running.until(lambda: running.status == "UP")
    assert running.changes == []


def test_a_poll_that_vault_does_not_answer_degrades_and_recovers(secret: Any, run: Run, proxy: Faulty) -> None:
    running = run(POLLED, poll_seconds=0.1)
    proxy.fault(faulty.reset)
    running.start()
    running.until(lambda: running.status == "DEGRADED")
    assert running.words.startswith("Vault could not be queried for new values: ")
    assert "could not be reached: connection reset" in running.words
    proxy.rules.clear()
    running.until(lambda: running.status == "UP")
    assert running.changes == []


def test_a_poll_makes_nothing(secret: Any, role: MakeRole, run: Run, proxy: Faulty) -> None:
    made = role("1h")
    running = run({**POLLED, "SHOP_USER": made.user}, poll_seconds=0.05).start()
    polls(proxy, running, 10)
    assert made.made == 1
    assert running.changes == []
    assert proxy.count(made.path) == 2, "one for the mount, one for the credential, at the start"


def test_a_credential_is_replaced_although_a_value_beside_it_is_gone(
    bao: OpenBao, secret: Any, role: MakeRole, run: Run
) -> None:
    made = role("3s")
    running = run({**POLLED, "SHOP_USER": made.user}, poll_seconds=0.2).start()
    bao.do("DELETE", "secret/data/turning")
    running.until(lambda: running.said("DEGRADED"))
    made.revoke()
    running.until(lambda: bool(running.changes))
    assert running.app["SHOP_PASSWORD"] == FIRST["password"]
    running.until(lambda: running.app["SHOP_USER"] in made.alive())


@unless_late(0.2)
def test_a_credential_of_which_the_contract_wants_nothing_is_made_once_and_given_back(
    secret: Any, role: MakeRole, run: Run, proxy: Faulty
) -> None:
    """The number that the contract wants comes from an engine that makes passwords, and only at first is one."""
    made = role("2s", "3s")
    proxy.fault(
        faulty.edited(lambda answer: answer | {"data": answer["data"] | {"username": "7"}}),
        where="/v1/database/creds/",
        times=1,
    )
    running = run({**POLLED, "SHOP_PIN": made.user}).start()
    running.until(lambda: running.said("DEGRADED", "could not be replaced: SHOP_PIN"))
    assert made.made == 2
    running.until(lambda: made.alive() == [])
    running.until(lambda: running.status == "DOWN")
    time.sleep(1.0)
    assert made.made == 2, "the next one only with the next poll"
    assert running.changes == []


@unless_late(0.3)
def test_the_old_value_stays_until_the_new_one_works_and_nothing_more_is_made(role: MakeRole, run: Run) -> None:
    made = role("3s", "4s")
    running = run({"SHOP_USER": made.user, "SHOP_PASSWORD": made.password})
    seen: list[tuple[str, ...]] = []

    def verify(resolution: object, variables: tuple[str, ...]) -> list[Problem]:
        seen.append(variables)
        return [] if len(seen) > 2 else [Problem("check-failed", "the database knows nobody of that name")]

    running.verify = verify
    running.start()
    running.until(lambda: bool(running.changes))
    assert seen[:3] == [("SHOP_PASSWORD", "SHOP_USER")] * 3
    words = "the new SHOP_PASSWORD, SHOP_USER was not accepted: the database knows nobody of that name"
    assert any(words in said for _, said, _ in running.notes)
    running.until(lambda: running.status == "UP")
    assert running.settled(made) == 1 + len(running.changes)


def test_what_the_application_did_not_take_is_offered_again(secret: Any, run: Run) -> None:
    running = run(POLLED, poll_seconds=0.3)
    refused = iter([False, False, True])
    running.changed = lambda change: next(refused)
    secret(password=f"{CANARY}-2")
    running.start()
    running.until(lambda: bool(running.changes))
    assert "DEGRADED" in running.statuses()
    running.until(lambda: running.status == "UP")


def test_files_that_are_rotated_on_disk_count(run: Run, tmp_path: Path) -> None:
    file, env_file = tmp_path / "password", tmp_path / "shop.env"
    file.write_text(f"{CANARY}-1")
    env_file.write_text("SHOP_BANNER=a\nOTHER=1\n")
    running = run({"SHOP_PASSWORD_FILE": str(file)}, env_files=[env_file], poll_seconds=0.1).start()
    rewrite(file, f"{CANARY}-2")
    running.until(lambda: len(running.changes) == 1)
    assert running.changes[0].variables == ("SHOP_PASSWORD",)
    assert running.app["SHOP_PASSWORD"] == f"{CANARY}-2"
    rewrite(env_file, "SHOP_BANNER=a\nOTHER=2\n")
    running.until(lambda: len(running.changes) == 2)
    assert (running.changes[1].variables, running.changes[1].action) == (("OTHER",), "restart")
    file.unlink()
    running.until(lambda: running.status == "DEGRADED")
    assert len(running.changes) == 2


def test_a_reference_that_an_env_file_changes_is_read_and_what_it_replaces_is_given_back(
    role: MakeRole, run: Run, tmp_path: Path
) -> None:
    one, other = role("1h"), role("1h")
    env_file = tmp_path / "shop.env"
    env_file.write_text(f"SHOP_USER={one.user}\nSHOP_PASSWORD={one.password}\n")
    running = run({}, env_files=[env_file], poll_seconds=0.1).start()
    rewrite(env_file, f"SHOP_USER={other.user}\nSHOP_PASSWORD={other.password}\n")
    running.until(lambda: bool(running.changes))
    assert running.app["SHOP_USER"] in other.alive()
    running.until(lambda: one.alive() == [])
    assert (one.made, other.made, len(running.changes)) == (1, 1, 1)


def test_user_and_password_are_never_of_two_credentials(role: MakeRole, run: Run, tmp_path: Path) -> None:
    made = role("1h")
    env_file = tmp_path / "shop.env"
    env_file.write_text(f"SHOP_USER={made.user}\n")
    running = run({}, env_files=[env_file], poll_seconds=0.1).start()
    rewrite(env_file, f"SHOP_USER={made.user}\nSHOP_PASSWORD={made.password}\n")
    running.until(lambda: bool(running.changes))
    assert running.app["SHOP_USER"] != running.resolution.environ["SHOP_USER"]
    assert running.app["SHOP_PASSWORD"]
    assert made.made == 2


def test_its_threads_leave_signals_to_the_main_thread(secret: Any, run: Run) -> None:
    import signal

    running = run(POLLED, poll_seconds=0.1)
    masks: list[set[int]] = []

    def changed(_: object) -> bool:
        masks.append({int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())})
        return True

    running.changed = changed
    secret(password=f"{CANARY}-2")
    running.start()
    running.until(lambda: bool(running.changes))
    assert {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD} <= masks[0]
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    running.rotation.stop()
    running.until(lambda: not [thread for thread in threading.enumerate() if thread.name == "rotation"])
