"""Leases: what can happen to what Vault has lent, while the application runs; and how many credentials that costs."""

from __future__ import annotations

import signal

from tests.faults.booted import Booted
from tests.faults.case import Seen, case
from tests.faults.lending import Lending
from tests.support.supervising import until
from tests.support.vault import dynamic, faulty
from tests.support.vault.openbao import OpenBao
from tests.support.vault.role import Role


@case("Leases", "TTL of 1 s: renewed again and again")
def short(lending: Lending) -> Seen:
    role = lending.role("1s")
    running = lending.start(role)
    lending.renewed(running, 4)
    return lending.ended(running, role)


@case("Leases", "TTL of 2 s, and everything else looked at for changes ten times a second")
def polled(lending: Lending) -> Seen:
    role = lending.role("2s")
    lending.bao.do("DELETE", "secret/metadata/polled")
    lending.bao.put("polled", {"api": "one"})
    running = lending.start(role, "--poll", "0.1", SHOP_API="vault:secret/polled#api")
    lending.renewed(running, 1)
    running.until(lambda: lending.proxy.count("secret/data/polled") > 10)
    lending.renewed(running, 1)
    return lending.ended(running, role)


def _without_end(lending: Lending, seconds: int) -> Seen:
    lending.proxy.fault(faulty.edited(lambda answer: answer | {"lease_duration": seconds}), where="/creds/")
    role = lending.role("1h")
    running = lending.start(role)
    running.until(lambda: running.events("lease-without-end"))
    running.until(lambda: lending.proxy.count("token/lookup-self"))
    seen = lending.ended(running, role)
    assert lending.proxy.count("sys/leases/renew") == 0
    return seen


@case("Leases", "TTL of 0: taken for one without end, and left alone")
def zero(lending: Lending) -> Seen:
    return _without_end(lending, 0)


@case("Leases", "negative TTL: the same")
def negative(lending: Lending) -> Seen:
    return _without_end(lending, -1)


@case("Leases", "renewal fails once")
def fails_once(lending: Lending) -> Seen:
    role = lending.role("6s")
    lending.proxy.fault(faulty.silence, where="sys/leases/renew", times=1)
    running = lending.start(role)
    lending.told(running, "DEGRADED")
    lending.told(running, "UP")
    lending.renewed(running, 1)
    return lending.ended(running, role)


@case("Leases", "renewal always fails: another one before the end")
def fails_always(lending: Lending) -> Seen:
    role = lending.role("6s")
    lending.proxy.fault(faulty.says(500, "out of order"), where="sys/leases/renew")
    running = lending.start(role)
    lending.started(running, 2)
    lending.told(running, "UP")
    return lending.ended(running, role)


@case("Leases", "renewal capped by max_ttl: another one before the end")
def capped(lending: Lending) -> Seen:
    role = lending.role("4s", "6s")
    running = lending.start(role)
    lending.started(running, 2)
    return lending.ended(running, role)


@case("Leases", "lease not found: revoked by an operator")
def not_found(lending: Lending) -> Seen:
    role = lending.role("3s")
    running = lending.start(role)
    role.revoke()
    lending.started(running, 2)
    lending.told(running, "UP")
    return lending.ended(running, role)


@case("Leases", "parent token expires first, and can be renewed")
def token_first(lending: Lending) -> Seen:
    role = lending.role("1h")
    running = lending.start(role, **lending.login(token_ttl="2s"))
    lending.renewed(running, 3, "auth/token/renew-self")
    return lending.ended(running, role)


@case("Leases", "parent token expires first, and has a max_ttl: another token, another credential")
def token_first_capped(lending: Lending) -> Seen:
    role = lending.role("1h")
    running = lending.start(role, **lending.login(token_ttl="4s", token_max_ttl="6s"))
    lending.started(running, 2)
    return lending.ended(running, role)


@case("Leases", "parent token expires first, and was given")
def given_token_first(lending: Lending) -> Seen:
    role = lending.role("1h")
    token = lending.bao.make_token(_creds(lending), ttl="4s", explicit_max_ttl="6s")
    running = lending.start(role, VAULT_TOKEN=lending.place.secret("token", token).read_text())
    lending.told(running, "DOWN")
    assert running.probed() == ["200 / 0", "503 / 1", "200 / 0"]
    return lending.ended(running, role)


