"""Compose files, with a real Compose and without one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from confcontract.contract.artifact import Contract
from confcontract.manifests.compose_model import compose_program
from confcontract.manifests.container_verdict import judge_container
from confcontract.manifests.read_manifests import read_manifests
from confcontract.manifests.workload import Container, Manifests, Workload
from tests.manifests.shop import CANARY, told

FILE = """\
x-common: &common
  SHOP_HOST: shop.example
services:
  base:
    image: registry.example/base
    environment: {SHOP_TITLE: below, SHOP_WORKERS: "${WORKERS:-3}"}
  shop:
    extends: {service: base}
    image: registry.example/shop:${TAG:-1.2}
    env_file: [shop.env, {path: nowhere.env, required: false}]
    environment:
      <<: *common
      SHOP_PORT: 8000
      SHOP_KEY: ${KEY}
    secrets: [SHOP_TOKEN]
    healthcheck: {test: ["CMD", "confcontract", "probe", "ready"]}
    profiles: [all]
secrets:
  SHOP_TOKEN: {file: token.txt}
"""


@pytest.fixture(params=["docker compose", "by itself"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """With a PATH on which a Compose is, or is not."""
    (tmp_path / "token.txt").write_text(CANARY)
    (tmp_path / "shop.env").write_text("# settings\nSHOP_TITLE=\"a title\" # which it is\nSHOP_LABELS='{}'\n")
    if request.param == "by itself":
        return {"PATH": str(tmp_path)}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = {"PATH": path, "HOME": str(tmp_path)}
    if compose_program(found) is None:
        pytest.skip("docker compose is not installed")
    return found


def read(folder: Path, text: str, environ: dict[str, str]) -> Manifests:
    (folder / "services.yaml").write_text(text, encoding="utf-8")
    return read_manifests([folder / "services.yaml"], environ)


def service(manifests: Manifests, name: str) -> tuple[Workload, Container]:
    [found] = [each for each in manifests.workloads if each.name == name]
    return found, found.containers[0]


def test_a_service_gets_what_compose_would_give_it(tmp_path: Path, environ: dict[str, str]) -> None:
    manifests = read(tmp_path, FILE, {**environ, "WORKERS": "7"})
    assert manifests.problems == ()
    _, container = service(manifests, "shop")
    assert container.values == {
        "SHOP_HOST": "shop.example",
        "SHOP_LABELS": "{}",
        "SHOP_PORT": "8000",
        "SHOP_TITLE": "below",
        "SHOP_WORKERS": "7",
    }
    assert container.image == "registry.example/shop:1.2"
    unseen = {each.name: each.unseen for each in container.environment if each.value is None}
    assert unseen == {"SHOP_KEY": "${KEY} is not set here, and has no default"}
    lines = {each.name: (Path(each.place.file).name, each.place.line) for each in container.environment}
    assert lines["SHOP_LABELS"] == ("shop.env", 3)
    assert lines["SHOP_PORT"] == ("services.yaml", 13)
    assert lines["SHOP_TITLE"] == ("services.yaml", 6)


def test_it_is_judged_by_the_contract(shop: Contract, tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "shop.env").write_text("SHOP_LABELS={\nSHOP_WROKERS=1\n")
    text = FILE.replace("SHOP_PORT: 8000", "SHOP_PORT: ${PORT:-abc}\n      SHOP_TOKEN: plain")
    verdict = judge_container(shop, *service(read(tmp_path, text, environ), "shop"))
    assert sorted(told(verdict), key=str) == [
        ("error", "secret-in-plain", "SHOP_TOKEN"),
        ("error", "value-invalid", "SHOP_PORT"),
        ("error", "value-undecodable", "SHOP_LABELS"),
        ("unverifiable", "value-unverifiable", "SHOP_KEY"),
        ("unverifiable", "value-unverifiable", None),
        ("warning", "name-unknown", "SHOP_WROKERS"),
    ]
    assert CANARY not in repr([each.problem.as_dict() for each in verdict.problems])


def test_quotes_in_a_list_are_a_part_of_the_value(shop: Contract, tmp_path: Path, environ: dict[str, str]) -> None:
    listed = 'services:\n  shop:\n    image: shop\n    environment:\n      - SHOP_TITLE="quoted"\n      - SHOP_HOST=x\n'
    verdict = judge_container(shop, *service(read(tmp_path, listed, environ), "shop"))
    [quoted] = [each for each in verdict.problems if each.problem.code == "value-quoted"]
    assert (quoted.problem.variable, quoted.place.line) == ("SHOP_TITLE", 5)


@pytest.mark.parametrize(
    ("test", "codes"),
    [
        ('["CMD", "curl", "-f", "http://localhost:8000/"]', []),
        ('["CMD-SHELL", "curl -f http://localhost:8001/ || exit 1"]', ["probe-mismatch"]),
        ("wget -q http://127.0.0.1:8001", ["probe-mismatch"]),
        ('["CMD", "confcontract", "probe", "redy"]', ["probe-mismatch"]),
        ('["NONE"]', []),
        ("wget -q http://127.0.0.1:8001, disable: true", []),
    ],
)
def test_a_healthcheck_has_to_ask_where_somebody_answers(
    shop: Contract, tmp_path: Path, environ: dict[str, str], test: str, codes: list[str]
) -> None:
    text = FILE.replace('["CMD", "confcontract", "probe", "ready"]', test)
    verdict = judge_container(shop, *service(read(tmp_path, text, environ), "shop"))
    assert [code for _, code, _ in told(verdict) if code.startswith("probe")] == codes


def test_a_file_of_variables_that_compose_refuses_is_told_with_its_line(shop: Contract, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TAG=1\nKEY='open\n")
    verdict = judge_container(shop, *service(read(tmp_path, FILE, {"PATH": "/nowhere"}), "shop"))
    [found] = [each for each in verdict.problems if each.problem.code == "manifest-malformed"]
    assert (found.problem.severity, found.place.line) == ("error", 2)
    assert found.place.file.endswith(".env")


@pytest.mark.parametrize("inner", ["command: [--role, '${ROLE}', --, app]", "command: ${CMD}", "entrypoint: ${ENTRY}"])
def test_a_command_that_refers_to_what_is_not_set_here_is_not_judged(
    shop: Contract, tmp_path: Path, inner: str
) -> None:
    text = f"services:\n  shop:\n    image: shop\n    environment: {{SHOP_HOST: x, SHOP_TOKEN_FILE: /x}}\n    {inner}\n"
    verdict = judge_container(shop, *service(read(tmp_path, text, {}), "shop"))
    assert {what for what, _, _ in told(verdict)} == {"unverifiable"}


def test_what_one_file_does_not_say_is_not_known_without_a_compose(shop: Contract, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("services: {base: {environment: {SHOP_HOST: x}}}")
    text = "services:\n  shop:\n    image: shop\n    extends: {file: other.yaml, service: base}\n"
    verdict = judge_container(shop, *service(read(tmp_path, text, {"PATH": "/nowhere"}), "shop"))
    assert {what for what, _, _ in told(verdict)} == {"unverifiable"}
    assert ("unverifiable", "value-unverifiable", "SHOP_HOST") in told(verdict)
    number = "services: {shop: {image: shop, environment: {SHOP_WORKERS: 0777}}}"
    [given] = service(read(tmp_path, number, {"PATH": "/nowhere"}), "shop")[1].environment
    assert given.value is None


def test_what_compose_refuses_is_told(tmp_path: Path, environ: dict[str, str]) -> None:
    if environ["PATH"] == str(tmp_path):
        return
    manifests = read(tmp_path, f"services: {{shop: {{imgae: {CANARY}}}}}", environ)
    [problem] = manifests.problems
    assert problem.problem.code == "manifest-malformed"
    assert CANARY not in problem.problem.message


def test_an_override_is_laid_over_its_file(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "compose.yaml").write_text("services: {shop: {image: a, environment: {A: '1'}}}")
    (tmp_path / "compose.override.yaml").write_text("services: {shop: {environment: {A: '2'}}}")
    manifests = read_manifests([tmp_path], environ)
    [workload] = manifests.workloads
    container = workload.containers[0]
    assert container.values == {"A": "2"} or container.unseen_sources
    assert [each.problem.code for each in manifests.problems] == ["manifest-ignored"]


def test_a_secret_whose_file_is_not_here_is_not_missing(
    shop: Contract, tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "token.txt").unlink()
    found = told(judge_container(shop, *service(read(tmp_path, FILE, environ), "shop")))
    assert ("unverifiable", "value-unverifiable", "SHOP_TOKEN") in found
    assert "error" not in {what for what, _, _ in found}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("secrets: [SHOP_TOKEN, tokne]", "secret tokne"),
        ("secrets: [{source: tokne, target: SHOP_TOKEN}]", "secret tokne"),
        ("configs: [shop]", "config shop"),
    ],
)
def test_a_secret_or_config_that_the_file_does_not_define_is_an_error(
    shop: Contract, tmp_path: Path, environ: dict[str, str], entry: str, said: str
) -> None:
    manifests = read(tmp_path, FILE.replace("secrets: [SHOP_TOKEN]", entry), environ)
    found = [*manifests.problems, *(each for one in manifests.workloads for each in one.containers[0].found)]
    [problem] = [each for each in found if each.problem.code == "manifest-malformed"]
    assert said in problem.problem.message.replace("'", "")
    if environ["PATH"] == str(tmp_path):  # a real Compose does not report the position
        assert problem.place.line == 15
        verdict = judge_container(shop, *service(manifests, "shop"))
        assert ("error", "manifest-malformed", None) in told(verdict)


@pytest.mark.parametrize("written", [f"'SHOP_KEY: {CANARY}'", f"'SHOP_KEY {CANARY}'", f"'SHOP_KEY:{CANARY}=x'"])
def test_a_value_in_the_place_of_a_name_is_not_shown(
    shop: Contract, tmp_path: Path, environ: dict[str, str], written: str
) -> None:
    (tmp_path / "raw.env").write_text(f"SHOP_TITLE=x\n{written.strip(chr(39))}\n")
    text = f"services:\n  shop:\n    image: shop\n    env_file: [{{path: raw.env, format: raw}}]\n    environment: [{written}]\n"
    verdict = judge_container(shop, *service(read(tmp_path, text, environ), "shop"))
    told_of = [each for each in verdict.problems if each.problem.code == "manifest-malformed"]
    of_file = "error" if " " in written else "warning"  # Compose refuses the first two
    assert [(each.problem.severity, each.place.line) for each in told_of] == [(of_file, 2), ("warning", 5)]
    assert "SHOP_KEY…" in told_of[1].problem.message
    assert CANARY not in repr([each.problem.as_dict() for each in verdict.problems])


def test_a_name_alone_that_no_setting_has_may_be_a_value_and_is_not_shown(
    shop: Contract, tmp_path: Path, environ: dict[str, str]
) -> None:
    name = f"SHOP_{CANARY.replace('-', '_')}"
    (tmp_path / "raw.env").write_text(f"SHOP_TITLE=x\n{name}\nSHOP_WORKERS\n{CANARY}\n")
    for form in ("", ", format: raw"):
        text = f"services:\n  shop:\n    image: shop\n    env_file: [{{path: raw.env{form}}}]\n    environment: [{name}_2]\n"
        workload, container = service(read(tmp_path, text, environ), "shop")
        for strict, severity in ((False, "warning"), (True, "error")):
            verdict = judge_container(shop, workload, container, strict=strict)
            bare = [each for each in verdict.problems if each.problem.code == "name-unknown"]
            assert [(each.problem.severity, each.place.line) for each in bare] == [(severity, 2), (severity, 5)]
            assert ("unverifiable", "value-unverifiable", "SHOP_WORKERS") in told(verdict)
            shown = repr([each.problem.as_dict() for each in verdict.problems])
            assert name not in shown
            assert CANARY not in shown


@pytest.mark.parametrize(
    ("inner", "do"),
    [
        ("env_file: elsewhere.env", "correct the path, or run this"),
        ("env_file: [{path: elsewhere.env, required: false}]", "correct the path, or run this"),
        ("env_file: bad.env", "correct the line"),
        ("env_file: latin.env", "save it as UTF-8"),
        ("env_file: .", "name a file in it"),
        ("env_file: ${NOWHERE}", "set the variables that its path refers to"),
        ("extends: {file: elsewhere.yaml, service: x}", "install docker compose"),
    ],
)
def test_of_a_source_that_can_t_be_seen_there_is_something_to_do(
    shop: Contract, tmp_path: Path, inner: str, do: str
) -> None:
    (tmp_path / "bad.env").write_text("A='\n")
    (tmp_path / "latin.env").write_bytes(b"A=\xe4\n")
    text = f"services:\n  shop:\n    image: shop\n    {inner}\n"
    verdict = judge_container(shop, *service(read(tmp_path, text, {}), "shop"))
    hints = {each.problem.hint or "" for each in verdict.problems if "what it gives" in each.problem.message}
    assert [hint for hint in hints if hint.startswith(do)], hints


@pytest.mark.parametrize("value", ["pw$canary5f0e", "${canary5f0e^}", "pw$canary5f0e$", "$$canary5f0e$canary5f0e"])
def test_a_password_with_a_dollar_is_not_shown(
    shop: Contract, tmp_path: Path, environ: dict[str, str], value: str
) -> None:
    (tmp_path / "x.env").write_text(f"SHOP_KEY={value}\n")
    for given in (f"environment: {{SHOP_KEY: '{value}'}}", "env_file: x.env"):
        manifests = read(tmp_path, f"services: {{shop: {{image: shop, {given}}}}}", environ)
        verdict = judge_container(shop, *service(manifests, "shop"))
        assert "canary5f0e" not in repr([each.problem.as_dict() for each in verdict.problems])


def test_what_comes_from_a_variable_called_like_a_secret_is_not_shown(
    shop: Contract, tmp_path: Path, environ: dict[str, str]
) -> None:
    text = "services: {shop: {image: shop, environment: {SHOP_PORT: '${DB_PASSWORD}', SHOP_LABELS: '${DB_PASSWORD}'}}}"
    verdict = judge_container(shop, *service(read(tmp_path, text, {**environ, "DB_PASSWORD": CANARY}), "shop"))
    assert ("error", "value-invalid", "SHOP_PORT") in told(verdict)
    assert CANARY not in repr([each.problem.as_dict() for each in verdict.problems])


def test_services_that_extend_each_other_too_deep_are_not_known(tmp_path: Path) -> None:
    services = "".join(f"  s{number}: {{extends: s{number - 1}}}\n" for number in range(1, 1500))
    manifests = read(tmp_path, f"services:\n  s0: {{image: a}}\n{services}", {"PATH": "/nowhere"})
    assert service(manifests, "s9")[1].image == "a"
    [unseen] = service(manifests, "s1499")[1].unseen_sources
    assert "too many levels" in unseen.why
