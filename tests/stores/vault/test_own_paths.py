"""Vault's own paths: a reference with parameters never writes there, and none hands out what boot itself has."""

from __future__ import annotations

import pytest

from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao

POLICY = 'policy=path "*" { capabilities = ["sudo"] }'
WRITTEN = {
    "sys": f"policies/acl/evil?{POLICY}",
    "identity": "entity?name=evil",
    "auth/token": "create?policies=root",
    "auth/approle": "role/evil?token_policies=root",
    "cubbyhole": "evil?k=v",
}
NAMESPACES = ("", "above", "above/below")
AUTHORITY = "root"  # the kind that the engine generates, rather than "intermediate"


@pytest.fixture(scope="module")
def nested(bao: OpenBao) -> OpenBao:
    """above/ and above/below/, each with an auth method and an engine that makes certificates at `team/sys`."""
    if bao.api("GET", "sys/namespaces?list=true")[0] == 404 and bao.api("POST", "sys/namespaces/probe", {})[0] >= 300:
        pytest.skip("this build of OpenBao has no namespaces")
    parents = [namespace.rpartition("/") for namespace in NAMESPACES if namespace]
    for parent, _, name in parents:
        bao.api("POST", f"sys/namespaces/{name}", {}, namespace=parent)
    for namespace in NAMESPACES:
        if namespace:
            bao.do("POST", "sys/auth/approle", {"type": "approle"}, namespace=namespace)
        bao.do("POST", "sys/mounts/team/sys", {"type": "pki"}, namespace=namespace)
        generated = {"common_name": "an authority", "ttl": "24h"}
        bao.do("POST", f"team/sys/{AUTHORITY}/generate/internal", generated, namespace=namespace)
        role = {"allow_any_name": True, "max_ttl": "24h"}
        bao.do("POST", "team/sys/roles/web", role, namespace=namespace)
    return bao


def everything(bao: OpenBao) -> list[object]:
    """What the writes of WRITTEN would have left behind."""
    listed: list[object] = []
    for namespace in NAMESPACES:
        for path in ("sys/policies/acl", "identity/entity/name", "auth/approle/role", "auth/token/accessors"):
            answer = bao.api("LIST", path, namespace=namespace)[1]
            listed.append(sorted(answer["data"]["keys"]) if "data" in answer else [])
    return listed


def writes(proxy: Faulty) -> list[tuple[str, str]]:
    return [request for request in proxy.requests if request[0] != "GET"]


@pytest.mark.parametrize("inside", NAMESPACES)
@pytest.mark.parametrize("configured", NAMESPACES)
@pytest.mark.parametrize("mount", WRITTEN)
def test_parameters_are_never_written_to_vaults_own_paths_in_any_namespace(
    nested: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, mount: str, configured: str, inside: str
) -> None:
    before = everything(nested)
    path = f"{inside}/{mount}" if inside else mount
    for settings in ({}, {"CONFCONTRACT_VAULT_KV_VERSION": f"raw,{path}=raw"}):
        given = environ | settings | ({"VAULT_NAMESPACE": configured} if configured else {})
        visit = fetch(given, {"A": f"vault:{path}/{WRITTEN[mount]}#k"})
        assert set(visit.codes.values()) <= {"reference-invalid", "vault-denied"}, visit.problems
    assert writes(proxy) == []
    assert everything(nested) == before


@pytest.mark.parametrize(
    "path",
    [
        "SYS/policies/acl/evil",
        "Sys/policies/acl/evil",
        "sys./policies/acl/evil",
        "sys%2Fpolicies/acl/evil",
        "s%79s/policies/acl/evil",
        "%73%79%73/policies/acl/evil",
        "root/sys/policies/acl/evil",
        "team/sys/%2e%2e/%2e%2e/sys/policies/acl/evil",
        "team/sys/..%2f..%2fsys/policies/acl/evil",
        "team/sys/../../sys/policies/acl/evil",
        "team/sys/./../../sys/policies/acl/evil",
        "above//sys/policies/acl/evil",
        "//sys/policies/acl/evil",
        "/sys/policies/acl/evil",
        "above/./sys/policies/acl/evil",
        "above%2Fsys/policies/acl/evil",
        "v1/sys/policies/acl/evil",
        "sys;x/policies/acl/evil",
        "sys\\policies/acl/evil",
        "team/sys\\..\\..\\sys/policies/acl/evil",
    ],
)
def test_no_other_spelling_of_such_a_path_is_written_to(
    nested: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, path: str
) -> None:
    before = everything(nested)
    reference = f"vault:{path}?{POLICY}#k"
    for settings in (
        {},
        {"CONFCONTRACT_VAULT_KV_VERSION": "raw"},
        {"VAULT_NAMESPACE": "above"},
        {"VAULT_NAMESPACE": "root/"},
    ):
        # an engine of the namespace's own may well be asked for a path that it doesn't have, and says so
        fetch(environ | settings, {"A": reference})
    assert [path for _, path in writes(proxy) if not path.startswith("/v1/team/sys/")] == []
    assert everything(nested) == before


