"""hvac is the judge: what we send is what it sends, and what comes back means to us what it means to it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hvac
import pytest
from hvac import exceptions

from confcontract.contract.envtext import to_text
from confcontract.secrets.vault import api, auth, failure
from confcontract.secrets.vault.connection import Connection
from confcontract.secrets.vault.engine_kinds import AS_IT_IS, KV1, KV2
from confcontract.secrets.vault.failure import RequestFailed
from confcontract.secrets.vault.retry import Deadline
from confcontract.secrets.vault.server import VaultServer
from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import PATIENCE, OpenBao

PATHS = ["shop", "a/b c", "ümläut/ß", "100%/~tilde", "plus+and&more=1", "semi;colon,comma", "q?u#ote'\"", "(x)[y]{z}!*"]
# hvac's own verdict → the kinds of failure that mean the same.
KINDS: dict[type[Exception], set[str]] = {
    exceptions.InvalidRequest: {failure.REJECTED},
    exceptions.Unauthorized: {failure.DENIED},
    exceptions.Forbidden: {failure.DENIED},
    exceptions.InvalidPath: {failure.MISSING},
    exceptions.UnsupportedOperation: {failure.REJECTED},
    exceptions.PreconditionFailed: {failure.UNWELL},
    exceptions.RateLimitExceeded: {failure.UNWELL},
    exceptions.InternalServerError: {failure.UNWELL},
    exceptions.VaultNotInitialized: {failure.UNINITIALISED},
    exceptions.BadGateway: {failure.UNWELL},
    exceptions.VaultDown: {failure.SEALED, failure.UNWELL},
    exceptions.UnexpectedError: {failure.REJECTED, failure.UNWELL},  # 405 and 412, which hvac does not know
}

Request = tuple[str, str, dict[str, str], object]
Ours = Callable[[Connection], object]
Theirs = Callable[[Any], object]  # a client of hvac, of which not everything has types
Both = tuple[Ours, Theirs]


@contextmanager
def connection(environ: Mapping[str, str]) -> Iterator[Connection]:
    made = Connection(VaultServer(environ), Deadline(PATIENCE, time.monotonic, lambda: 0.0))
    made.adapter.token = environ.get("VAULT_TOKEN", "")
    yield made
    made.close()


@contextmanager
def client(address: str, *, token: str, namespace: str | None = None) -> Iterator[hvac.Client]:
    made = hvac.Client(url=address, token=token, namespace=namespace)
    yield made
    made.adapter.close()


@pytest.fixture
def seen(proxy: Faulty) -> list[Request]:
    """Every request that has arrived: method, target, what Vault reads of the headers, body."""
    arrived: list[Request] = []

    def look(exchange: faulty.Exchange) -> None:
        body = json.loads(exchange.body or b"{}")
        # hvac says null of what it doesn't say, or sends an empty object. Vault reads them alike.
        said = {name: value for name, value in body.items() if value is not None}
        read = {name: value for name, value in exchange.headers.items() if name.startswith("X-") or name == "Host"}
        if said:
            read["Content-Type"] = exchange.headers["Content-Type"]
        arrived.append((exchange.command, exchange.path, read, said))
        exchange.reply(200, b'{"auth": {"client_token": "s.t"}, "data": {}}')

    proxy.fault(look)
    return arrived


def kv2(path: str, version: int | None) -> Both:
    return (
        lambda to: api.read(to, "team/kv", path, KV2, version, {})(),
        lambda judge: judge.secrets.kv.v2.read_secret_version(path, version, "team/kv", raise_on_deleted_version=False),
    )


def kv1(path: str) -> Both:
    return (
        lambda to: api.read(to, "legacy", path, KV1, None, {})(),
        lambda judge: judge.secrets.kv.v1.read_secret(path, "legacy"),
    )


def database(path: str) -> Both:
    return (
        lambda to: api.read(to, "database", f"creds/{path}", AS_IT_IS, None, {})(),
        lambda judge: judge.secrets.database.generate_credentials(path),
    )


REQUESTS: dict[str, Both] = {
    **{f"KV version 2, {path}": kv2(path, None) for path in PATHS},
    **{f"KV version 1, {path}": kv1(path) for path in PATHS},
    **{f"credentials, {path}": database(path) for path in PATHS},
    "an older version": kv2("shop", 3),
    "a certificate": (
        lambda to: api.read(to, "pki", "issue/web", AS_IT_IS, None, {"common_name": "a", "ttl": "1h"})(),
        lambda judge: judge.adapter.put("/v1/pki/issue/web", json={"common_name": "a", "ttl": "1h"}),
    ),
    "the mount of a path": (
        lambda to: api.look_up(to, "team/kv/a b")(),
        lambda judge: judge.adapter.get("/v1/sys/internal/ui/mounts/team/kv/a%20b"),
    ),
    "capabilities": (
        lambda to: api.capabilities(to, ["a/b", "c"])(),
        lambda judge: judge.sys.get_capabilities(["a/b", "c"]),
    ),
    "a look at the token": (
        lambda to: api.look_up_token(to)(),
        lambda judge: judge.auth.token.lookup_self(),
    ),
    "renewing the token": (
        lambda to: api.renew_token(to)(),
        lambda judge: judge.auth.token.renew_self(),
    ),
    "revoking the token": (
        lambda to: api.revoke_token(to)(),
        lambda judge: judge.auth.token.revoke_self(),
    ),
    "renewing a lease": (
        lambda to: api.renew_lease(to, "a/b/c")(),
        lambda judge: judge.sys.renew_lease("a/b/c"),
    ),
    "revoking a lease": (
        lambda to: api.revoke_lease(to, "a/b/c")(),
        lambda judge: judge.sys.revoke_lease("a/b/c"),
    ),
}


@pytest.mark.parametrize("namespace", ["", "team/a"])
@pytest.mark.parametrize("what", REQUESTS)
def test_a_request_is_the_one_that_hvac_sends(proxy: Faulty, seen: list[Request], what: str, namespace: str) -> None:
    ours, theirs = REQUESTS[what]
    with connection({"VAULT_ADDR": proxy.address, "VAULT_TOKEN": "s.canary", "VAULT_NAMESPACE": namespace}) as to:
        ours(to)
    with client(proxy.address, token="s.canary", namespace=namespace or None) as judge:
        theirs(judge)
    assert seen[0] == seen[1]
    assert seen[0][2]["X-Vault-Token"] == "s.canary"


LOGINS: dict[str, tuple[dict[str, str], Theirs]] = {
    "AppRole": (
        {"VAULT_ROLE_ID": "r", "VAULT_SECRET_ID": "s"},
        lambda judge: judge.auth.approle.login("r", "s"),
    ),
    "AppRole without a secret id": (
        {"VAULT_ROLE_ID": "r"},
        lambda judge: judge.auth.approle.login("r"),
    ),
    "AppRole elsewhere": (
        {"VAULT_ROLE_ID": "r", "VAULT_SECRET_ID": "s", "CONFCONTRACT_VAULT_AUTH_MOUNT": "team/approle"},
        lambda judge: judge.auth.approle.login("r", "s", mount_point="team/approle"),
    ),
    "Kubernetes": (
        {"CONFCONTRACT_VAULT_AUTH": "kubernetes", "VAULT_ROLE": "web", "VAULT_JWT_FILE": "{jwt}"},
        lambda judge: judge.auth.kubernetes.login("web", "a.b.c"),
    ),
    "JWT": (
        {"VAULT_ROLE": "web", "VAULT_JWT": "a.b.c"},
        lambda judge: judge.auth.jwt.jwt_login("web", "a.b.c"),
    ),
    "userpass": (
        {"VAULT_USERNAME": "anna", "VAULT_PASSWORD": "sésame"},
        lambda judge: judge.auth.userpass.login("anna", "sésame"),
    ),
}


@pytest.mark.parametrize("method", LOGINS)
def test_a_login_is_the_one_that_hvac_sends(proxy: Faulty, seen: list[Request], tmp_path: Path, method: str) -> None:
    environ, theirs = LOGINS[method]
    (tmp_path / "jwt").write_text("a.b.c\n")
    environ = {name: value.format(jwt=tmp_path / "jwt") for name, value in environ.items()}
    login = auth.identity(environ, {}).login
    assert login is not None
    with connection({"VAULT_ADDR": proxy.address}) as to:
        login(to)
    with client(proxy.address, token="") as judge:
        theirs(judge)
    assert seen[0] == seen[1]
    assert "X-Vault-Token" not in seen[0][2]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 412, 429, 500, 501, 502, 503])
@pytest.mark.parametrize("errors", [(), ("permission denied",), ("Vault is sealed",)], ids=lambda errors: str(*errors))
def test_a_refusal_means_what_it_means_to_hvac(proxy: Faulty, status: int, errors: tuple[str, ...]) -> None:
    proxy.fault(faulty.says(status, *errors))
    ask, ask_judge = kv1("shop")
    with client(proxy.address, token="t") as judge, pytest.raises(exceptions.VaultError) as theirs:
        ask_judge(judge)
    with connection({"VAULT_ADDR": proxy.address, "VAULT_TOKEN": "t"}) as to, pytest.raises(RequestFailed) as ours:
        ask(to)
    assert ours.value.kind in KINDS[type(theirs.value)]
    assert all(error in ours.value.words for error in errors) or ours.value.kind == failure.UNINITIALISED


@pytest.mark.parametrize(
    "secret",
    [{"a": "ü€\ud83d\ude00"}, {"number": 1.5, "whole": 2**70, "no": None, "yes": True}, {"in": {"in": [1, "b"]}}, {}],
    ids=str,
)
@pytest.mark.parametrize("engine", [KV1, KV2])
def test_an_answer_is_what_hvac_makes_of_it(
    bao: OpenBao, environ: dict[str, str], secret: dict[str, object], engine: str
) -> None:
    mount = "secret" if engine == KV2 else "legacy"
    path = f"{mount}/data/judged" if engine == KV2 else f"{mount}/judged"
    bao.do("POST", path, {"data": secret} if engine == KV2 else secret or {"a": ""})
    with client(bao.address, token=bao.token) as judge:
        if engine == KV2:
            expected = judge.secrets.kv.v2.read_secret_version("judged", raise_on_deleted_version=True)["data"]["data"]
        else:
            expected = judge.secrets.kv.v1.read_secret("judged", "legacy")["data"]
    with connection(environ) as to:
        found = api.secret_of(api.read(to, mount, "judged", engine, None, {})(), engine)
    assert found is not None
    assert {key: to_text(value) for key, value in found.items() if value is not None} == {
        key: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for key, value in expected.items()
        if value is not None
    }
    assert found.keys() == expected.keys()
