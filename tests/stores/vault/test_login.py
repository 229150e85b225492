"""Every way to log in, against the real methods of a real server, and what is said when it does not work."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.vault import faulty
from tests.support.vault.certificates import Authority
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.jwt import sign_jwt
from tests.support.vault.openbao import OpenBao

ONE = {"A": "vault:secret/shop#password"}
ROLE = "auth/approle/role/shop"


def test_a_login_at_a_mount_that_does_not_exist_is_refused(approle: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(approle | {"CONFCONTRACT_VAULT_AUTH_MOUNT": "nowhere"}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "AppRole at the mount of CONFCONTRACT_VAULT_AUTH_MOUNT" in visit.message
    assert "nowhere" not in visit.message


def test_a_login_is_tried_again_when_vault_is_unwell(
    proxy: Faulty, approle: dict[str, str], fetch: Fetch, canary: str
) -> None:
    proxy.fault(faulty.says(503, "Vault is sealed"), where="auth/approle/login", times=2)
    visit = fetch(approle, ONE)
    assert visit.values == {"A": canary}
    assert {record["about"] for record in visit.log} == {"the login"}


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (faulty.status(200, b"{}"), "vault-unavailable", "no token"),
        (faulty.status(200, b'{"auth": {"client_token": ""}}'), "vault-unavailable", "no token"),
        (faulty.status(200, b'{"auth": {"client_token": "a\\nb"}}'), "vault-unavailable", "an invalid token"),
        (
            faulty.status(200, b'{"auth": {"client_token": "", "mfa_requirement": {"mfa_request_id": "x"}}}'),
            "vault-denied",
            "second factor",
        ),
        (faulty.status(200, b"<html>", Content_Type="text/html"), "vault-unavailable", "a proxy's page?"),
        (faulty.says(400, "invalid role or secret ID"), "vault-denied", "invalid role or secret ID"),
        (faulty.says(404, "no handler for route"), "vault-denied", "no handler for route"),
    ],
)
def test_an_answer_to_the_login_that_is_no_token(
    proxy: Faulty, approle: dict[str, str], fetch: Fetch, fault: faulty.Fault, code: str, words: str
) -> None:
    proxy.fault(fault, where="auth/approle/login")
    visit = fetch(approle, ONE)
    assert visit.codes == {"A": code}
    assert words in visit.message


def test_one_login_for_several_fetches_and_none_where_the_token_is_fresh(
    proxy: Faulty, approle: dict[str, str], fetch: Fetch, canary: str
) -> None:
    reader = fetch.reader(approle)
    for _ in range(3):
        assert fetch(approle, ONE, reader=reader).values == {"A": canary}
    assert proxy.count("auth/approle/login") == 1
    visit = fetch(approle, {"B": "secret/forbidden#k"})
    assert visit.codes == {"B": "vault-denied"}
    assert proxy.count("auth/approle/login") == 2, "the first login of a second reader; a denial then is final"


def test_a_token_that_was_revoked_between_two_fetches_is_replaced_by_one_login(
    bao: OpenBao, proxy: Faulty, approle: dict[str, str], fetch: Fetch, canary: str
) -> None:
    reader = fetch.reader(approle)
    fetch(approle, ONE, reader=reader)
    (token,) = proxy.tokens - {""}
    bao.do("POST", "auth/token/revoke", {"token": token})
    both = ONE | {"B": "legacy/shop#password", "C": "secret/forbidden#k"}
    visit = fetch(approle, both, reader=reader)
    assert visit.values == {"A": canary, "B": f"{canary}-one"}
    assert visit.codes == {"C": "vault-denied"}
    assert proxy.count("auth/approle/login") == 2


def test_a_token_that_expired_during_a_long_wait_is_replaced(
    bao: OpenBao, proxy: Faulty, approle: dict[str, str], fetch: Fetch, canary: str
) -> None:
    bao.do("POST", ROLE, {"token_policies": "shop", "token_ttl": "4s"})
    proxy.fault(faulty.says(503, Retry_After="5"), where="secret/data", times=1)
    assert fetch(approle, ONE).values == {"A": canary}
    assert proxy.count("auth/approle/login") == 2


def test_user_and_password(bao: OpenBao, address: dict[str, str], fetch: Fetch, canary: str) -> None:
    bao.api("POST", "sys/auth/userpass", {"type": "userpass"})
    bao.do("POST", "auth/userpass/users/shop", {"password": f"{canary}-pass", "token_policies": "shop"})
    environ = address | {"VAULT_USERNAME": "shop", "VAULT_PASSWORD": f"{canary}-pass"}
    assert fetch(environ, ONE).values == {"A": canary}
    visit = fetch(environ | {"VAULT_PASSWORD": f"{canary}-wrong"}, ONE)
    assert visit.codes == {"A": "vault-denied"}


def test_a_jwt_is_read_anew_from_its_file_at_each_login(
    signer: OpenBao, address: dict[str, str], fetch: Fetch, canary: str, tmp_path: Path
) -> None:
    file = tmp_path / "jwt"
    now = int(time.time())
    file.write_text(sign_jwt(signer, {"sub": canary, "aud": "vault", "iat": now - 3600, "exp": now - 1800}))
    environ = address | {"VAULT_ROLE": "shop", "VAULT_JWT_FILE": str(file)}
    reader = fetch.reader(environ)
    visit = fetch(environ, ONE, reader=reader)
    assert visit.codes == {"A": "vault-denied"}
    assert f"JWT role of VAULT_ROLE at auth/jwt, JWT from the file {file}" in visit.message
    file.write_text(sign_jwt(signer, {"sub": canary, "aud": "vault", "iat": now, "exp": now + 600}))
    assert fetch(environ, ONE, reader=reader).values == {"A": canary}


class TokenReview(BaseHTTPRequestHandler):
    """The one endpoint of the Kubernetes API that the kubernetes method asks."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        user = {
            "username": "system:serviceaccount:shop:web",
            "uid": "1",
            "groups": ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
        }
        genuine = review["spec"]["token"].endswith(".genuine")
        review["status"] = {"authenticated": True, "user": user} if genuine else {"authenticated": False}
        body = json.dumps(review).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def kubernetes(bao: OpenBao, authority: Authority) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), TokenReview)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bao.api("POST", "sys/auth/kubernetes", {"type": "kubernetes"})
    bao.do(
        "POST",
        "auth/kubernetes/config",
        {
            "kubernetes_host": f"http://127.0.0.1:{server.server_address[1]}",
            "token_reviewer_jwt": "reviewer",
            "kubernetes_ca_cert": authority.ca.read_text(),
            "disable_local_ca_jwt": True,
        },
    )
    role = {"bound_service_account_names": "web", "bound_service_account_namespaces": "shop", "token_policies": "shop"}
    bao.do("POST", "auth/kubernetes/role/shop", role)
    yield
    server.shutdown()
    server.server_close()


