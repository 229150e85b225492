"""`confcontract export admission-policy`: its options."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.platforms.admission.policy_documents import EXEMPT
from tests.platforms.admission.drawn import without_roles
from tests.platforms.admission.written import IMAGE
from tests.support.inprocess import run_here


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("shop") / "contract.json"
    without_roles().dump(path)
    return str(path)


def test_all_policies_go_to_stdout_as_one_file(contract: str) -> None:
    done = run_here("export", "admission-policy", "--contract", contract, "--image", IMAGE, "--audit", "--warn")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("kind: ValidatingAdmissionPolicyBinding") == done.stdout.count(EXEMPT) == 3
    assert done.stdout.count("- Audit") == done.stdout.count("- Warn") == 3
    assert "- Deny" not in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "the images that it applies to"),
        (("--image", IMAGE, "--given-by-image", "SHOP_PROT"), "did you mean SHOP_PORT?"),
        (("--image", IMAGE, "--params", ""), "--params"),
        (("--image", IMAGE, "--kind", "opa"), "kinds: vap, kyverno"),
        (("--image", IMAGE, "--kind", "kyverno", "--params", "policies"), "leave --params out"),
    ],
    ids=str,
)
def test_what_it_can_not_be_is_a_usage_error(options: tuple[str, ...], said: str, contract: str) -> None:
    done = run_here("export", "admission-policy", "--contract", contract, *options)
    assert done.returncode == 64
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "option",
    [("--audit",), ("--warn",), ("--given-by-image", "SHOP_PORT"), ("--params", "x"), ("--allow-plain-secrets",)],
    ids=str,
)
def test_its_options_are_refused_for_other_targets(option: tuple[str, ...], contract: str, tmp_path: Path) -> None:
    done = run_here("export", "dotenv", "--contract", contract, "-o", str(tmp_path), *option)
    assert done.returncode == 64
    assert [*tmp_path.iterdir()] == []


def test_secrets_in_plain_text_are_refused_unless_they_are_allowed(contract: str) -> None:
    refusing, admitting = (
        run_here("export", "admission-policy", "--contract", contract, "--image", IMAGE, *more)
        for more in ((), ("--allow-plain-secrets",))
    )
    assert (refusing.returncode, admitting.returncode) == (0, 0)
    assert refusing.stdout.count("[secret-in-plain]") == 2  # workloads and ConfigMaps
    assert "secret-in-plain" not in admitting.stdout
