"""`confcontract init` over files that are there: what is kept of them, what is shown, and what is asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.project.initialised import init, text
from tests.project.shapes import HASHED, SETTINGS, SHAPES, lay


def test_what_is_there_is_shown_as_a_difference_and_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = 'FROM python:3.12\nCMD ["python", "-m", "app"]\n'
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": there, "app/__main__.py": ""})
    assert init(tmp_path, "--yes") == 1
    assert text(tmp_path) == there
    said = capsys.readouterr().out
    assert "--- Dockerfile (as it is)\n+++ Dockerfile (proposed)\n" in said
    assert "-FROM python:3.12\n" in said
    assert "left as it is: Dockerfile\n" in said
    assert "wrote .dockerignore\n" in said
    assert init(tmp_path, "--yes", "--force") == 0
    assert text(tmp_path) != there
    assert "-FROM python:3.12\n" in capsys.readouterr().out, "--force shows it as well"


def test_a_makefile_of_the_project_is_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {"Makefile": "test:\n"})
    assert init(tmp_path, "--yes") == 0
    assert text(tmp_path, "Makefile") == "test:\n"
    assert "image: contract" in text(tmp_path, "image.mk")
    assert "include image.mk" in capsys.readouterr().out


def test_a_link_that_leads_elsewhere_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine", encoding="utf-8")
    project = lay(tmp_path / "project", SHAPES["pip-tools"])
    (project / "Dockerfile").symlink_to(elsewhere)
    init(project, "--yes", "--force")
    assert elsewhere.read_text(encoding="utf-8") == "mine"


class Terminal:
    """Somebody at a terminal, who gives these answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)
        for stream in (sys.stdin, sys.stdout):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setattr(sys.modules["confcontract.cli.init"], "_ask", self._ask)

    def _ask(self, question: str, otherwise: str) -> str:
        self.asked.append(question)
        return self._answers.pop(0) or otherwise


def test_at_a_terminal_at_most_three_questions_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {"app/worker.py": SETTINGS.replace("class Settings", "class Worker")})
    base = f"python:3.12@sha256:{'0' * 64}"
    terminal = Terminal(monkeypatch, "2 1", "", base)
    assert init(tmp_path) == 0
    assert len(terminal.asked) == 3
    assert "confcontract bake app.worker:Worker app.settings:Settings --name " in text(tmp_path)
    assert f"\nARG BASE={base}\n" in text(tmp_path)


