"""Renewing what was lent: a lease, the token that it hangs on, and what is said when neither can be."""

from __future__ import annotations

import pytest

from confcontract.secrets.store import Failure, Lease
from confcontract.secrets.vault import failure
from confcontract.secrets.vault.reader import VaultReader
from confcontract.secrets.vault.token import Token
from tests.support.postgres import Postgres
from tests.support.vault import dynamic, faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import PATIENCE, OpenBao

SHOP = {"USER": "vault:database/creds/shop#username"}


@pytest.fixture
def lent(bao: OpenBao, postgres: Postgres, logged_in: dict[str, str], fetch: Fetch) -> tuple[VaultReader, Lease]:
    reader = fetch.reader(logged_in)
    (lease,) = fetch(logged_in, SHOP, reader=reader).leases
    assert isinstance(lease, Lease)
    return reader, lease


def test_a_lease_is_renewed_and_counts_from_now_on(lent: tuple[VaultReader, Lease]) -> None:
    reader, lease = lent
    renewed = reader.renew(lease)
    assert isinstance(renewed, Lease)
    assert (renewed.identifier, renewed.path, renewed.seconds) == (lease.identifier, lease.path, 3600.0)
    assert renewed.renewable
    assert renewed.obtained > lease.obtained


def test_a_lease_near_the_end_of_its_life_is_renewed_for_what_is_left(
    bao: OpenBao, postgres: Postgres, environ: dict[str, str], fetch: Fetch
) -> None:
    bao.do("POST", "database/roles/capped", {**dynamic.ROLE, "default_ttl": "60s", "max_ttl": "61s"})
    reader = fetch.reader(environ)
    (lease,) = fetch(environ, {"A": "database/creds/capped#username"}, reader=reader).leases
    bao.do("POST", "database/roles/capped", {**dynamic.ROLE, "default_ttl": "60s", "max_ttl": "10s"})
    renewed = reader.renew(lease)
    assert isinstance(renewed, Lease)
    assert 0 <= renewed.seconds <= 10


def test_a_lease_that_is_gone_is_told_from_one_that_can_not_be_renewed(
    bao: OpenBao, lent: tuple[VaultReader, Lease], authority_engine: None, environ: dict[str, str], fetch: Fetch
) -> None:
    reader, lease = lent
    bao.do("PUT", "sys/leases/revoke", {"lease_id": lease.identifier, "sync": True})
    _assert_failed(reader.renew(lease), failure.GONE)
    certificate = {"CERT": "certificates/issue/web?common_name=shop.example&ttl=24h#certificate"}
    reader = fetch.reader(environ)
    (lease,) = fetch(environ, certificate, reader=reader).leases
    _assert_failed(reader.renew(lease), failure.NOT_RENEWABLE)


def test_a_renewal_is_tried_again_until_its_deadline(proxy: Faulty, lent: tuple[VaultReader, Lease]) -> None:
    reader, lease = lent
    proxy.fault(faulty.says(503, "Vault is sealed"), where="leases/renew", times=2)
    proxy.fault(faulty.reset, where="leases/renew", times=1)
    assert isinstance(reader.renew(lease, seconds=PATIENCE), Lease)
    assert proxy.count("leases/renew") == 4
    proxy.fault(faulty.says(503, "Vault is sealed"), where="leases/renew")
    failed = reader.renew(lease, seconds=0.5)
    if isinstance(failed, Failure) and failed.kind == failure.UNREACHABLE:  # no answer by then, on a busy machine
        failed = reader.renew(lease, seconds=10)
    assert _assert_failed(failed, failure.SEALED).retry


def test_a_renewal_that_is_denied_is_final_and_costs_no_login(
    bao: OpenBao, proxy: Faulty, lent: tuple[VaultReader, Lease]
) -> None:
    reader, lease = lent
    proxy.fault(faulty.says(403, "permission denied"), where="renew")
    _assert_failed(reader.renew(lease), failure.DENIED)
    _assert_failed(reader.renew_token(), failure.DENIED)
    assert proxy.count("login") == 1


