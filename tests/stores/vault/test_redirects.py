"""A redirect leads where Vault's own client lets it lead, and who answers there is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.ports import refusing_port
from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao

ONE = {"A": "vault:secret/shop#password"}
Redirect = Callable[..., None]


@pytest.fixture
def other(bao: OpenBao) -> Iterator[Faulty]:
    """Another server than the one that is configured."""
    made = Faulty(bao.address)
    yield made
    made.stop()


@pytest.fixture
def redirect(proxy: Faulty) -> Redirect:
    """Have the configured server redirect what is asked for a path. to: where; {path} stands for the path."""

    def set_up(to: str, *, code: int = 307, where: str = "") -> None:
        def fault(exchange: faulty.Exchange) -> None:
            exchange.reply(code, Location=to.replace("{path}", exchange.path))

        proxy.fault(fault, where=where)

    return set_up


@pytest.mark.parametrize("code", [301, 302, 307])
def test_one_redirect_to_another_server_is_followed_and_that_server_is_named(
    proxy: Faulty, other: Faulty, environ: dict[str, str], fetch: Fetch, canary: str, redirect: Redirect, code: int
) -> None:
    redirect(other.address + "{path}", code=code)
    visit = fetch(environ, ONE | {"OLD": "vault:secret/shop#password@1"})
    assert visit.values == {"A": canary, "OLD": canary}
    assert visit.answered_by == {"A": other.address, "OLD": other.address}
    events = [record for record in visit.log if record["event"] == "vault-redirected"]
    assert [(record["address"], record["redirected_to"]) for record in events] == [(proxy.address, other.address)]


def test_a_server_that_answers_itself_is_not_named(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ, ONE)
    assert (visit.answered_by, visit.log) == ({}, [])


def test_the_login_is_redirected_too_and_the_log_says_where_to(
    proxy: Faulty, other: Faulty, approle: dict[str, str], fetch: Fetch, redirect: Redirect
) -> None:
    redirect(other.address + "{path}", where="login")
    visit = fetch(approle, ONE)
    assert (set(visit.values), visit.answered_by) == ({"A"}, {})
    assert [(record["about"], record["redirected_to"]) for record in visit.log] == [("the login", other.address)]


def test_what_another_server_says_is_not_told_as_the_word_of_the_configured_one(
    proxy: Faulty, other: Faulty, environ: dict[str, str], approle: dict[str, str], fetch: Fetch, redirect: Redirect
) -> None:
    redirect(other.address + "{path}")
    said = f"({proxy.address} redirects to {other.address})"
    assert said in fetch(environ, {"A": "vault:secret/nothing#k"}).message
    assert said in fetch(environ, {"A": "vault:secret/shop#nothing"}).message
    assert said in fetch(environ, {"A": "vault:nowhere/shop#k"}).message
    assert said in fetch(environ | {"VAULT_TOKEN": "unknown"}, ONE).message
    assert said in fetch(approle | {"VAULT_SECRET_ID": "wrong"}, ONE).message
    other.fault(faulty.says(503, "Vault is sealed"))
    sealed = fetch(environ, ONE, deadline=1)
    assert said in sealed.message
    failed = [record for record in sealed.log if record["event"] == "vault-attempt-failed"]
    assert {record["redirected_to"] for record in failed} == {other.address}


def test_a_redirect_to_where_nobody_answers_names_that_place(
    environ: dict[str, str], fetch: Fetch, redirect: Redirect
) -> None:
    place = f"http://127.0.0.1:{refusing_port()}"
    redirect(place + "{path}")
    visit = fetch(environ, ONE, deadline=1)
    assert visit.codes == {"A": "vault-unavailable"}
    assert f"redirects to {place}" in visit.message


@pytest.mark.parametrize(
    ("to", "words"), [("{self}{path}", "it redirects again"), ("{other}{path}", "it redirects again")]
)
def test_a_second_redirect_is_final(
    proxy: Faulty,
    other: Faulty,
    environ: dict[str, str],
    fetch: Fetch,
    redirect: Redirect,
    to: str,
    words: str,
) -> None:
    other.fault(lambda exchange: exchange.reply(307, Location=proxy.address + exchange.path))
    redirect(to.replace("{self}", proxy.address).replace("{other}", other.address))
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert words in visit.message
    assert len(proxy.requests) + len(other.requests) == 2


@pytest.mark.parametrize("code", [303, 308])
def test_a_redirect_of_a_kind_that_vaults_client_does_not_follow(
    other: Faulty, environ: dict[str, str], fetch: Fetch, redirect: Redirect, code: int
) -> None:
    redirect(other.address + "{path}", code=code)
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert f"HTTP {code}" in visit.message
    assert other.requests == []


@pytest.mark.parametrize("name", ["VAULT_DISABLE_REDIRECTS", "BAO_DISABLE_REDIRECTS"])
@pytest.mark.parametrize("value", ["true", "1", "T"])
def test_redirects_can_be_forbidden(
    other: Faulty, environ: dict[str, str], fetch: Fetch, redirect: Redirect, name: str, value: str
) -> None:
    redirect(other.address + "{path}")
    visit = fetch(environ | {name: value}, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert f"{name} forbids redirects" in visit.message
    assert other.address in visit.message
    assert other.requests == []


def test_what_is_neither_true_nor_false_does_not_allow_redirects(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ | {"VAULT_DISABLE_REDIRECTS": "ja"}, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert "VAULT_DISABLE_REDIRECTS must be true or false" in visit.message
    assert set(fetch(environ | {"VAULT_DISABLE_REDIRECTS": "false"}, ONE).values) == {"A"}


@pytest.mark.parametrize("userinfo", ["user:hunter2@", "user@", ":hunter2@", "@", "hunter2%40:x@"])
@pytest.mark.parametrize("scheme", ["http://", "//"])
def test_a_redirect_to_an_address_with_credentials_is_not_followed(
    other: Faulty, environ: dict[str, str], fetch: Fetch, redirect: Redirect, scheme: str, userinfo: str
) -> None:
    redirect(scheme + userinfo + other.address.removeprefix("http://") + "{path}")
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "an address with a user name or a password in it" in visit.message
    assert "hunter2" not in visit.message
    assert other.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "",
        "ftp://{other}/v1/x",
        "file:///v1/etc/passwd",
        "http:///v1/x",
        "http://[::1/v1/x",
        "http://{other}:99999/v1/x",
        "http://{other}/login",
        "http://good\\@{other}/v1/x",
        "http://{other} /v1/x",
        "javascript:/v1/",
    ],
)
def test_a_redirect_to_what_is_not_vaults_api_is_not_followed(
    other: Faulty, environ: dict[str, str], fetch: Fetch, redirect: Redirect, location: str
) -> None:
    redirect(location.replace("{other}", other.address.removeprefix("http://")))
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert visit.message.count("it redirects") == 1
    assert other.requests == []


def test_a_request_that_writes_is_not_redirected_to_another_path(
    bao: OpenBao, authority_engine: None, other: Faulty, environ: dict[str, str], fetch: Fetch, redirect: Redirect
) -> None:
    reference = "certificates/issue/web?common_name=shop.example#certificate"
    redirect(other.address + "/v1/sys/policies/acl/evil", where="/v1/certificates")
    visit = fetch(environ, {"A": reference})
    assert visit.codes == {"A": "vault-unavailable"}
    assert "redirects a request that writes to another path" in visit.message
    assert other.requests == []


def test_a_request_that_writes_is_redirected_as_it_is(
    bao: OpenBao, authority_engine: None, other: Faulty, environ: dict[str, str], fetch: Fetch, redirect: Redirect
) -> None:
    redirect(other.address + "{path}", code=302, where="/v1/certificates")
    visit = fetch(environ, {"A": "certificates/issue/web?common_name=shop.example#certificate"})
    assert "BEGIN CERTIFICATE" in visit.values["A"]
    assert visit.answered_by == {"A": other.address}
    assert other.requests == [("PUT", "/v1/certificates/issue/web")]
