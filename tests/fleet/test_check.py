"""`confcontract fleet check`: every pair has the verdict that validate gives it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from confcontract.host.sourcefile import PATIENCE
from tests.fleet.made_fleet import CLASSES, Shop, baked, write_env
from tests.support.inprocess import run_here


def check(place: Path, *arguments: str) -> tuple[int, str, str]:
    done = run_here("fleet", "check", str(place), "--jobs", "1", *arguments)
    return done.returncode, done.stdout, done.stderr


def rows(text: str) -> dict[str, list[str]]:
    """Service → the cells of its row."""
    table = text.partition("\n\n")[0].splitlines()[1:]
    return {line.split()[0]: line.split()[2:] for line in table if not line.startswith(("ok*", "? "))}


def test_every_pair_has_the_verdict_of_validate(made: Path) -> None:
    code, text, _ = check(made)
    cells = rows(text)
    assert sorted(cells) == sorted(CLASSES)
    for service in ("billing", "shop", "worker-03"):
        for environment, cell in zip(("dev", "prod", "staging"), cells[service], strict=True):
            files = ("--contract", str(made / service), "--env-file", str(made / service / f"{environment}.env"))
            alone = run_here("validate", "--no-environ", *files)
            assert (alone.returncode == 0) is (cell != "REFUSED"), (service, environment, alone.stdout)
    assert code == 1
    assert text.endswith("12 services, 36 environments: 30 accepted, 4 accepted as far as can be seen, 2 refused\n")


def test_it_is_told_what_breaks_where(made: Path) -> None:
    _, text, _ = check(made)
    wrong = text.partition("WHAT IS WRONG\n")[2].partition("\n\n")[0]
    assert "shop 1.0 in dev: refused" in wrong
    assert "do:   set DATABASE__URL" in wrong
    assert "worker-03 1.0 in prod: refused" in wrong
    assert wrong.count(": refused") == 2


def test_a_misspelt_name_is_told_though_its_environment_is_accepted(own: Path) -> None:
    with (own / "worker-01/prod.env").open("a") as file:
        file.write("QEUE=jobs\n")
    _, text, _ = check(own)
    assert rows(text)["worker-01"] == ["ok", "ok", "ok"]
    warnings = text.partition("WARNINGS\n")[2].partition("\n\n")[0]
    assert "worker-01 1.0 in prod" in warnings
    assert "QEUE: is not a setting of this application" in warnings
    _, page, _ = check(own, "--format", "html")
    assert "<code>QEUE</code>" in page.partition('id="warnings"')[2].partition("</section>")[0]


def test_what_the_services_have_in_common_is_told(made: Path) -> None:
    _, text, _ = check(made)
    workers = ", ".join(name for name in CLASSES if name.startswith("worker"))
    told = [line.strip() for line in text.splitlines()]
    assert f"DATABASE_URL: a secret for {workers}; not for billing" in told
    assert (
        f"MOTTO (now SLOGAN): deprecated by shop; still set for shop (prod, staging); read as before by {workers}"
        in told
    )
    assert "vault:secret/shared#api_key: billing TOKEN (prod, staging), shop API_KEY (dev, prod, staging)" in told
    assert "database (pool, timeout, url): billing, shop" in told


def test_who_reads_a_variable_is_told(made: Path) -> None:
    code, text, _ = check(made, "--variable", "DATABASE_URL", "--variable", "NOBODY")
    assert code == 1
    lines = text.splitlines()
    assert lines[:2] == ["DATABASE_URL:", "  billing: text, required"]
    assert lines[2:12] == [f"  worker-{number:02}: text, required, a secret" for number in range(1, 11)]
    assert lines[12:] == ["NOBODY: no service reads it"]


def test_a_fleet_without_anything_wrong_is_clean(own: Path) -> None:
    for name in ("shop", "worker-03"):
        shutil.rmtree(own / name)
    code, text, _ = check(own)
    assert code == 0
    assert "WHAT IS WRONG" not in text


@pytest.mark.parametrize("content", ["", "{}", None])
def test_a_service_whose_contract_cannot_be_read_is_not_evaluated(own: Path, content: str | None) -> None:
    contract = own / "worker-01/contract.json"
    contract.unlink() if content is None else contract.write_text(content)
    code, text, _ = check(own)
    assert code == 2
    assert rows(text)["worker-01"] != ["ok", "ok", "ok"]
    assert "worker-01: not evaluated" in text
    assert "1 service not evaluated" in text


def test_a_service_without_environments_is_not_taken_for_clean(own: Path) -> None:
    for place in (own / "worker-01").glob("*.env"):
        place.unlink()
    code, text, _ = check(own)
    assert code == 2
    assert "there is no environment to check" in text


def test_an_environment_that_cannot_be_read_is_not_evaluated(own: Path) -> None:
    (own / "worker-01/prod.env").unlink()
    (own / "worker-01/prod.env").symlink_to("nowhere")
    code, text, _ = check(own)
    assert code == 2
    assert rows(text)["worker-01"] == ["ok", "?", "ok"]


def test_a_compose_file_is_read_as_what_it_gives_and_not_as_settings(own: Path) -> None:
    (own / "worker-01/prod.env").unlink()
    (own / "worker-01/prod.json").write_text('{"services": {"worker": {"image": "x"}}}')
    code, text, _ = check(own)
    assert code == 1
    assert rows(text)["worker-01"] == ["ok", "REFUSED", "ok"]


def test_settings_files_and_env_files_of_one_name_are_one_environment(own: Path) -> None:
    write_env(own, "shop", "dev", PORT="80")
    (own / "shop/dev.toml").write_text('[database]\nurl = "sqlite://"\n')
    (own / "worker-03/prod.env").unlink()
    code, text, _ = check(own)
    assert code == 0, text
    assert rows(text)["shop"] == ["ok*"] * 3


def test_what_bake_writes_is_no_environment_and_what_is_no_service_is_said(own: Path) -> None:
    (own / "worker-01/defaults.env").write_text("")
    (own / "worker-01/schema.json").write_text("{}")
    (own / "notes").mkdir()
    (own / "README.md").write_text("")
    (own / ".git").mkdir()
    _, text, _ = check(own)
    assert "defaults" not in text
    assert f"ignored: {own}/README.md is not a service folder\n" in text
    assert f"ignored: {own}/notes holds neither contract.json nor an environment\n" in text
    assert ".git" not in text


def test_strict_refuses_what_boot_refuses(made: Path) -> None:
    (code, text, _), (_, lax, _) = check(made, "--strict"), check(made)
    assert code == 1
    assert rows(text)["worker-03"] == rows(lax)["worker-03"] == ["ok", "REFUSED", "ok"]


@pytest.mark.parametrize("place", ["nowhere", "nowhere.toml", "empty"])
def test_what_is_no_fleet_is_not_evaluated(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    code, text, said = check(tmp_path / place)
    assert (code, text) == (2, "")
    assert "fleet-invalid" in said


def test_the_command_check_may_be_left_out(made: Path) -> None:
    done = run_here("fleet", str(made), "--jobs", "1")
    code, text, _ = check(made)
    assert (done.returncode, done.stdout, done.stderr) == (code, text, "")


def test_the_report_goes_to_a_file_whole_or_not_at_all(made: Path, tmp_path: Path) -> None:
    code, text, _ = check(made, "-o", str(tmp_path / "report.txt"))
    assert (code, text) == (1, "")
    assert (tmp_path / "report.txt").read_text() == check(made)[1]
    code, text, said = check(made, "-o", str(tmp_path / "no/report.txt"), "--state", str(tmp_path / "state"))
    assert (code, text) == (64, "")
    assert "is not there, or this user may not write to it" in " ".join(said.split())
    assert not (tmp_path / "state").exists(), "it is said before anything is judged"


def test_no_name_of_a_service_is_a_command_of_a_ci_runner(own: Path) -> None:
    (own / "worker-01").rename(own / "::error::x")
    assert "\n::error" not in check(own)[1]


def test_a_question_mark_in_the_table_is_explained(tmp_path: Path) -> None:
    made_fleet = tmp_path / "fleet"
    (made_fleet / "shop").mkdir(parents=True)
    baked(Shop, "shop", "1.0").dump(made_fleet / "shop" / "contract.json")
    (made_fleet / "shop" / "prod.yaml").write_text("a: [")
    code, text, _ = check(made_fleet)
    assert code == 2
    assert "? could not be evaluated: the reason is below\n" in text


def test_a_folder_that_is_not_there_is_not_called_a_file_of_another_kind(tmp_path: Path) -> None:
    code, _, said = check(tmp_path / "absent")
    assert code == 2
    assert "absent is not there" in " ".join(said.split())


@pytest.mark.parametrize("name", ["contract.json", "prod.env", "prod.yaml"])
def test_a_pipe_is_refused_at_once(own: Path, name: str) -> None:
    (own / "worker-10" / name).unlink(missing_ok=True)
    os.mkfifo(own / "worker-10" / name)
    began = time.monotonic()
    done = run_here("fleet", str(own), "--jobs", "1")
    assert time.monotonic() - began < PATIENCE
    assert done.returncode == 2
    words = " ".join(done.stdout.split())
    assert f"worker-10/{name} is a pipe, which a fleet does not read [source-unreadable]" in words
    assert "do: name a regular file" in words