@pytest.mark.parametrize("answer,overwritten", [("y", True), ("n", False), ("", False)])
def test_at_a_terminal_an_overwrite_needs_a_yes(
    answer: str, overwritten: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": "FROM x\n"})
    Terminal(monkeypatch, "", "", answer)
    init(tmp_path)
    assert (text(tmp_path) != "FROM x\n") is overwritten


DECLARED = """\
from typing import Annotated
from pydantic import BaseModel, Field, SecretStr as Hidden
from pydantic_settings import BaseSettings, SettingsConfigDict
from confcontract import Secret, Vault, declare

PREFIX = "APP_"
Salt = Annotated[str, Secret()]

class Mail(BaseModel):
    login: Hidden = Hidden("")
    sender: str = ""

class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")

    pepper: "Hidden"

class Settings(Base):
    salt: Salt | None = None
    dsn: Annotated[str, Vault("secret/app#dsn")]
    signing_key: Annotated[str, Secret(False)] = ""
    api_key: int = 3
    api_token: str = ""
    spice: Hidden = Field(default=Hidden(""), validation_alias="SPICE")
    mail: Mail = Mail()

APP = declare(Settings, name="app")
"""
OVER = "FROM x\nENV APP_PEPPER=pw-4417 APP_SALT=pw-4417\nENV app_dsn pw-4417\nENV APP_SIGNING_KEY=public\n"
OVER += "ENV APP_API_KEY=7 APP_API_TOKEN=pw-4417 SPICE=pw-4417 APP_MAIL__LOGIN=pw-4417 APP_MAIL__SENDER=shop\n"
OVER += "ENV PIP_NO_CACHE_DIR=1 OTHER_TOKEN_URL=https://id/ OTHER_PASSWORD=pw-4417\nENV APP_GREETING two words\n"


def test_the_settings_say_what_the_dockerfile_set_is_secret_and_a_name_only_where_they_do_not_know_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": OVER})
    (tmp_path / "app/settings.py").write_text(DECLARED, encoding="utf-8")
    assert init(tmp_path, "--yes", "--force") == 0
    written = text(tmp_path)
    assert written.startswith(
        "# check=skip=SecretsUsedInArgOrEnv\n"
        "# That check only looks at names, and can be skipped only for the whole file. It is skipped for these, which\n"
        "# the settings declare, and not as secrets: APP_SIGNING_KEY, APP_API_KEY.\n"
        "# It would also warn of what the settings don't declare: OTHER_TOKEN_URL.\n"
    )
    kept = "APP_SIGNING_KEY=public APP_API_KEY=7 APP_MAIL__SENDER=shop OTHER_TOKEN_URL=https://id/"
    assert "ENV " + " \\\n    ".join([*kept.split(), 'APP_GREETING="two words"']) + "\n" in written
    said = capsys.readouterr().out
    assert "pw-4417" not in written + said, "the difference shows them neither"
    for name in ("APP_PEPPER", "APP_SALT", "app_dsn", "APP_API_TOKEN", "SPICE", "APP_MAIL__LOGIN"):
        assert f"give {name} at run time: it is left out of the image, since the settings declare it" in said
    assert "OTHER_PASSWORD at run time: it is left out of the image, since its name is like that of a secret" in said
    assert init(tmp_path, "--yes") == 0
    assert text(tmp_path) == written


def test_a_check_of_the_builder_is_not_skipped_for_what_the_settings_do_not_declare(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": "FROM x\nENV OTHER_TOKEN_URL=https://id/ APP_PUBLIC_KEY=x\n"})
    assert init(tmp_path, "--yes", "--force") == 0
    assert "ENV OTHER_TOKEN_URL=https://id/ \\\n    APP_PUBLIC_KEY=x\n" in text(tmp_path)
    assert "check=skip" not in text(tmp_path)


def test_a_password_in_the_url_of_an_older_dockerfile_is_not_kept(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["uv"])
    (tmp_path / "Dockerfile").write_text("FROM x\nENV DATABASE_URL=postgres://ada:pw-4417@db/shop COLOR=red\n")
    assert init(tmp_path, "--yes", "--force") == 0
    assert "COLOR=red" in text(tmp_path)
    assert "pw-4417" not in text(tmp_path)


def test_the_diff_shows_no_secret_of_the_dockerfile_that_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = "ENV APP_PASSWORD=pw-4417\nARG NPM_TOKEN pw-4418\nENV APP_DB=postgres://ada:pw-4419@db/shop\n"
    commands = "RUN deploy --api-token pw-4420 && curl -H 'Authorization: Bearer pw-4421' https://x\n"
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": f"FROM x\n{secrets}{commands}"})
    assert init(tmp_path, "--yes") == 1
    said = capsys.readouterr().out
    assert "-ENV APP_PASSWORD=***\n-ARG NPM_TOKEN ***\n" in said
    assert "pw-44" not in said


def test_a_variable_within_a_value_is_still_replaced(tmp_path: Path) -> None:
    there = 'FROM x\nENV APP_HOME $HOME/my app\nENV APP_DATA $HOME/data\nENV APP_TEXT "$HOME x"\n'
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": there})
    assert init(tmp_path, "--yes", "--force") == 0
    for line in ('APP_HOME="$HOME/my app"', "APP_DATA=$HOME/data", 'APP_TEXT="$HOME x"'):
        assert line in text(tmp_path)


def test_the_release_of_python_is_that_of_the_dockerfile_that_is_there(tmp_path: Path) -> None:
    lay(
        tmp_path,
        SHAPES["pip-tools"]
        | {"Dockerfile": "FROM docker.io/library/python:3.13.2-slim AS x\nEXPOSE 8888/tcp\nCMD python -m app.main\n"},
    )
    init(tmp_path, "--yes", "--force")
    assert "python:3.13-slim-bookworm" in text(tmp_path)
    assert "EXPOSE 8888\n" in text(tmp_path)


def test_the_lock_that_make_wrote_does_not_take_its_own_rule_away(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["requirements"])
    init(tmp_path, "--yes")
    before = text(tmp_path, "Makefile")
    (tmp_path / "requirements.lock").write_text(HASHED, encoding="utf-8")
    assert init(tmp_path, "--yes") == 0
    assert text(tmp_path, "Makefile") == before
