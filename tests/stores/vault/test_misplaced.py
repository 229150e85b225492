"""A credential in a variable that should hold something else is told by the variable, never by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.vault import faulty
from tests.support.vault.certificates import Authority
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import CANARY, Fetch, Visit
from tests.support.vault.openbao import OpenBao

ONE = {"A": "vault:secret/shop#password"}


@pytest.fixture
def fetch() -> Fetch:
    """Looks for the canary in all that boot says. (urllib3 logs the addresses that it asks; boot has no log of it.)"""
    looking = Fetch(set)

    def nothing_shown(visit: Visit, *_: str) -> None:
        said = [json.dumps(problem.as_dict()) for problem in visit.problems] + visit.progress
        assert CANARY not in "".join([*said, *(json.dumps(record) for record in visit.log)]).lower()

    looking.assert_nothing_leaked = nothing_shown  # type: ignore[method-assign]
    return looking


# As a token, as base64 that begins with a slash, with blanks, as a relative path, and as lines.
CREDENTIALS = (
    f"hvs.{CANARY}",
    f"/{CANARY}+/9j/4AA=",
    f"{CANARY} and {CANARY}",
    f"../{CANARY}",
    f"-----BEGIN PRIVATE KEY-----\n{CANARY}",
)
# The variable → what must be set with it for it to be looked at.
WITH: dict[str, dict[str, str]] = {
    "VAULT_CACERT": {},
    "VAULT_CAPATH": {},
    "VAULT_CLIENT_CERT": {"VAULT_CLIENT_KEY": "/dev/null"},
    "VAULT_CLIENT_KEY": {"VAULT_CLIENT_CERT": "/dev/null"},
    "VAULT_TLS_SERVER_NAME": {},
    "VAULT_SKIP_VERIFY": {},
    "VAULT_DISABLE_REDIRECTS": {},
    "VAULT_CLIENT_TIMEOUT": {},
    "VAULT_ADDR": {},
    "VAULT_PROXY_ADDR": {},
    "VAULT_HTTP_PROXY": {},
    "VAULT_NAMESPACE": {},
    "VAULT_TOKEN": {},
    "VAULT_TOKEN_FILE": {"VAULT_TOKEN": ""},
    "VAULT_ROLE_ID_FILE": {"VAULT_TOKEN": "", "VAULT_SECRET_ID": "x"},
    "VAULT_SECRET_ID_FILE": {"VAULT_TOKEN": "", "VAULT_ROLE_ID": "x"},
    "VAULT_WRAPPED_SECRET_ID_FILE": {"VAULT_TOKEN": "", "VAULT_ROLE_ID": "x"},
    "VAULT_USERNAME": {"VAULT_TOKEN": "", "VAULT_PASSWORD": "x"},
    "VAULT_PASSWORD_FILE": {"VAULT_TOKEN": "", "VAULT_USERNAME": "x"},
    "VAULT_ROLE": {"VAULT_TOKEN": "", "VAULT_JWT": "x"},
    "VAULT_JWT_FILE": {"VAULT_TOKEN": "", "VAULT_ROLE": "x"},
    "CONFCONTRACT_VAULT_AUTH": {},
    "CONFCONTRACT_VAULT_AUTH_MOUNT": {"VAULT_TOKEN": "", "VAULT_USERNAME": "x", "VAULT_PASSWORD": "x"},
    "CONFCONTRACT_VAULT_KV_VERSION": {},
    "CONFCONTRACT_VAULT_MOVE": {},
}


@pytest.mark.parametrize("twin", ["VAULT_", "BAO_"])
@pytest.mark.parametrize("variable", WITH)
def test_a_credential_in_the_wrong_variable_is_not_shown(
    signer: OpenBao, environ: dict[str, str], fetch: Fetch, variable: str, twin: str
) -> None:
    name = variable.replace("VAULT_", twin) if variable.startswith("VAULT_") else variable
    for value in CREDENTIALS:
        given = {**environ, **WITH[variable], variable: value}
        as_twins = {key.replace("VAULT_", twin) if key.startswith("VAULT_") else key: given[key] for key in given}
        visit = fetch(as_twins, ONE, deadline=1)
        told = " ".join(f"{problem.message} {problem.hint}" for problem in visit.problems)
        assert visit.values or name in told or variable in told, told


@pytest.mark.parametrize(
    "server_says", ["namespace not found: {}", 'role "{}" could not be found', "no such user: {}!"]
)
def test_a_name_that_vault_has_not_taken_is_taken_out_of_its_words(
    proxy: Faulty, address: dict[str, str], fetch: Fetch, server_says: str
) -> None:
    value = f"hvs.{CANARY}\\x"
    escaped = json.dumps(value.upper())[1:-1]
    proxy.fault(faulty.says(400, server_says.format(value), server_says.format(escaped)))
    for given in (
        {"VAULT_ROLE": value, "VAULT_JWT": "x"},
        {"VAULT_USERNAME": value, "VAULT_PASSWORD": "x"},
        {"VAULT_TOKEN": "x", "VAULT_NAMESPACE": value},
    ):
        visit = fetch({**address, **given}, ONE)
        assert "[hidden]" in visit.message


def test_a_name_that_vault_has_taken_is_told(bao: OpenBao, address: dict[str, str], fetch: Fetch) -> None:
    bao.api("POST", "sys/auth/userpass", {"type": "userpass"})
    bao.do("POST", "auth/userpass/users/shop-user", {"password": "hunter2", "token_policies": "default"})
    given = {**address, "VAULT_USERNAME": "shop-user", "VAULT_PASSWORD": "hunter2"}
    assert "to the user shop-user at auth/userpass" in fetch(given, ONE).message


@pytest.mark.parametrize(
    "value",
    [
        "CANARY",
        "CANARY:3128",
        "http://user:CANARY@127.0.0.1:9",
        "http://127.0.0.1:9/CANARY",
        "http://user:123/CANARY@127.0.0.1:9",
        "http://CANARY:x@",
        "user:CANARY@127.0.0.1:9",
    ],
)
@pytest.mark.parametrize("variable", ["VAULT_PROXY_ADDR", "HTTP_PROXY", "http_proxy"])
def test_of_a_proxy_only_its_host_is_told(fetch: Fetch, variable: str, value: str) -> None:
    environ = {"VAULT_ADDR": "http://vault.invalid", "VAULT_TOKEN": "t", variable: value.replace("CANARY", CANARY)}
    assert set(fetch(environ, ONE, deadline=1).codes.values()) <= {"vault-unavailable", "vault-not-configured"}


@pytest.mark.parametrize("path", ["/CANARY", "/services/CANARY/x", "/a@CANARY", "?key=CANARY", "#CANARY"])
def test_of_an_address_only_scheme_host_and_port_are_told(bao: OpenBao, fetch: Fetch, path: str) -> None:
    visit = fetch({"VAULT_ADDR": bao.address + path.replace("CANARY", CANARY), "VAULT_TOKEN": "t"}, ONE, deadline=1)
    assert set(visit.codes.values()) <= {"vault-unavailable", "vault-not-configured"}


def test_a_server_name_that_is_not_in_the_certificate_is_told_by_its_variable(
    bao: OpenBao, authority: Authority, fetch: Fetch
) -> None:
    server = Faulty(bao.address, authority.issue("localhost"))
    environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": bao.token, "VAULT_CACERT": str(authority.ca)}
    visit = fetch(environ | {"VAULT_TLS_SERVER_NAME": f"hvs.{CANARY}"}, ONE)
    assert "certificate is not valid for the name in VAULT_TLS_SERVER_NAME" in visit.message
    server.stop()


def test_of_a_path_that_is_not_there_the_folder_is_told(address: dict[str, str], fetch: Fetch, tmp_path: Path) -> None:
    visit = fetch(address | {"VAULT_TOKEN_FILE": f"{tmp_path}/{CANARY}"}, ONE)
    assert f"VAULT_TOKEN_FILE names a file in {tmp_path} that does not exist" in visit.message
