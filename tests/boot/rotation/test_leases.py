"""Leases and tokens of a real OpenBao before a real PostgreSQL, and how many credentials they cost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.boot.rotation.running import Run, Running, rewrite, unless_late
from tests.support.postgres import Postgres
from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import CANARY
from tests.support.vault.openbao import PATIENCE, OpenBao
from tests.support.vault.role import MakeRole, Role

Login = Callable[..., dict[str, str]]


def both(role: Role) -> dict[str, str]:
    return {"SHOP_USER": role.user, "SHOP_PASSWORD": role.password}


def renewals(proxy: Faulty, times: int) -> Callable[[], bool]:
    """Whether so many more renewals were asked for than now."""
    before = proxy.count("sys/leases/renew")
    return lambda: proxy.count("sys/leases/renew") >= before + times


@pytest.mark.parametrize("ttl", ["1s", "2s"])
@unless_late(0.1)
def test_a_short_lease_is_renewed_for_ever_with_one_credential(
    role: MakeRole, run: Run, proxy: Faulty, ttl: str
) -> None:
    made = role(ttl)
    running = run(both(made)).start()
    running.until(renewals(proxy, 4))
    assert len(made.alive()) == 1
    assert running.settled(made) == 1
    assert running.changes == []
    assert "DOWN" not in running.statuses()


@unless_late(0.2)
def test_before_max_ttl_there_is_another_and_the_old_one_lives_until_then(role: MakeRole, run: Run) -> None:
    made = role("4s", "6s")
    running = run(both(made))
    alive: list[bool] = []

    def changed(change: Any) -> bool:
        alive.append({running.app["SHOP_USER"], change.environ["SHOP_USER"]} <= set(made.alive()))
        return True

    running.changed = changed
    running.start()
    running.until(lambda: len(running.changes) >= 2)
    assert running.settled(made) == 1 + len(running.changes)
    assert all(alive)
    assert "DOWN" not in running.statuses()
    assert {change.variables for change in running.changes} == {("SHOP_PASSWORD", "SHOP_USER")}
    assert {change.action for change in running.changes} == {"restart"}


def test_what_was_replaced_is_given_back(role: MakeRole, run: Run, database: Postgres) -> None:
    made = role("3s", "4s")
    running = run(both(made)).start()
    old = running.app["SHOP_USER"]
    running.until(lambda: bool(running.changes))
    running.until(lambda: old not in made.alive())
    running.until(lambda: running.app["SHOP_USER"] in made.alive())
    running.until(lambda: bool(running.events("vault-given-back")))


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_lease_without_end_is_left_alone(role: MakeRole, run: Run, proxy: Faulty, seconds: int) -> None:
    made = role("2s")
    proxy.fault(faulty.edited(lambda answer: answer | {"lease_duration": seconds}), where="/creds/")
    running = run(both(made), poll_seconds=0.05).start()
    running.until(lambda: proxy.count("token/lookup-self") == 1)
    before = proxy.count("")
    time.sleep(1.0)
    assert proxy.count("") == before
    assert [record["path"] for record in running.events("lease-without-end")] == [made.path]
    assert running.settled(made) == 1
    assert running.changes == []


@unless_late(0.2)
def test_a_renewal_that_fails_once_costs_nothing(role: MakeRole, run: Run, proxy: Faulty) -> None:
    made = role("3s")
    running = run(both(made))
    proxy.fault(faulty.says(500, "a bad moment"), where="sys/leases/renew", times=1)
    proxy.fault(faulty.reset, where="sys/leases/renew", times=1)
    running.start()
    running.until(renewals(proxy, 4))
    assert running.settled(made) == 1
    assert running.changes == []
    assert running.status == "UP"


@unless_late(0.2)
def test_where_renewals_always_fail_there_is_another_credential_before_the_end(
    role: MakeRole, run: Run, proxy: Faulty
) -> None:
    made = role("6s")
    running = run(both(made))
    proxy.fault(faulty.says(500, "out of order"), where="sys/leases/renew")
    running.start()
    running.until(lambda: len(running.changes) >= 1)
    running.until(lambda: running.status == "UP")
    running.until(lambda: len(running.changes) >= 2)
    assert running.settled(made) == 1 + len(running.changes)
    assert "DOWN" not in running.statuses()
    assert any("is not renewed: HTTP 500, out of order (since 20" in words for _, words, _ in running.notes)


@unless_late(0.2)
def test_a_lease_that_can_not_be_renewed_is_replaced_in_time(role: MakeRole, run: Run, proxy: Faulty) -> None:
    made = role("3s")
    proxy.fault(faulty.edited(lambda answer: answer | {"renewable": False}), where="/creds/")
    running = run(both(made)).start()
    running.until(lambda: len(running.changes) >= 2)
    assert running.settled(made) == 1 + len(running.changes)
    assert proxy.count("sys/leases/renew") == 0
    assert "DOWN" not in running.statuses()


@unless_late(0.2)
def test_a_policy_without_renewal_means_a_new_credential_each_time(
    bao: OpenBao, role: MakeRole, run: Run, proxy: Faulty
) -> None:
    made = role("3s")
    bao.policy("no-renewal", ("database/creds/*", "read"), ("auth/token/lookup-self", "read"))
    token = bao.make_token("no-renewal", no_default_policy=True)
    running = run(both(made), login={"VAULT_TOKEN": token}).start()
    running.until(lambda: len(running.changes) >= 2)
    assert running.settled(made) == 1 + len(running.changes)
    assert "DOWN" not in running.statuses()


def test_a_lease_that_an_operator_revoked_is_replaced_at_once(role: MakeRole, run: Run) -> None:
    made = role("3s")
    running = run(both(made)).start()
    made.revoke()
    running.until(lambda: bool(running.changes))
    running.until(lambda: running.app["SHOP_USER"] in made.alive() and running.status == "UP")
    assert running.settled(made) == 1 + len(running.changes)


@unless_late(0.2)
def test_a_token_that_ends_first_is_renewed_and_its_leases_stay(
    role: MakeRole, run: Run, proxy: Faulty, login: Login
) -> None:
    made = role("1h")
    running = run(both(made), login=login(token_ttl="2s")).start()
    running.until(lambda: proxy.count("auth/token/renew-self") >= 3)
    assert made.alive()
    assert running.settled(made) == 1
    assert running.changes == []


@unless_late(0.2)
def test_before_the_token_can_not_be_renewed_any_more_there_is_another_with_its_own_leases(
    role: MakeRole, run: Run, proxy: Faulty, login: Login
) -> None:
    made = role("1h")
    running = run(both(made), login=login(token_ttl="4s", token_max_ttl="6s"))
    alive: list[bool] = []

    def changed(change: Any) -> bool:
        alive.append(running.app["SHOP_USER"] in made.alive())
        return True

    running.changed = changed
    running.start()
    running.until(lambda: len(running.changes) >= 2)
    assert running.settled(made) == 1 + len(running.changes)
    assert proxy.count("auth/approle/login") - made.made in (0, 1)  # one may have been under way
    assert all(alive)
    assert "DOWN" not in running.statuses()


@unless_late(0.2)
def test_a_batch_token_is_never_renewed(role: MakeRole, run: Run, proxy: Faulty, login: Login) -> None:
    made = role("1h")
    running = run(both(made), login=login(token_ttl="4s", token_type="batch")).start()
    running.until(lambda: len(running.changes) >= 1)
    assert running.settled(made) == 1 + len(running.changes)
    assert proxy.count("auth/approle/login") - made.made in (0, 1)  # one may have been under way
    assert proxy.count("renew-self") == 0


@unless_late(0.5)
def test_a_token_that_was_revoked_costs_one_login_and_one_credential(
    bao: OpenBao, role: MakeRole, run: Run, proxy: Faulty, login: Login
) -> None:
    made = role("3s")
    running = run(both(made), login=login(token_ttl="1h")).start()
    tokens = running.first.store().tokens
    assert tokens is not None
    assert tokens.token is not None
    bao.do("POST", "auth/token/revoke", {"token": tokens.token.value})
    running.until(lambda: bool(running.changes))
    running.until(lambda: running.app["SHOP_USER"] in made.alive() and running.status == "UP")
    assert running.settled(made) == 1 + len(running.changes)
    assert proxy.count("auth/approle/login") == 2


def test_a_given_token_that_was_revoked_takes_the_secrets_down_until_there_is_another(
    bao: OpenBao, role: MakeRole, run: Run, tmp_path: Any
) -> None:
    made = role("3s")
    bao.policy("creds", ("database/creds/*", "read"))
    file = tmp_path / "token"
    file.write_text(bao.make_token("creds"))
    running = run(both(made), login={"VAULT_TOKEN_FILE": str(file)}).start()
    bao.do("POST", "auth/token/revoke", {"token": file.read_text()})
    running.until(lambda: running.said("DOWN", f"the lease of {made.path} is over"))
    rewrite(file, bao.make_token("creds"))
    running.until(lambda: bool(running.changes))
    running.until(lambda: running.status == "UP")
    assert running.settled(made) == 1 + len(running.changes)


@pytest.mark.parametrize("beyond", [False, True], ids=["shortly", "beyond the end of the lease"])
def test_sealed_in_mid_run_the_old_values_stay_and_it_recovers_by_itself(database: Postgres, beyond: bool) -> None:
    from tests.support.vault import dynamic

    server = OpenBao("", dev=False)
    proxy = Faulty(server.address)
    try:
        keys = server.do("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        server.token = keys["root_token"]
        server.unseal(keys["keys"][0])
        dynamic.mount_database(server, database)
        made = Role(server, database, "4s" if beyond else "14s", "24h")
        running = Running(both(made) | {"VAULT_ADDR": proxy.address, "VAULT_TOKEN": server.token}).start()
        server.do("POST", "sys/seal")
        not_renewed = (f"{made.path} is not renewed: ", f"{made.path} expires in ")
        running.until(lambda: running.said("DOWN") if beyond else running.said("DEGRADED", *not_renewed))
        assert running.changes == []
        server.unseal(keys["keys"][0])
        running.until(lambda: running.status == "UP" and running.app["SHOP_USER"] in made.alive())
        assert bool(running.changes) == beyond
        assert running.settled(made) == 1 + len(running.changes), (running.log, proxy.requests)
        running.assert_nothing_leaked({CANARY, server.token})
    finally:
        proxy.stop()
        server.stop()


def test_a_process_that_was_stopped_past_the_end_notices_and_has_another_made(role: MakeRole, run: Run) -> None:
    """Its steps are made by hand: between two of them it is stopped, as by SIGSTOP."""
    made = role("5s")
    running = run(both(made))
    running.until(lambda: not made.alive())
    assert running.rotation.step() < 0.1, "the application gets another one at once"
    assert running.statuses() == ["UP", "DOWN"]
    running.until(lambda: running.rotation.step() >= 0 and bool(running.changes))
    running.rotation.step()
    assert running.status == "UP"
    assert made.made == 2


def test_a_machine_that_slept_past_the_end_notices_too(role: MakeRole, run: Run) -> None:
    made = role("1h")
    asleep = 0.0
    running = run(both(made), clock=lambda: time.monotonic() + asleep)
    assert running.rotation.step() <= 5, "whatever is waiting when a machine falls asleep waits on when it wakes"
    asleep = 7200.0
    running.rotation.step()
    assert "DOWN" in running.statuses()
    running.until(lambda: running.rotation.step() >= 0 and bool(running.changes))
    assert made.made == 2


@unless_late(0.2)
def test_the_old_lease_is_renewed_while_the_application_takes_its_time(role: MakeRole, run: Run, proxy: Faulty) -> None:
    made, other = role("3s", "4s"), role("2s")
    running = run(both(made) | {"SHOP_KEY": other.password})
    taken = threading.Event()
    running.changed = lambda change: taken.wait(PATIENCE)
    running.start()
    running.until(lambda: made.made >= 2)
    running.until(renewals(proxy, 4))
    assert running.changes == []
    assert other.alive()
    taken.set()
    running.until(lambda: len(running.changes) >= 1)
    running.rotation.stop()
    assert other.made == 1


def test_on_the_way_out_everything_goes_back(role: MakeRole, run: Run, login: Login) -> None:
    made = role("1h")
    for identity in (login(token_ttl="1h"), None):
        running = run(both(made), **({"login": identity} if identity else {})).start()
        running.rotation.stop()
        running.rotation.give_back()
        running.until(lambda: made.alive() == [])


def test_what_is_left_is_measured(role: MakeRole, run: Run, login: Login, proxy: Faulty) -> None:
    made = role("2s")
    running = run(both(made), login=login(token_ttl="1h")).start()
    running.until(renewals(proxy, 2))
    left = running.functions[("confcontract_lease_seconds_left", made.path)]
    running.until(lambda: 0 < (left() or 0) <= 2)
    assert 3500 < (running.functions[("confcontract_token_seconds_left",)]() or 0) <= 3600
    assert running.counts['confcontract_vault_requests_total{"result": "ok"}'] >= 1


@unless_late(0.2)
def test_a_given_token_that_ends_first_is_renewed_too_and_its_end_is_told(
    bao: OpenBao, role: MakeRole, run: Run, proxy: Faulty
) -> None:
    made = role("1h")
    bao.policy("creds", ("database/creds/*", "read"))
    given = bao.make_token("creds", ttl="4s", explicit_max_ttl="6s")
    running = run(both(made), login={"VAULT_TOKEN": given}).start()
    running.until(lambda: running.said("DOWN", f"the lease of {made.path} is over"))
    assert proxy.count("auth/token/renew-self") >= 1
    assert running.said("DEGRADED", "the Vault token was given to boot and can't be renewed")
    assert running.settled(made) == 1
    assert running.changes == []


@unless_late(0.2)
def test_a_denied_poll_does_not_cost_the_leases_that_are_there(
    bao: OpenBao, role: MakeRole, run: Run, proxy: Faulty, login: Login
) -> None:
    """A denial brings one fresh login, although the old token is good: what hangs on that goes on being renewed."""
    made = role("3s")
    bao.put("turning", {"password": CANARY})
    environ = {"SHOP_USER": made.user, "SHOP_PASSWORD": "vault:secret/turning#password"}
    running = run(environ, login=login(token_ttl="1h"), poll_seconds=0.5)
    proxy.fault(faulty.says(403, "permission denied"), where="secret/data/turning")
    running.start()
    running.until(lambda: running.status == "DEGRADED")
    running.until(renewals(proxy, 3))
    assert running.settled(made) <= 1 + len(running.changes)
    assert "DOWN" not in running.statuses()