def _creds(lending: Lending) -> str:
    lending.bao.policy("creds", ("database/creds/*", "read"))
    return "creds"


@case("Leases", "token revoked in mid-run: another token, another credential")
def token_revoked(lending: Lending) -> Seen:
    role = lending.role("3s")
    running = lending.start(role, **lending.login(token_ttl="1h"))
    [token] = lending.proxy.tokens - {""}
    lending.bao.do("POST", "auth/token/revoke", {"token": token})
    lending.started(running, 2)
    lending.told(running, "UP")
    assert lending.proxy.count("auth/approle/login") == 2
    return lending.ended(running, role)


@case("Leases", "given token revoked in mid-run")
def given_token_revoked(lending: Lending) -> Seen:
    role = lending.role("3s")
    token = lending.bao.make_token(_creds(lending))
    running = lending.start(role, VAULT_TOKEN=lending.place.secret("token", token).read_text())
    lending.bao.do("POST", "auth/token/revoke", {"token": token})
    lending.told(running, "DOWN")
    assert running.probed() == ["200 / 0", "503 / 1", "200 / 0"]
    return lending.ended(running, role)


def _stopped(lending: Lending, running: Booted, role: Role) -> None:
    """Until its credential is over. The application, which is another process, runs on."""
    running.send(signal.SIGSTOP)
    until(lambda: not role.alive())
    running.send(signal.SIGCONT)


@case("Leases", "supervisor stopped (SIGSTOP) past the end, then continued")
def stopped(lending: Lending) -> Seen:
    role = lending.role("2s")
    running = lending.start(role)
    _stopped(lending, running, role)
    lending.started(running, 2)
    lending.told(running, "UP")
    return lending.ended(running, role)


@case("Leases", "the clock is set, by two hours in either direction")
def clock_set(lending: Lending) -> Seen:
    environ, move = lending.clocks()
    role = lending.role("3s")
    running = lending.start(role, **environ)
    for direction in ("wall 7200", "wall -7200"):
        move(direction)
        lending.renewed(running, 2)
    return lending.ended(running, role)


@case("Leases", "the machine sleeps for two hours, past the end")
def slept(lending: Lending) -> Seen:
    environ, move = lending.clocks()
    role = lending.role("1h")
    running = lending.start(role, **environ)
    move("boot 7200")
    role.revoke()
    lending.started(running, 2)
    lending.told(running, "UP")
    return lending.ended(running, role)


def _sealable(lending: Lending, ttl: str) -> tuple[OpenBao, str, Role]:
    """A server of its own before the same database; the key that unseals it."""
    postgres = lending.role("1h").postgres
    server = OpenBao("", dev=False)
    lending.place.finally_(server.stop)
    keys = server.do("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
    key: str = keys["keys"][0]
    server.token = lending.place.secret("root", keys["root_token"]).read_text()
    lending.place.secret("key", key)
    server.unseal(key)
    dynamic.mount_database(server, postgres)
    lending.proxy.upstream = server.address
    return server, key, Role(server, postgres, ttl, "24h")


def _sealed(lending: Lending, ttl: str, until_it_is: str, starts: int) -> Seen:
    server, key, role = _sealable(lending, ttl)
    running = lending.start(role, VAULT_TOKEN=server.token)
    server.do("POST", "sys/seal")
    lending.told(running, until_it_is)
    running.look()
    assert len(lending.starts()) == 1, "the old value stays"
    server.do("POST", "sys/unseal", {"key": key})
    lending.started(running, starts)
    lending.told(running, "UP")
    return lending.ended(running, role)


@case("Leases", "sealed in mid-run, then unsealed")
def sealed_shortly(lending: Lending) -> Seen:
    return _sealed(lending, "12s", "DEGRADED", 1)


@case("Leases", "sealed in mid-run beyond the end of the lease, then unsealed")
def sealed_beyond(lending: Lending) -> Seen:
    return _sealed(lending, "5s", "DOWN", 2)