@pytest.mark.parametrize("move", ["x=sys", "x=above/sys", "x=above/below/auth", "x=identity"])
def test_moved_there_is_not_written_either(
    nested: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, move: str
) -> None:
    visit = fetch(environ | {"CONFCONTRACT_VAULT_MOVE": move}, {"A": "vault:x/token/create?policies=root#k"})
    assert visit.codes == {"A": "reference-invalid"}
    assert "Vault's own" in visit.message
    assert writes(proxy) == []


@pytest.mark.parametrize(
    ("configured", "path"),
    [
        ("", "team/sys"),
        ("", "above/team/sys"),
        ("", "above/below/team/sys"),
        ("above", "team/sys"),
        ("above", "below/team/sys"),
        ("above/below", "team/sys"),
    ],
)
def test_an_engine_that_makes_something_is_written_to_whatever_its_mount_is_called(
    nested: OpenBao, environ: dict[str, str], fetch: Fetch, configured: str, path: str
) -> None:
    given = environ | ({"VAULT_NAMESPACE": configured} if configured else {})
    visit = fetch(given, {"A": f"vault:{path}/issue/web?common_name=shop.example&ttl=1h#certificate"})
    assert "BEGIN CERTIFICATE" in visit.values["A"]


@pytest.mark.parametrize("settings", [{}, {"CONFCONTRACT_VAULT_KV_VERSION": "team/sys=raw"}])
def test_where_the_server_does_not_say_which_engine_it_is_nothing_is_written(
    nested: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, settings: dict[str, str]
) -> None:
    proxy.fault(faulty.says(403, "permission denied"), where="sys/internal/ui/mounts")
    reference = "vault:team/sys/issue/web?common_name=shop.example#certificate"
    visit = fetch(environ | settings, {"A": reference})
    assert visit.codes == {"A": "vault-denied"}
    assert "nothing is written" in (visit.problems[0].hint or "")
    assert [path for method, path in writes(proxy)] == []


def test_what_the_server_said_of_one_path_does_not_stand_for_another_that_is_written_to(
    nested: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    """A server, or who stands before it, may give two answers about what begins in the same way."""

    def another(body: dict[str, object]) -> dict[str, object]:
        return {**body, "data": {"path": "team/sys/", "type": "ns_system"}}

    proxy.fault(faulty.edited(another), where="ui/mounts/team/sys/issue/other")
    made = "vault:team/sys/issue/web?common_name=shop.example#certificate"
    visit = fetch(environ, {"A": made, "B": "vault:team/sys/issue/other?common_name=shop.example#certificate"})
    assert visit.codes == {"B": "reference-invalid"}
    assert set(visit.creatable) == {"A"}
    assert writes(proxy) == []


@pytest.mark.parametrize("configured", NAMESPACES)
@pytest.mark.parametrize("inside", NAMESPACES)
@pytest.mark.parametrize("path", ["auth/token/lookup-self#id", "sys/mounts#accessor", "auth/approle/role/x#policies"])
def test_what_vault_keeps_for_itself_is_not_read(
    nested: OpenBao, environ: dict[str, str], fetch: Fetch, path: str, inside: str, configured: str
) -> None:
    given = environ | ({"VAULT_NAMESPACE": configured} if configured else {})
    visit = fetch(given, {"A": f"vault:{inside}/{path}" if inside else f"vault:{path}"})
    assert set(visit.codes.values()) <= {"reference-invalid", "vault-denied"}, visit.problems
    if not (configured or inside):
        assert "is Vault's own and holds no secret" in visit.message


@pytest.mark.parametrize(("inside", "engines"), [("", "raw"), ("above/", "above=raw"), ("above/", "raw")])
def test_boots_own_token_is_given_to_no_application(
    nested: OpenBao, environ: dict[str, str], fetch: Fetch, inside: str, engines: str
) -> None:
    given = environ | {"CONFCONTRACT_VAULT_KV_VERSION": engines}
    visit = fetch(given, {"A": f"vault:{inside}auth/token/lookup-self#id"})
    assert visit.codes == {"A": "reference-invalid"}, visit.problems


def test_the_cubbyhole_and_identity_tokens_are_read(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    """The one is where a deployment leaves a secret for this very token, the other is how a workload shows who it is."""
    bao.do("POST", "cubbyhole/shop", {"k": "left here"})
    bao.do("POST", "identity/oidc/key/all", {"allowed_client_ids": "*"})
    bao.do("POST", "identity/oidc/role/shop", {"key": "all"})
    bao.api("POST", "sys/auth/userpass", {"type": "userpass"})
    bao.do("POST", "auth/userpass/users/oidc", {"password": "hunter2", "token_policies": "oidc"})
    bao.policy("oidc", ("identity/oidc/token/shop", "read"))
    logged_in = {"VAULT_ADDR": proxy.address, "VAULT_USERNAME": "oidc", "VAULT_PASSWORD": "hunter2"}
    assert fetch(environ, {"A": "vault:cubbyhole/shop#k"}).values == {"A": "left here"}
    visit = fetch(logged_in, {"A": "vault:identity/oidc/token/shop#token"})
    assert visit.values["A"].count(".") == 2, "a signed token"
