"""AppRole, with secret ids as they are and wrapped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao

ONE = {"A": "vault:secret/shop#password"}
ROLE = "auth/approle/role/shop"


def test_approle(bao: OpenBao, proxy: Faulty, approle: dict[str, str], fetch: Fetch, canary: str) -> None:
    assert fetch(approle, ONE).values == {"A": canary}
    assert [path for _, path in proxy.requests] == [
        "/v1/auth/approle/login",
        "/v1/sys/internal/ui/mounts/secret/shop",
        "/v1/secret/data/shop",
    ]


def test_approle_with_files_and_at_another_mount(
    bao: OpenBao, address: dict[str, str], fetch: Fetch, canary: str, tmp_path: Path
) -> None:
    bao.do("POST", "sys/auth/team/machines", {"type": "approle"})
    bao.do("POST", "auth/team/machines/role/shop", {"token_policies": "shop"})
    (tmp_path / "role").write_text(bao.do("GET", "auth/team/machines/role/shop/role-id")["role_id"] + "\n")
    bao.do("POST", "auth/team/machines/role/shop/custom-secret-id", {"secret_id": f"{canary}-file"})
    (tmp_path / "secret").write_text(f"{canary}-file\n")
    environ = address | {
        "CONFCONTRACT_VAULT_AUTH": "approle",
        "CONFCONTRACT_VAULT_AUTH_MOUNT": "team/machines",
        "BAO_ROLE_ID_FILE": str(tmp_path / "role"),
        "BAO_SECRET_ID_FILE": str(tmp_path / "secret"),
    }
    assert fetch(environ, ONE).values == {"A": canary}


def test_an_approle_that_needs_no_secret_id(bao: OpenBao, address: dict[str, str], fetch: Fetch, canary: str) -> None:
    role = "auth/approle/role/open"
    bao.do("POST", role, {"token_policies": "shop", "bind_secret_id": False, "token_bound_cidrs": "127.0.0.1/32"})
    role_id = bao.do("GET", f"{role}/role-id")["role_id"]
    assert fetch(address | {"VAULT_ROLE_ID": role_id}, ONE).values == {"A": canary}


def test_a_wrong_secret_id_is_refused_and_not_shown(
    proxy: Faulty, approle: dict[str, str], fetch: Fetch, canary: str
) -> None:
    visit = fetch(approle | {"VAULT_SECRET_ID": f"{canary}-wrong"}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "refused the login" in visit.message
    assert "secret id from VAULT_SECRET_ID" in visit.message
    assert len(proxy.requests) == 1


@pytest.fixture
def wrapped(bao: OpenBao, approle: dict[str, str]) -> dict[str, str]:
    token = bao.do("POST", f"{ROLE}/secret-id", wrap="60s")["token"]
    del approle["VAULT_SECRET_ID"]
    return approle | {"VAULT_WRAPPED_SECRET_ID": token}


def test_a_wrapped_secret_id_is_unwrapped_once(
    proxy: Faulty, wrapped: dict[str, str], fetch: Fetch, canary: str
) -> None:
    reader = fetch.reader(wrapped)
    proxy.fault(faulty.says(503), where="auth/approle/login", times=1)
    assert fetch(wrapped, ONE, reader=reader).values == {"A": canary}
    reader._token = None
    assert fetch(wrapped, ONE, reader=reader).values == {"A": canary}
    assert proxy.count("wrapping/unwrap") == 1


def test_a_wrapped_secret_id_that_was_used_before_says_that_somebody_else_may_have_it(
    bao: OpenBao, wrapped: dict[str, str], fetch: Fetch
) -> None:
    bao.do("POST", "sys/wrapping/unwrap", token=wrapped["VAULT_WRAPPED_SECRET_ID"])
    visit = fetch(wrapped, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "it was unwrapped before, or it has expired" in visit.message


def test_a_wrapped_secret_id_whose_answer_got_lost_is_not_blamed_on_anybody(
    proxy: Faulty, wrapped: dict[str, str], fetch: Fetch
) -> None:
    proxy.fault(faulty.truncated, where="wrapping/unwrap", times=1)
    visit = fetch(wrapped, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "an earlier attempt whose response was lost" in visit.message


def test_a_wrapping_token_from_another_path_is_refused_unopened(
    bao: OpenBao, proxy: Faulty, wrapped: dict[str, str], fetch: Fetch
) -> None:
    forged = bao.do("POST", "sys/wrapping/wrap", {"secret_id": "mine"}, wrap="60s")["token"]
    visit = fetch(wrapped | {"VAULT_WRAPPED_SECRET_ID": forged}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "was not created by auth/approle" in visit.message
    assert proxy.count("wrapping/unwrap") == 0
