"""State: what can be the matter with the server."""

from __future__ import annotations

from email.utils import formatdate

from tests.faults.case import Verdict, case
from tests.faults.stage import Stage
from tests.support.vault import faulty
from tests.support.vault.openbao import OpenBao
from tests.support.vault.raft import Pair


@case("State", "uninitialised, 501")
def uninitialised(stage: Stage) -> Verdict:
    return stage.fails(faulty.says(501), where="")


def _sealable(stage: Stage) -> tuple[OpenBao, str]:
    """A real server that can be sealed, behind the proxy; and its key."""
    server = OpenBao("", dev=False)
    stage.finally_(server.stop)
    keys = server.do("POST", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
    server.token = keys["root_token"]
    server.unseal(keys["keys"][0])
    server.do("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}})
    server.put("shop", {"password": stage.canary})
    stage.proxy.upstream = server.address
    stage.given["VAULT_TOKEN"] = server.token
    stage.also_secret |= {server.token, keys["keys"][0]}
    return server, keys["keys"][0]


@case("State", "sealed")
def sealed(stage: Stage) -> Verdict:
    server, _ = _sealable(stage)
    server.do("POST", "sys/seal")
    return stage.gives_up()


@case("State", "sealed at start, then unsealed")
def unsealed_later(stage: Stage) -> Verdict:
    server, key = _sealable(stage)
    server.do("POST", "sys/seal")
    stage.later(1.0, lambda: server.do("POST", "sys/unseal", {"key": key}))
    verdict = stage.boot()
    assert verdict.value == stage.canary
    return verdict


@case("State", "sealed in mid-run, then unsealed")
def sealed_in_mid_run(stage: Stage) -> Verdict:
    server, key = _sealable(stage)

    def seal(_: faulty.Exchange) -> None:
        server.do("POST", "sys/seal")
        stage.later(0.5, lambda: server.do("POST", "sys/unseal", {"key": key}))

    stage.once(seal)
    verdict = stage.boot()
    assert verdict.value == stage.canary
    return verdict


def _pair(stage: Stage) -> Pair:
    pair = Pair()
    stage.finally_(pair.stop)
    pair.do("POST", "secret/data/shop", {"data": {"password": stage.canary}})
    stage.given["VAULT_TOKEN"] = pair.token
    stage.also_secret |= {pair.token, pair.key}
    return pair


@case("State", "a standby is asked (two servers, raft)")
def standby(stage: Stage) -> Verdict:
    pair = _pair(stage)
    stage.proxy.upstream = pair.standby.address
    verdict = stage.boot()
    assert verdict.value == stage.canary
    return verdict


@case("State", "the active node ends in mid-run, the standby takes over (two servers, raft)")
def take_over(stage: Stage) -> Verdict:
    pair = _pair(stage)
    stage.proxy.upstream = pair.standby.address

    def end(_: faulty.Exchange) -> None:
        pair.active.process.terminate()
        pair.active.process.wait()

    stage.once(end)
    verdict = stage.boot()
    assert verdict.value == stage.canary
    return verdict


@case("State", "standby, 429")
def standby_429(stage: Stage) -> Verdict:
    return stage.fails(faulty.says(429), where="")


def _code(code: int, *words: str) -> None:
    @case("State", f"{code}" + (f" {words[0]!r}" if words else ""))
    def lasting(stage: Stage) -> Verdict:
        return stage.fails(faulty.says(code, *words))

    @case("State", f"{code}" + (f" {words[0]!r}" if words else "") + " several times, then 200")
    def passing(stage: Stage) -> Verdict:
        return stage.passes(faulty.says(code, *words))


for _status in (472, 473, 474, 530):
    _code(_status)
_code(500, "local node not active but active cluster node not found")
_code(412, "required index state not present")
for _status in (429, 500, 502, 503, 504):
    _code(_status)


def _retry_after(words: str, header: str) -> None:
    @case("State", f"429 with Retry-After: {words}")
    def passing(stage: Stage) -> Verdict:
        return stage.passes(faulty.says(429, Retry_After=header), 1)


_retry_after("seconds", "1")
_retry_after("a date", formatdate(usegmt=True))
_retry_after("in the past", "Tue, 14 Nov 2023 22:13:20 GMT")
_retry_after("no number", "soon")


def _absurd(status: int) -> None:
    @case("State", f"{status} with an absurd Retry-After")
    def failing(stage: Stage) -> Verdict:
        return stage.fails(faulty.says(status, Retry_After="86400"))


_absurd(429)
_absurd(503)


@case("State", "key-value engine not yet ready (400)")
def upgrading(stage: Stage) -> Verdict:
    words = (
        "Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will "
        "resume service shortly."
    )
    return stage.passes(faulty.says(400, words), 2)
