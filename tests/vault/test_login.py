"""Every way to log in, against the real methods of a real server, and what is said when it does not work."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.vault import faulty
from tests.vault.certificates import Authority
from tests.vault.faulty import Faulty
from tests.vault.fetching import Fetch
from tests.vault.openbao import OpenBao

ONE = {"A": "vault:secret/shop#password"}
ROLE = "auth/approle/role/shop"


@pytest.fixture
def address(proxy: Faulty) -> dict[str, str]:
    return {"VAULT_ADDR": proxy.address}


@pytest.fixture
def approle(bao: OpenBao, canary: str, address: dict[str, str]) -> dict[str, str]:
    bao.do("POST", ROLE, {"token_policies": "shop", "token_ttl": "1h"})
    role_id = bao.do("GET", f"{ROLE}/role-id")["role_id"]
    secret_id = f"{canary}-{time.monotonic_ns()}"
    bao.do("POST", f"{ROLE}/custom-secret-id", {"secret_id": secret_id})
    return address | {"VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}


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
        "/v1/auth/token/lookup-self",
    ]
    bao.policy("nothing", ("secret/data/elsewhere", "read"))
    visit = fetch(environ | {"VAULT_TOKEN": bao.make_token("nothing")}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "Vault denied secret/shop to the token from VAULT_TOKEN" in visit.message
    assert "secret/data/shop" in visit.problems[0].hint


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
    assert f"VAULT_TOKEN_FILE names {file}, which {words}" in visit.message


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


def test_a_login_at_a_mount_that_does_not_exist_is_refused(approle: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(approle | {"CONFCONTRACT_VAULT_AUTH_MOUNT": "nowhere"}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "auth/nowhere" in visit.message


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
        (faulty.status(200, b'{"auth": {"client_token": "a\\nb"}}'), "vault-unavailable", "a token that is none"),
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
    bao.do("POST", ROLE, {"token_policies": "shop", "token_ttl": "1s"})
    proxy.fault(faulty.says(503, Retry_After="2"), where="secret/data", times=1)
    assert fetch(approle, ONE).values == {"A": canary}
    assert proxy.count("auth/approle/login") == 2


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
    assert "an attempt of ours whose answer got lost" in visit.message


def test_a_wrapping_token_from_another_path_is_refused_unopened(
    bao: OpenBao, proxy: Faulty, wrapped: dict[str, str], fetch: Fetch
) -> None:
    forged = bao.do("POST", "sys/wrapping/wrap", {"secret_id": "mine"}, wrap="60s")["token"]
    visit = fetch(wrapped | {"VAULT_WRAPPED_SECRET_ID": forged}, ONE)
    assert visit.codes == {"A": "vault-denied"}
    assert "was not made by auth/approle" in visit.message
    assert proxy.count("wrapping/unwrap") == 0


def test_user_and_password(bao: OpenBao, address: dict[str, str], fetch: Fetch, canary: str) -> None:
    bao.api("POST", "sys/auth/userpass", {"type": "userpass"})
    bao.do("POST", "auth/userpass/users/shop", {"password": f"{canary}-pass", "token_policies": "shop"})
    environ = address | {"VAULT_USERNAME": "shop", "VAULT_PASSWORD": f"{canary}-pass"}
    assert fetch(environ, ONE).values == {"A": canary}
    visit = fetch(environ | {"VAULT_PASSWORD": f"{canary}-wrong"}, ONE)
    assert visit.codes == {"A": "vault-denied"}


def sign_jwt(bao: OpenBao, claims: dict[str, object]) -> str:
    """A JWT signed with a real key: the transit engine of the server holds it."""

    def encode(part: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    signed = f"{encode({'alg': 'RS256', 'typ': 'JWT'})}.{encode(claims)}"
    options = {"signature_algorithm": "pkcs1v15", "marshaling_algorithm": "jws", "hash_algorithm": "sha2-256"}
    body = {"input": base64.b64encode(signed.encode()).decode(), **options}
    signature: str = bao.do("POST", "transit/sign/jwt", body)["signature"]
    return f"{signed}.{signature.rpartition(':')[2]}"


@pytest.fixture(scope="session")
def signer(bao: OpenBao) -> OpenBao:
    bao.do("POST", "sys/mounts/transit", {"type": "transit"})
    bao.do("POST", "transit/keys/jwt", {"type": "rsa-2048"})
    public = bao.do("GET", "transit/keys/jwt")["keys"]["1"]["public_key"]
    bao.do("POST", "sys/auth/jwt", {"type": "jwt"})
    bao.do("POST", "auth/jwt/config", {"jwt_validation_pubkeys": [public]})
    role = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], "token_policies": "shop"}
    bao.do("POST", "auth/jwt/role/shop", role)
    return bao


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
    assert f"JWT role shop at auth/jwt, JWT from the file {file}" in visit.message
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
    assert "Kubernetes role shop at auth/kubernetes" in visit.message


def test_outside_of_a_pod_the_missing_service_account_is_named(address: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(address | {"VAULT_ROLE": "shop"}, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert "/var/run/secrets/kubernetes.io/serviceaccount/token does not exist" in visit.message


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "there are no credentials"),
        ({"CONFCONTRACT_VAULT_AUTH": "magic"}, "CONFCONTRACT_VAULT_AUTH is none of token,"),
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
