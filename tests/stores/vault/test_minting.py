"""What Vault makes when it is asked: made once, not made in vain, and given back when it was."""

from __future__ import annotations

import pytest

from tests.support.postgres import Postgres
from tests.support.vault import dynamic, faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao, until

CERTIFICATE = "certificates/issue/web?common_name=shop.example&ttl=24h"
BOTH = {"USER": "vault:database/creds/shop#username", "PASSWORD": "vault:database/creds/shop#password"}


def test_a_database_user_is_made_once_and_can_log_in(postgres: Postgres, environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ, BOTH | {"AGAIN": "secret/nothing#k|database/creds/shop#username"})
    assert postgres.roles() == [visit.values["USER"]] == [visit.values["AGAIN"]]
    assert [lease.path for lease in visit.leases] == ["database/creds/shop"]


def test_a_certificate_is_made_once_for_all_its_keys(
    bao: OpenBao, authority_engine: None, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    other = "certificates/issue/web?ttl=24h&common_name=shop.example"  # the same, in another order
    visit = fetch(environ, {"CERT": f"vault:{CERTIFICATE}#certificate", "KEY": f"vault:{other}#private_key"})
    assert "BEGIN CERTIFICATE" in visit.values["CERT"]
    assert "PRIVATE KEY" in visit.values["KEY"]
    assert [method for method, path in proxy.requests if path.startswith("/v1/certificates")] == ["PUT"]
    assert len(visit.leases) == 1
    visit = fetch(environ, {"A": f"{CERTIFICATE}#certificate", "B": f"{CERTIFICATE.replace('24h', '1h')}#certificate"})
    assert visit.values["A"] != visit.values["B"]


def test_a_path_that_wants_parameters_says_how_to_give_them(
    authority_engine: None, environ: dict[str, str], fetch: Fetch
) -> None:
    visit = fetch(environ, {"A": "certificates/issue/web#certificate"})
    assert visit.codes == {"A": "reference-invalid"}
    assert "certificates/issue/web?NAME=VALUE#certificate" in visit.problems[0].hint


def test_parameters_never_write_into_a_key_value_engine(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    for path in ("secret/shop", "legacy/shop"):
        assert fetch(environ, {"A": f"vault:{path}?password=x#password"}).codes == {"A": "reference-invalid"}
    assert {method for method, _ in proxy.requests} == {"GET"}


@pytest.mark.parametrize("broken", ["secret/nothing#k", "secret/shop#nothing", "nowhere/x#k", "vault:rubbish"])
def test_a_fetch_that_fails_makes_nothing(
    postgres: Postgres, environ: dict[str, str], fetch: Fetch, broken: str
) -> None:
    visit = fetch(environ, BOTH | {"BROKEN": broken})
    assert set(visit.codes) == {"BROKEN"}
    assert visit.creatable == {name: text.removeprefix("vault:") for name, text in BOTH.items()}
    assert (postgres.roles(), visit.leases, visit.values) == ([], [], {})


def test_reading_makes_nothing_and_names_what_is_left_of_each_reference(
    postgres: Postgres, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    reader = fetch.reader(environ)
    last = "secret/nothing#k|database/creds/shop#username|secret/shop#password|"
    fetched = reader.read({**BOTH, "A": "secret/shop#password", "LAST": last})
    assert fetched.values == {"A": canary}
    assert fetched.creatable["LAST"] == "database/creds/shop#username|secret/shop#password|"
    assert set(fetched.creatable) == {"LAST", *BOTH}
    reader.close()
    assert (fetched.problems, postgres.roles()) == ([], [])


def test_what_was_read_is_not_asked_for_again_when_the_rest_is_made(
    postgres: Postgres, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    reader = fetch.reader(environ)
    fetched = reader.read(
        {**BOTH, "A": "secret/shop#password", "LAST": "secret/nothing#k|database/creds/shop#username"}
    )
    asked = len(proxy.requests)
    made = reader.create(fetched.creatable)
    reader.close()
    assert proxy.requests[asked:] == [("GET", "/v1/database/creds/shop")]
    assert made.values["LAST"] == made.values["USER"]
    assert set(made.created) == {"LAST", *BOTH}


def test_what_was_lent_goes_back_with_our_own_token(
    postgres: Postgres, proxy: Faulty, logged_in: dict[str, str], fetch: Fetch
) -> None:
    reader = fetch.reader(logged_in)
    fetch(logged_in, BOTH, reader=reader)
    assert len(postgres.roles()) == 1
    reader.give_back()
    assert proxy.count("auth/token/revoke-self") == 1
    postgres.await_no_roles()  # Vault does it in its own time
    reader.give_back()
    assert proxy.count("auth/token/revoke-self") == 1, "once is enough"


def test_what_was_lent_goes_back_lease_by_lease_under_a_token_that_was_given(
    bao: OpenBao, postgres: Postgres, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    reader = fetch.reader(environ)
    bao.do("POST", "database/roles/other", {**dynamic.ROLE, "default_ttl": "1h"})
    fetch(environ, BOTH | {"OTHER": "database/creds/other#username"}, reader=reader)
    assert len(postgres.roles()) == 2
    reader.give_back()
    postgres.await_no_roles()
    assert bao.api("GET", "auth/token/lookup-self")[0] == 200, "a given token is never revoked"


def test_giving_back_never_fails_and_says_what_stays(
    bao: OpenBao, postgres: Postgres, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    bao.policy("only-read", ("database/creds/shop", "read"))
    environ["VAULT_TOKEN"] = bao.make_token("only-read")
    reader = fetch.reader(environ)
    visit = fetch(environ, BOTH, reader=reader)
    reader.give_back()
    assert visit.log[-1]["event"] == "vault-not-given-back"
    assert visit.log[-1]["lasts_seconds"] == 3600.0
    assert len(postgres.roles()) == 1


def test_our_own_token_is_revoked_when_nothing_hangs_on_it(
    bao: OpenBao, proxy: Faulty, logged_in: dict[str, str], fetch: Fetch, canary: str
) -> None:
    from confcontract.secrets.vault.reader import VaultReader

    reader = VaultReader(logged_in, deadline_seconds=20, revoke_token=True)
    for _ in range(2):
        assert fetch(logged_in, {"A": "secret/shop#password"}, reader=reader).values == {"A": canary}
    tokens = proxy.tokens - {""}
    assert len(tokens) == 2, "a new login for the second fetch"
    for token in tokens:  # the reader doesn't wait long for the answer of its revocation
        until(lambda token=token: bao.api("GET", "auth/token/lookup-self", token=token)[0] == 403)  # type: ignore[misc]


def test_our_own_token_is_kept_when_a_lease_hangs_on_it(
    bao: OpenBao, postgres: Postgres, proxy: Faulty, logged_in: dict[str, str], fetch: Fetch
) -> None:
    from confcontract.secrets.vault.reader import VaultReader

    fetch(logged_in, BOTH, reader=VaultReader(logged_in, deadline_seconds=20, revoke_token=True))
    assert proxy.count("revoke") == 0
    assert len(postgres.roles()) == 1


def test_a_batch_token_can_not_be_revoked_and_nobody_tries(
    bao: OpenBao, proxy: Faulty, logged_in: dict[str, str], fetch: Fetch, canary: str
) -> None:
    from confcontract.secrets.vault.reader import VaultReader

    bao.do("POST", "auth/approle/role/minting", {"token_policies": "minting", "token_type": "batch"})
    reader = VaultReader(logged_in, deadline_seconds=20, revoke_token=True)
    assert fetch(logged_in, {"A": "secret/shop#password"}, reader=reader).values == {"A": canary}
    assert proxy.count("revoke") == 0
    bao.do("POST", "auth/approle/role/minting", {"token_policies": "minting", "token_type": "service"})


def test_a_revocation_that_fails_does_not_fail_the_fetch(
    proxy: Faulty, logged_in: dict[str, str], fetch: Fetch, canary: str
) -> None:
    from confcontract.secrets.vault.reader import VaultReader

    proxy.fault(faulty.says(500), where="revoke-self")
    reader = VaultReader(logged_in, deadline_seconds=20, revoke_token=True)
    visit = fetch(logged_in, {"A": "secret/shop#password"}, reader=reader)
    assert visit.values == {"A": canary}
    assert [record["event"] for record in visit.log] == ["vault-token-not-revoked"]


@pytest.mark.parametrize("fault", [faulty.reset, faulty.says(503, "Vault is sealed"), faulty.says(429)])
def test_however_often_vault_falters_before_it_makes_one_credential_is_made(
    postgres: Postgres, proxy: Faulty, environ: dict[str, str], fetch: Fetch, fault: faulty.Fault
) -> None:
    proxy.fault(fault, where="database/creds", times=4)
    assert fetch(environ, BOTH).codes == {}
    assert len(postgres.roles()) == 1
