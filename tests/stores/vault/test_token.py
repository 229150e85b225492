"""A token that is given, in a variable or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao

ONE = {"A": "vault:secret/shop#password"}


def test_a_token(environ: dict[str, str], fetch: Fetch, canary: str) -> None:
    assert fetch(environ, ONE).values == {"A": canary}
    environ["BAO_TOKEN"] = environ.pop("VAULT_TOKEN")
    assert fetch(environ, ONE).values == {"A": canary}


def test_a_token_that_vault_does_not_know_is_told_from_one_that_may_not(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    visit = fetch(environ | {"VAULT_TOKEN": f"{canary}-bad"}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "does not accept the token from VAULT_TOKEN" in visit.message
    assert [path for _, path in proxy.requests] == [
        "/v1/sys/internal/ui/mounts/secret/shop",
        "/v1/sys/internal/ui/mounts",
        "/v1/auth/token/lookup-self",
    ]
    bao.policy("nothing", ("secret/data/elsewhere", "read"))
    visit = fetch(environ | {"VAULT_TOKEN": bao.make_token("nothing")}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "Vault denied secret/shop to the token from VAULT_TOKEN" in visit.message
    assert "secret/data/shop" in visit.problems[0].hint


@pytest.mark.parametrize("more", [{}, {"type": "batch", "ttl": "1h"}])
def test_a_token_that_may_not_look_at_itself_is_not_called_invalid(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch, more: dict[str, object]
) -> None:
    """Without the policy `default` Vault denies lookup-self and capabilities-self, as it does to an unknown token."""
    bao.policy("nothing", ("secret/data/elsewhere", "read"))
    environ["VAULT_TOKEN"] = bao.make_token("nothing", no_default_policy=True, **more)
    for override in ("", "2"):
        visit = fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": override}, ONE)
        assert visit.codes == {"A": "vault-denied"}
        assert "Vault denied secret/shop to the token from VAULT_TOKEN" in visit.message
        assert "not valid" not in visit.problems[0].hint


def test_a_token_that_vault_does_not_know_is_called_so_in_a_namespace_too(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    if bao.api("POST", "sys/namespaces/team-b", {})[0] >= 300:
        pytest.skip("this build of OpenBao has no namespaces")
    environ["VAULT_NAMESPACE"] = "team-b"
    visit = fetch(environ | {"VAULT_TOKEN": f"{canary}-bad"}, ONE)
    assert "does not accept the token from VAULT_TOKEN in the namespace of VAULT_NAMESPACE" in visit.message
    assert "another server or namespace" in visit.problems[0].hint
    bao.policy("nothing", ("secret/data/elsewhere", "read"))
    visit = fetch(environ | {"VAULT_TOKEN": bao.make_token("nothing", no_default_policy=True)}, ONE)
    assert "Vault denied secret/shop in namespace team-b to the token from VAULT_TOKEN" in visit.message


@pytest.mark.parametrize("fault", [faulty.status(403, b"<html>Forbidden"), faulty.says(404), faulty.says(400, "no")])
def test_where_it_can_not_be_told_whether_the_token_or_the_policy_is_at_fault_both_are_named(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, fault: faulty.Fault
) -> None:
    proxy.fault(fault, where="/v1/sys/internal/ui/mounts")
    environ["CONFCONTRACT_VAULT_KV_VERSION"] = "2"
    bao.policy("nothing", ("secret/data/elsewhere", "read"))
    visit = fetch(environ | {"VAULT_TOKEN": bao.make_token("nothing", no_default_policy=True)}, ONE)
    assert "Vault denied secret/shop to the token from VAULT_TOKEN" in visit.message
    assert "a policy of this identity allows read on secret/data/shop" in visit.problems[0].hint
    assert "the token itself is no longer valid" in visit.problems[0].hint
    visit = fetch(environ | {"VAULT_TOKEN": bao.make_token("nothing")}, ONE)
    assert "not valid" not in visit.problems[0].hint, "it could look at itself"


def test_a_token_that_is_revoked_between_two_denials_is_not_taken_for_valid(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    bao.policy("half", ("secret/data/shop", "read"))
    token = bao.make_token("half")

    def revoke(exchange: faulty.Exchange) -> None:
        bao.do("POST", "auth/token/revoke", {"token": token})
        faulty.forward(exchange)

    proxy.fault(revoke, where="/v1/secret/data/shop", times=1)
    visit = fetch(environ | {"VAULT_TOKEN": token}, ONE | {"B": "legacy/x#k"})
    messages = {problem.variable: problem.message for problem in visit.problems}
    assert "Vault denied legacy/x" in messages["B"]
    assert "does not accept the token" in messages["A"]


@pytest.mark.parametrize("bad", ["a b", "a\nb", "tökén", "a\r\nX-Injected: yes"])
def test_a_token_that_would_break_its_header_is_refused_unseen(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str, bad: str
) -> None:
    visit = fetch(environ | {"VAULT_TOKEN": canary + bad}, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert proxy.requests == []


def test_a_token_file(bao: OpenBao, address: dict[str, str], fetch: Fetch, canary: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(bao.token + "\n")
    assert fetch(address | {"VAULT_TOKEN_FILE": str(file)}, ONE).values == {"A": canary}


def test_the_token_of_a_home_directory_only_when_nothing_else_is_set(
    bao: OpenBao, address: dict[str, str], fetch: Fetch, canary: str, tmp_path: Path
) -> None:
    (tmp_path / ".vault-token").write_text(bao.token)
    home = address | {"HOME": str(tmp_path)}
    assert fetch(home, ONE).values == {"A": canary}
    assert fetch(home | {"VAULT_TOKEN": f"{canary}-bad"}, ONE).codes == {"A": "vault-denied"}


def test_a_token_file_is_read_again_when_its_token_is_refused(
    bao: OpenBao, proxy: Faulty, address: dict[str, str], fetch: Fetch, canary: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{canary}-old")

    def rotate(exchange: faulty.Exchange) -> None:
        file.write_text(bao.token)
        faulty.forward(exchange)

    proxy.fault(rotate, times=1)
    assert fetch(address | {"VAULT_TOKEN_FILE": str(file)}, ONE).values == {"A": canary}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "is not a file"),
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "is not text"),
        (lambda path: __import__("os").mkfifo(path), "is not a file"),
    ],
)
def test_a_token_file_that_can_not_be_used_is_named(
    address: dict[str, str], fetch: Fetch, tmp_path: Path, make: Any, words: str
) -> None:
    file = tmp_path / "token"
    make(file)
    visit = fetch(address | {"VAULT_TOKEN_FILE": str(file)}, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    subject = f"names {file}, which" if file.exists() else f"names a file in {tmp_path} that"
    assert f"VAULT_TOKEN_FILE {subject} {words}" in visit.message
