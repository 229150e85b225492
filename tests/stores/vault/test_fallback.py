"""Optional secrets and fallbacks: absent is not denied, and neither is out of reach."""

from __future__ import annotations

import pytest

from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import OpenBao


@pytest.fixture(scope="module", autouse=True)
def secrets(bao: OpenBao) -> None:
    bao.put("common", {"k": "common", "null": None})
    bao.put("fallback-gone", {"k": "v"})
    bao.do("DELETE", "secret/data/fallback-gone")
    bao.put("fallback-destroyed", {"k": "v"})
    bao.do("PUT", "secret/destroy/fallback-destroyed", {"versions": [*range(1, 30)]})  # and those of an earlier set-up


ABSENT = [
    "secret/never-written#k",
    "secret/common#no-such-key",
    "secret/fallback-gone#k",
    "secret/fallback-destroyed#k",
    "secret/common#k@7",
    "legacy/never-written#k",
    "legacy/shop#no-such-key",
]


@pytest.mark.parametrize("absent", ABSENT)
def test_what_is_absent_is_passed_over(environ: dict[str, str], fetch: Fetch, absent: str) -> None:
    visit = fetch(environ, {"A": f"vault:{absent}|secret/common#k", "B": f"bao:{absent}|bao:secret/common#k|"})
    assert visit.values == {"A": "common", "B": "common"}
    assert visit.references == {"A": "secret/common#k", "B": "secret/common#k"}
    visit = fetch(environ, {"A": f"vault:{absent}|"})
    assert (visit.absent, visit.problems) == (["A"], [])


def test_the_first_that_is_there_is_taken_and_the_rest_is_not_asked_for(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    visit = fetch(environ, {"A": "secret/shop#password|secret/common#k"})
    assert visit.values == {"A": canary}
    assert proxy.count("common") == 0


def test_when_all_are_absent_the_message_names_all(environ: dict[str, str], fetch: Fetch) -> None:
    visit = fetch(environ, {"A": "vault:secret/shop#nope|secret/nowhere#k|legacy/nowhere#k"})
    assert visit.codes == {"A": "vault-key-missing"}
    assert visit.problems[0].source == "Vault secret/shop#nope"
    assert "the same for the fallbacks secret/nowhere#k, legacy/nowhere#k" in visit.message


def test_denied_is_never_absent(bao: OpenBao, environ: dict[str, str], fetch: Fetch) -> None:
    bao.policy("fallback", ("secret/data/common", "read"))
    environ["VAULT_TOKEN"] = bao.make_token("fallback")
    references = {
        "FIRST": "secret/forbidden#k|secret/common#k",
        "SECOND": "secret/common#nope|secret/forbidden#k|secret/common#k",
        "OPTIONAL": "secret/forbidden#k|",
        "NO_MOUNT": "nowhere/shop#k|",
    }
    assert set(fetch(environ, references).codes.values()) == {"vault-denied"}
    problems = {problem.variable: problem for problem in fetch(environ, references).problems}
    assert problems["SECOND"].source == "Vault secret/forbidden#k"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faulty.status(404, b"<html>not found</html>", Content_Type="text/html"), "vault-unavailable"),
        (faulty.status(404, b""), "vault-unavailable"),
        (faulty.status(404, b"{}"), "vault-unavailable"),
        (faulty.says(404, "no handler for route"), "vault-path-missing"),
        (faulty.says(404, "namespace not found"), "vault-path-missing"),
        (faulty.status(200, b"{}"), "vault-path-missing"),
        (faulty.says(400, "bad request"), "vault-denied"),
        (faulty.says(403, "permission denied"), "vault-denied"),
        (faulty.says(503, "Vault is sealed"), "vault-unavailable"),
    ],
)
def test_only_vaults_own_word_for_nothing_there_makes_a_secret_absent(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, fault: faulty.Fault, code: str
) -> None:
    proxy.fault(fault, where="secret/data")
    assert fetch(environ, {"A": "secret/common#k|legacy/shop#password|"}, deadline=1.0).codes == {"A": code}


def test_a_value_that_can_not_be_used_is_there_all_the_same(environ: dict[str, str], fetch: Fetch) -> None:
    assert fetch(environ, {"A": "secret/common#null|secret/common#k|"}).codes == {"A": "vault-value-unusable"}


def test_one_request_per_path_over_all_fallbacks(proxy: Faulty, environ: dict[str, str], fetch: Fetch) -> None:
    references = {f"V{number}": f"secret/nothing#{number}|secret/common#k|" for number in range(9)}
    references["W"] = "secret/common#nope|secret/nothing#k|"
    visit = fetch(environ, references)
    assert (len(visit.values), visit.absent) == (9, ["W"])
    assert len(proxy.requests) == 3, "the mount, and two paths"


def test_a_fallback_may_lie_in_another_mount_and_be_moved(environ: dict[str, str], fetch: Fetch, canary: str) -> None:
    environ["CONFCONTRACT_VAULT_MOVE"] = "old=legacy,new=secret/nowhere"
    assert fetch(environ, {"A": "new/shop#password|old/shop#password"}).values == {"A": f"{canary}-one"}
