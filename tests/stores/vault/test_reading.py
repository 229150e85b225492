"""Reading secrets from a real server: engines, versions, keys, types, and how many requests that takes."""

from __future__ import annotations

import pytest

from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao


def test_a_key_of_a_version_2_secret(environ: dict[str, str], fetch: Fetch, canary: str) -> None:
    visit = fetch(environ, {"SHOP_DATABASE__URL": "vault:secret/shop#database_url"})
    assert visit.values == {"SHOP_DATABASE__URL": f"postgres://shop:{canary}@db/shop"}
    assert visit.leases == []


def test_a_key_of_a_version_1_secret(environ: dict[str, str], fetch: Fetch, canary: str) -> None:
    assert fetch(environ, {"A": "bao:legacy/shop#password"}).values == {"A": f"{canary}-one"}


def test_a_mount_whose_path_has_several_segments(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    bao.put("deep/inside", {"k": canary}, mount="team/kv")
    assert fetch(environ, {"A": "team/kv/deep/inside#k"}).values == {"A": canary}


def test_a_pinned_version(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.put("pinned", {"k": "one"})
    bao.put("pinned", {"k": "two"})
    visit = fetch(environ, {"NEW": "secret/pinned#k", "OLD": "secret/pinned#k@1", "NEVER": "secret/pinned#k@7"})
    assert visit.values == {"NEW": "two", "OLD": "one"}
    assert visit.codes == {"NEVER": "vault-path-missing"}
    assert "never had version 7" in visit.message


def test_a_version_of_an_engine_that_keeps_none_is_refused(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ, {"A": "legacy/shop#password@1"})
    assert visit.codes == {"A": "reference-invalid"}


def test_typed_values_become_strings(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.put(
        "typed",
        {"s": "a\nb é", "e": "", "i": 30, "t": True, "f": 0.5, "l": [1, "b"], "o": {"a": None}, "n": None, "z": "a\0b"},
    )
    visit = fetch(environ, {name: f"secret/typed#{name.lower()}" for name in "SEITFLONZ"})
    assert visit.values == {
        "S": "a\nb é",
        "E": "",
        "I": "30",
        "T": "true",
        "F": "0.5",
        "L": '[1,"b"]',
        "O": '{"a":null}',
    }
    assert visit.codes == {"N": "vault-value-unusable", "Z": "vault-value-unusable"}


def test_a_value_that_looks_like_a_reference_is_only_a_value(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch
) -> None:
    bao.put("trap", {"k": "vault:secret/shop#password"})
    assert fetch(environ, {"A": "secret/trap#k"}).values == {"A": "vault:secret/shop#password"}


def test_names_that_need_quoting_in_a_url(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.put("odd%20name%25%20%C3%A9", {"the key?": "found"})
    assert fetch(environ, {"A": "secret/odd name% é#the key?"}).values == {"A": "found"}


def test_path_missing_key_missing_version_deleted_and_denied_are_four_messages(
    bao: OpenBao, environ: dict[str, str], fetch: Fetch
) -> None:
    bao.put("gone", {"k": "v"})
    bao.do("DELETE", "secret/data/gone")
    bao.put("destroyed", {"k": "v"})
    bao.do("PUT", "secret/destroy/destroyed", {"versions": [1]})
    bao.put("forbidden", {"k": "v"})
    bao.policy("some", *((f"secret/data/{path}", "read") for path in ("shop", "gone", "destroyed", "nothing")))
    environ["VAULT_TOKEN"] = bao.make_token("some")
    references = {
        "PATH": "vault:secret/nothing#k",
        "KEY": "vault:secret/shop#nothing",
        "DELETED": "vault:secret/gone#k",
        "DESTROYED": "vault:secret/destroyed#k@1",
        "DENIED": "vault:secret/forbidden#k",
        "MOUNT": "vault:nowhere/shop#k",
    }
    visit = fetch(environ, references)
    assert visit.codes == {
        "PATH": "vault-path-missing",
        "KEY": "vault-key-missing",
        "DELETED": "vault-version-deleted",
        "DESTROYED": "vault-version-deleted",
        "DENIED": "vault-denied",
        "MOUNT": "vault-denied",
    }
    messages = {problem.variable: problem.message for problem in visit.problems}
    assert len(set(messages.values())) == 6
    for problem in visit.problems:
        assert problem.source == f"Vault {references[problem.variable].removeprefix('vault:')}"
    assert "destroyed" in messages["DESTROYED"]
    assert "secret/data/forbidden" in next(p.hint for p in visit.problems if p.variable == "DENIED")


def test_a_mount_that_does_not_exist(environ: dict[str, str], fetch: Fetch) -> None:
    environ["CONFCONTRACT_VAULT_KV_VERSION"] = "2"
    visit = fetch(environ, {"A": "nowhere/shop#k"})
    assert visit.codes == {"A": "vault-path-missing"}
    assert "no secrets engine" in visit.message


def test_a_reference_to_the_mount_itself(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ, {"A": "team/kv#k"})
    assert visit.codes == {"A": "vault-path-missing"}


def test_the_api_path_instead_of_the_logical_one_gets_a_hint(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ, {"A": "secret/data/shop#password"})
    assert visit.codes == {"A": "vault-path-missing"}
    assert "write secret/shop" in visit.problems[0].hint


def test_an_engine_that_only_answers_to_writes(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.do("POST", "sys/mounts/only-written", {"type": "pki"})
    visit = fetch(environ, {"A": "only-written/issue/web#private_key"})
    assert visit.codes == {"A": "reference-invalid"}


def test_any_other_engine_is_read_as_it_is(bao: OpenBao, environ: dict[str, str], fetch: Fetch, canary: str) -> None:
    bao.do("POST", "cubbyhole/mine", {"k": canary})
    assert fetch(environ, {"A": "cubbyhole/mine#k"}).values == {"A": canary}


def test_a_dynamic_secret_is_read_once_for_all_its_keys_and_its_lease_is_kept(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    bao.do("POST", "cubbyhole/creds", {"username": "u", "password": "p"})
    lend = {"lease_id": "cubbyhole/creds/abc", "lease_duration": 3600, "renewable": True}
    proxy.fault(faulty.edited(lambda answer: answer | lend), where="/v1/cubbyhole/creds")
    visit = fetch(environ, {"USER": "cubbyhole/creds#username", "PASSWORD": "cubbyhole/creds#password"})
    assert visit.values == {"USER": "u", "PASSWORD": "p"}
    assert proxy.count("/v1/cubbyhole/creds") == 1
    (lease,) = visit.leases
    assert (lease.identifier, lease.path, lease.seconds, lease.renewable) == (
        "cubbyhole/creds/abc",
        "cubbyhole/creds",
        3600.0,
        True,
    )


def test_one_request_per_path_and_one_look_up_per_mount(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    for number in range(5):
        bao.put(f"many/{number}", {"a": "x", "b": "y"})
    references = {f"{key}_{number}": f"secret/many/{number}#{key}" for number in range(5) for key in "ab"}
    visit = fetch(environ, references)
    assert len(visit.values) == 10
    assert proxy.count("/v1/sys/internal/ui/mounts/") == 1
    assert proxy.count("/v1/secret/data/many/") == 5
    assert len(proxy.requests) == 6


def test_paths_are_read_side_by_side_with_a_bound_over_few_connections(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    for number in range(60):
        bao.put(f"crowd/{number}", {"k": str(number)})
    proxy.latency = 0.05
    visit = fetch(environ, {f"V{number}": f"secret/crowd/{number}#k" for number in range(60)})
    assert visit.values == {f"V{number}": str(number) for number in range(60)}
    assert 2 <= proxy.most_running <= 16
    assert proxy.connections <= 17


def test_a_single_path_uses_a_single_connection(proxy: Faulty, environ: dict[str, str], fetch: Fetch) -> None:
    fetch(environ, {"A": "secret/shop#password"})
    assert proxy.connections == 1


def test_the_kv_version_can_be_given_where_the_look_up_is_denied(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    proxy.fault(faulty.says(403, "permission denied"), where="sys/internal/ui/mounts")
    denied = fetch(environ, {"A": "secret/shop#password"})
    assert denied.codes == {"A": "vault-denied"}
    assert "CONFCONTRACT_VAULT_KV_VERSION" in denied.problems[0].hint
    for given in ("2", "secret=2", "legacy=1,secret=2"):
        visit = fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": given}, {"A": "secret/shop#password"})
        assert visit.values == {"A": canary}
    visit = fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": "1"}, {"A": "legacy/shop#password"})
    assert visit.values == {"A": f"{canary}-one"}


@pytest.mark.parametrize("given", ["3", "secret", "secret=3", "=2", "secret=2,secret=1", "../a=2"])
def test_a_kv_version_that_is_none_is_refused(environ: dict[str, str], fetch: Fetch, given: str) -> None:
    visit = fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": given}, {"A": "secret/shop#password"})
    assert visit.codes == {"A": "vault-not-configured"}
    assert "CONFCONTRACT_VAULT_KV_VERSION" in visit.message


def test_an_operator_moves_a_mount_or_a_prefix(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.put("staging/shop", {"k": "from staging"})
    bao.put("shared/db", {"k": "shared"})
    bao.put("shopping", {"k": "not moved"})
    environ["CONFCONTRACT_VAULT_MOVE"] = (
        "prod=secret/staging, prod/db=secret/shared/db,\nsecret/shop=secret/staging/shop"
    )
    references = {"A": "prod/shop#k", "B": "prod/db#k", "C": "secret/shop#k", "D": "secret/shopping#k"}
    visit = fetch(environ, references)
    assert visit.values == {"A": "from staging", "B": "shared", "C": "from staging", "D": "not moved"}


def test_a_problem_names_both_places_of_what_was_moved(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ | {"CONFCONTRACT_VAULT_MOVE": "prod=secret/nowhere"}, {"A": "vault:prod/shop#k"})
    assert visit.codes == {"A": "vault-path-missing"}
    assert "secret/nowhere/shop (moved there from prod/shop)" in visit.message
    assert visit.problems[0].source == "Vault prod/shop#k"


def test_invalid_references_do_not_keep_the_others_from_being_fetched(
    environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    visit = fetch(environ, {"BAD": f"vault:{canary}", "GOOD": "vault:secret/shop#password"})
    assert visit.values == {"GOOD": canary}
    assert visit.codes == {"BAD": "reference-invalid"}


def test_without_a_server_every_variable_says_so(fetch: Fetch) -> None:
    visit = fetch({}, {"A": "secret/shop#password", "B": "secret/shop#database_url"})
    assert visit.codes == {"A": "vault-not-configured", "B": "vault-not-configured"}
    assert "VAULT_ADDR is not set" in visit.problems[0].message


def test_nothing_is_asked_of_vault_when_nothing_refers_to_it(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    assert fetch(environ, {}).values == {}
    assert proxy.requests == []


def test_a_namespace_that_does_not_exist(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ | {"VAULT_NAMESPACE": "nowhere"}, {"A": "secret/shop#password"})
    assert visit.codes == {"A": "vault-path-missing"}
    assert "does not have the namespace in VAULT_NAMESPACE" in visit.message


def test_a_secret_in_a_namespace(bao: OpenBao, environ: dict[str, str], fetch: Fetch, canary: str) -> None:
    if bao.api("POST", "sys/namespaces/team-a")[0] >= 300:
        pytest.skip("this build of OpenBao has no namespaces")
    bao.do("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}}, namespace="team-a")
    bao.do("POST", "kv/data/shop", {"data": {"k": canary}}, namespace="team-a")
    assert fetch(environ | {"BAO_NAMESPACE": "team-a"}, {"A": "kv/shop#k"}).values == {"A": canary}
