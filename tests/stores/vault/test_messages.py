"""What somebody reads at three in the morning: the place, the identity and its policies, and the next step."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch, Visit, patiently
from tests.support.vault.openbao import OpenBao

ONE = {"A": "secret/shop#password"}
OPTIONAL = {"A": "secret/nothing#k|"}


def test_a_denial_names_the_policies_that_a_given_token_has(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch
) -> None:
    bao.policy("elsewhere", ("secret/data/elsewhere", "read"))
    visit = fetch(environ | {"VAULT_TOKEN": bao.make_token("elsewhere")}, ONE)
    assert "allows read on secret/data/shop; its policies are default, elsewhere." in visit.problems[0].hint


def test_a_denial_names_the_policies_that_a_login_gave(bao: OpenBao, approle: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(approle, {"A": "secret/elsewhere#k"})
    assert "allows read on secret/data/elsewhere; its policies are default, shop." in visit.problems[0].hint


def test_a_denied_mount_names_what_to_allow(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.policy("mountless", ("legacy/shop", "read"))
    visit = fetch(environ | {"VAULT_TOKEN": bao.make_token("mountless")}, ONE)
    assert "no permission there, or no such mount" in visit.message
    assert (
        "read on secret/data/shop (KV version 2) or secret/shop; its policies are default, mountless."
        in visit.problems[0].hint
    )


@pytest.mark.parametrize("address", ["vault:8200", "root:hunter2@vault:8200", "hvs.token"])
def test_an_address_that_is_not_a_url_is_not_shown(address: str, fetch: Fetch) -> None:
    message = fetch({"VAULT_ADDR": address}, ONE).message
    assert "VAULT_ADDR is not a URL; write it as in https://" in message
    assert address not in message


def test_no_policy_can_deny_the_look_up_of_a_mount_to_a_token_that_may_read_there(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    """So what denies it is a proxy, or another server than the ones that we know."""
    rules = (("secret/data/shop", "read"), ("sys/internal/ui/mounts/*", "deny"), ("secret/*", "deny"), ("*", "deny"))
    bao.policy("blind", *rules)
    environ["VAULT_TOKEN"] = bao.make_token("blind", no_default_policy=True)
    assert fetch(environ, ONE).values == {"A": canary}


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 413])
def test_a_page_that_is_not_vaults_is_never_taken_for_a_refusal(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, code: int
) -> None:
    proxy.fault(faulty.status(code, b"<html>no</html>", Content_Type="text/html"), where="secret/data")
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert f"it answered {code} with something that is not from Vault (a proxy's page?)" in visit.message


@pytest.mark.parametrize("code", [300, 303, 304])
def test_a_status_that_vault_does_not_have_is_not_its_refusal(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, code: int
) -> None:
    proxy.fault(faulty.status(code, b""), where="secret/data")
    assert fetch(environ, ONE).codes == {"A": "vault-unavailable"}


def test_a_redirect_to_what_is_no_address_is_no_defect_of_ours(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    proxy.fault(faulty.status(307, Location="http://[::1/v1/x"), where="secret/data")
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "redirects to an invalid URL" in visit.message


class Refusing(BaseHTTPRequestHandler):
    """A proxy that lets nobody through."""

    status = 407

    def do_CONNECT(self) -> None:
        self.send_error(self.status)

    do_GET = do_CONNECT

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def refusing() -> Iterator[tuple[type[Refusing], str]]:
    kind = type("Refusing", (Refusing,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kind, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_says_so_at_once(
    refusing: tuple[type[Refusing], str], fetch: Fetch, scheme: str
) -> None:
    environ = {"VAULT_ADDR": f"{scheme}://vault.invalid:8200", "VAULT_TOKEN": "t", "VAULT_PROXY_ADDR": refusing[1]}
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-unavailable"}
    assert "the proxy requires a user and a password (HTTP 407)" in visit.message
    assert [record["proxy"] for record in visit.log] == [refusing[1].removeprefix("http://")]


@pytest.mark.parametrize(("status", "again"), [(403, False), (502, True)])
def test_what_a_proxy_says_instead_of_letting_us_through_is_told(
    refusing: tuple[type[Refusing], str], fetch: Fetch, status: int, again: bool
) -> None:
    refusing[0].status = status
    environ = {"VAULT_ADDR": "https://vault.invalid:8200", "VAULT_TOKEN": "t", "VAULT_PROXY_ADDR": refusing[1]}
    words = f"the proxy refused the connection (HTTP {status})"
    visit = patiently(lambda seconds: fetch(environ, ONE, deadline=seconds), lambda visit: words in visit.message)
    assert visit.codes == {"A": "vault-unavailable"}
    assert words in visit.message
    assert (len(visit.log) > 1) is again


def test_an_address_with_a_path_too_many_is_no_absence_of_the_secret(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch
) -> None:
    """Vault answers 404 there in the same words as for a secret that is not there."""
    environ["VAULT_ADDR"] = f"{bao.address}/vault"
    for override in ("", "2"):
        visit = fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": override}, OPTIONAL)
        assert visit.codes == {"A": "vault-unavailable"}
        assert "is the path in VAULT_ADDR right?" in visit.message


@pytest.mark.parametrize(
    ("override", "reference"),
    [
        ("1", "secret/shop#password|"),
        ("2", "legacy/shop#password|"),
        ("raw", "secret/shop#password|"),
        ("1", "team/kv/x#k|"),
    ],
)
def test_an_override_that_is_wrong_is_told_and_passes_nothing_over(
    environ: dict[str, str], fetch: Fetch, override: str, reference: str
) -> None:
    visit = fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": override}, {"A": reference})
    assert visit.absent == []
    assert "CONFCONTRACT_VAULT_KV_VERSION" in visit.problems[0].hint, visit.problems


def test_an_override_that_is_right_lets_the_absent_be_absent(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    assert fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": "2"}, OPTIONAL).absent == ["A"]
    proxy.fault(faulty.says(403, "permission denied"), where="sys/internal/ui/mounts")
    assert fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": "2"}, OPTIONAL).absent == ["A"]


def test_a_path_that_hangs_is_told_from_a_server_that_is_out_of_reach(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    proxy.fault(faulty.silence, where="legacy/shop")

    def asked(seconds: float) -> Visit:
        return fetch(environ, ONE | {"B": "legacy/shop#password"}, deadline=seconds)

    visit = patiently(asked, lambda visit: visit.values)
    assert visit.values == {"A": canary}
    assert "gave no answer in time for legacy/shop, although it answered before" in visit.message
    assert "what this engine depends on" in visit.problems[0].hint


def test_an_attempt_that_the_deadline_cuts_off_is_told_like_any_other(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    proxy.fault(faulty.dripping_headers)
    visit = fetch(environ, ONE, deadline=2.0)
    assert [(record["attempt"], record["reason"]) for record in visit.log] == [(1, "no answer in time")]
    assert visit.log[0]["retry_in_seconds"] is None


def test_a_login_that_the_server_can_not_serve_is_named(proxy: Faulty, approle: dict[str, str], fetch: Fetch) -> None:
    proxy.fault(faulty.says(500, "could not load backend configuration"), where="auth/approle/login")
    words = "could not load backend configuration; gave up after"
    visit = patiently(lambda seconds: fetch(approle, ONE, deadline=seconds), lambda visit: words in visit.message)
    assert "at the login (AppRole at auth/approle" in visit.message


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"VAULT_SECRET_ID": "x"}, "VAULT_ROLE_ID"),
        ({"BAO_SECRET_ID_FILE": "/run/x"}, "VAULT_ROLE_ID"),
        ({"VAULT_WRAPPED_SECRET_ID": "x"}, "VAULT_ROLE_ID"),
        ({"VAULT_PASSWORD_FILE": "/run/x"}, "VAULT_USERNAME"),
        ({"VAULT_JWT": "x"}, "VAULT_ROLE"),
    ],
)
def test_half_of_a_credential_names_the_other_half(
    address: dict[str, str], fetch: Fetch, given: dict[str, str], missing: str
) -> None:
    visit = fetch(address | given, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert f"{next(iter(given))} is set without {missing}, which it needs" in visit.message


def test_a_wrapped_secret_id_beside_a_plain_one_is_refused_rather_than_guessed(
    bao: OpenBao, approle: dict[str, str], fetch: Fetch
) -> None:
    visit = fetch(approle | {"VAULT_WRAPPED_SECRET_ID": "x"}, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert "keep one" in visit.message


@pytest.mark.parametrize("proxy_url", ["http://", "http://user:hunter2@proxy:99999", "ftp://proxy", "http://pro xy:1"])
def test_a_proxy_that_is_no_url_is_refused_by_its_variable_and_not_shown(
    address: dict[str, str], fetch: Fetch, proxy_url: str
) -> None:
    visit = fetch(address | {"VAULT_TOKEN": "t", "BAO_PROXY_ADDR": proxy_url}, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert "BAO_PROXY_ADDR is not the URL of an HTTP proxy" in visit.message
    assert "hunter2" not in visit.message


def test_a_secret_in_a_namespace_below_is_found_by_its_path(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch
) -> None:
    """Of its mount the server says where it is from the root, not from the namespace that was asked in."""
    if bao.api("POST", "sys/namespaces/above", {})[0] >= 300:
        pytest.skip("this build of OpenBao has no namespaces")
    bao.do("POST", "sys/namespaces/below", {}, namespace="above")
    bao.do("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}}, namespace="above/below")
    bao.do("POST", "kv/data/shop", {"data": {"k": "deep"}}, namespace="above/below")
    for namespace, path in (("", "above/below/kv"), ("above", "below/kv"), ("above/below", "kv")):
        assert fetch(environ | {"VAULT_NAMESPACE": namespace}, {"A": f"{path}/shop#k"}).values == {"A": "deep"}


def test_a_path_that_is_only_a_mount_is_told_so(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ, {"A": "team/kv#k"})
    assert visit.codes == {"A": "vault-path-missing"}
    assert "team/kv names no secret: it is only a mount; a path in it is needed" in visit.message
    assert "team/kv/PATH#k" in visit.problems[0].hint


def test_a_quota_of_the_server_is_waited_for_and_named(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.do("POST", "sys/mounts/limited", {"type": "kv", "options": {"version": "1"}})
    for name in ("a", "b"):
        bao.do("POST", f"limited/{name}", {"k": name})
    references = {name.upper(): f"limited/{name}#k" for name in ("a", "b")}
    bao.do("POST", "sys/quotas/rate-limit/slow", {"path": "limited/", "rate": 1, "interval": "1s"})
    assert fetch(environ, references).values == {"A": "a", "B": "b"}
    bao.do("POST", "sys/quotas/rate-limit/slow", {"path": "limited/", "rate": 1, "interval": "1h"})
    visit = patiently(lambda seconds: fetch(environ, references, deadline=seconds), lambda visit: visit.log)
    assert set(visit.codes.values()) == {"vault-unavailable"}
    assert "rate limit quota exceeded" in visit.problems[0].message
    assert "Raise the quota" in visit.problems[0].hint


def test_a_second_login_that_is_refused_is_told_as_a_login_and_not_as_a_denied_mount(
    bao: OpenBao, approle: dict[str, str], fetch: Fetch, canary: str
) -> None:
    reader = fetch.reader(approle)
    assert fetch(approle, ONE, reader=reader).values == {"A": canary}
    assert reader.token is not None
    bao.do("POST", "auth/token/revoke", {"token": reader.token.value})
    approle["VAULT_SECRET_ID"] = f"{canary}-wrong"
    visit = fetch(approle, ONE, reader=reader)
    assert visit.codes == {"A": "vault-denied"}
    assert "refused the login (AppRole at auth/approle" in visit.message