def test_the_token_is_renewed(lent: tuple[VaultReader, Lease], bao: OpenBao) -> None:
    reader, _ = lent
    before = reader.token
    after = reader.renew_token()
    assert before is not None
    assert isinstance(after, Token)
    assert reader.token is after
    assert (after.value, after.seconds, after.renewable, after.revocable) == (before.value, 3600.0, True, True)
    assert after.obtained > before.obtained


def test_a_given_token_is_looked_at_to_know_how_long_it_lasts(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch
) -> None:
    reader = fetch.reader(environ)
    _assert_failed(reader.renew_token(), failure.DENIED)
    fetch(environ, {"A": "secret/shop#password"}, reader=reader)
    endless = reader.look_up_token()
    assert isinstance(endless, Token)
    assert (endless.seconds, endless.renewable) == (None, False)
    _assert_failed(reader.renew_token(), failure.NOT_RENEWABLE)
    environ["VAULT_TOKEN"] = bao.make_token("shop", ttl="500s")
    reader = fetch.reader(environ)
    fetch(environ, {"A": "secret/shop#password"}, reader=reader)
    known = reader.look_up_token()
    assert isinstance(known, Token)
    assert known.seconds is not None
    assert 400 <= known.seconds <= 500
    assert known.renewable
    assert not known.revocable, "it is not ours"


def test_a_batch_token_can_not_be_renewed(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    environ["VAULT_TOKEN"] = bao.make_token("shop", type="batch", ttl="1h")
    reader = fetch.reader(environ)
    fetch(environ, {"A": "secret/shop#password"}, reader=reader)
    _assert_failed(reader.renew_token(), failure.NOT_RENEWABLE)


def test_a_new_login_replaces_the_token_and_leaves_the_old_one(bao: OpenBao, lent: tuple[VaultReader, Lease]) -> None:
    reader, lease = lent
    old = reader.token
    new = reader.log_in()
    assert old is not None
    assert isinstance(new, Token)
    assert reader.token is new
    assert new.value != old.value
    assert isinstance(reader.renew(lease), Lease), "the lease hangs on the token before"
    bao.do("POST", "auth/token/revoke", {"token": old.value})
    _assert_failed(reader.renew(lease), failure.GONE)


def test_credentials_that_are_missing_by_now_do_not_keep_a_lease_from_being_renewed(
    lent: tuple[VaultReader, Lease], logged_in: dict[str, str], proxy: Faulty, fetch: Fetch
) -> None:
    reader, lease = lent
    del logged_in["VAULT_SECRET_ID"]
    logged_in["VAULT_SECRET_ID_FILE"] = "/nowhere/secret-id"
    assert isinstance(reader.renew(lease), Lease)
    assert fetch(logged_in, {"A": "secret/shop#password"}, reader=reader).codes == {}
    failed = _assert_failed(reader.log_in(), failure.DENIED)
    assert "VAULT_SECRET_ID_FILE names a file that does not exist" in failed.words


def test_leases_are_given_back_one_by_one_and_those_that_stay_are_returned(
    bao: OpenBao,
    postgres: Postgres,
    proxy: Faulty,
    lent: tuple[VaultReader, Lease],
    logged_in: dict[str, str],
    fetch: Fetch,
) -> None:
    reader, lease = lent
    rules = (("database/creds/*", "read"), ("sys/leases/revoke", "update"))
    bao.policy("minting", *rules)
    (second,) = fetch(logged_in, SHOP, reader=reader).leases
    assert reader.revoke([lease]) == []
    assert len(postgres.roles()) == 1
    proxy.fault(faulty.says(403, "permission denied"), where="leases/revoke")
    assert reader.revoke([second]) == [second]
    assert reader.token is not None


def _assert_failed(result: object, kind: str) -> Failure:
    assert isinstance(result, Failure), result
    assert result.kind == kind, result.words
    return result