def test_a_kubernetes_service_account(
    kubernetes: None, signer: OpenBao, address: dict[str, str], fetch: Fetch, canary: str, tmp_path: Path
) -> None:
    claims = {
        "iss": "kubernetes/serviceaccount",
        "sub": "system:serviceaccount:shop:web",
        "iat": int(time.time()) - 60,
        "nbf": int(time.time()) - 60,
        "exp": int(time.time()) + 600,
        "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "web", "uid": "1"}},
    }
    genuine = sign_jwt(signer, claims).rpartition(".")[0] + ".genuine"
    file = tmp_path / "token"
    file.write_text(genuine)
    environ = address | {"CONFCONTRACT_VAULT_AUTH": "kubernetes", "VAULT_ROLE": "shop", "VAULT_JWT_FILE": str(file)}
    visit = fetch(environ, ONE)
    assert visit.values == {"A": canary}, visit.problems
    file.write_text(genuine.replace(".genuine", ".Z2VudWluZQ"))
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "Kubernetes role of VAULT_ROLE at auth/kubernetes" in visit.message


def test_outside_of_a_pod_the_missing_service_account_is_named(address: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(address | {"VAULT_ROLE": "shop"}, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert "/var/run/secrets/kubernetes.io/serviceaccount/token does not exist" in visit.message


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "there are no credentials"),
        ({"CONFCONTRACT_VAULT_AUTH": "magic"}, "CONFCONTRACT_VAULT_AUTH must be one of token,"),
        ({"CONFCONTRACT_VAULT_AUTH": "token"}, "needs VAULT_TOKEN"),
        ({"CONFCONTRACT_VAULT_AUTH": "token-file"}, "needs VAULT_TOKEN_FILE"),
        ({"CONFCONTRACT_VAULT_AUTH": "approle"}, "needs VAULT_ROLE_ID or VAULT_ROLE_ID_FILE"),
        ({"CONFCONTRACT_VAULT_AUTH": "jwt", "VAULT_ROLE": "r"}, "needs VAULT_JWT or VAULT_JWT_FILE"),
        ({"CONFCONTRACT_VAULT_AUTH": "kubernetes"}, "needs VAULT_ROLE"),
        ({"CONFCONTRACT_VAULT_AUTH": "cert"}, "needs VAULT_CLIENT_CERT"),
        ({"VAULT_USERNAME": "u"}, "needs VAULT_PASSWORD or VAULT_PASSWORD_FILE"),
        ({"VAULT_ROLE_ID": "r", "VAULT_ROLE_ID_FILE": "f"}, "VAULT_ROLE_ID and VAULT_ROLE_ID_FILE are both set"),
        ({"VAULT_ROLE_ID": "r", "CONFCONTRACT_VAULT_AUTH_MOUNT": "a b"}, "CONFCONTRACT_VAULT_AUTH_MOUNT"),
        ({"VAULT_ROLE_ID": "r", "CONFCONTRACT_VAULT_AUTH_MOUNT": "../sys"}, "CONFCONTRACT_VAULT_AUTH_MOUNT"),
    ],
)
def test_credentials_that_are_missing_or_contradict_each_other(
    proxy: Faulty, address: dict[str, str], fetch: Fetch, environ: dict[str, str], words: str
) -> None:
    visit = fetch(address | environ, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert words in visit.message
    assert proxy.requests == []
