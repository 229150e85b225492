"""`confcontract init` over projects of each shape: which lock, which command, what is written, and what is left."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from confcontract.cli import main
from confcontract.report.errors import UsageError
from tests.project.shapes import HASHED, MAIN, SETTINGS, SHAPES, lay

EXPORTS = {
    "uv": "uv export --locked --no-dev --no-emit-project --no-header --output-file requirements.lock",
    "Poetry": "poetry export --only main --format requirements.txt --output requirements.lock",
    "PDM": "pdm export --prod --format requirements --output requirements.lock",
    "pip-tools": None,
    "requirements": "pip-compile --generate-hashes --strip-extras --output-file=requirements.lock requirements.txt",
}


def init(folder: Path, *options: str) -> int:
    try:
        main(["init", str(folder), *options])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def text(folder: Path, name: str = "Dockerfile") -> str:
    return (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", SHAPES)
def test_every_package_manager_gives_a_lock_with_hashes(shape: str, tmp_path: Path) -> None:
    assert init(lay(tmp_path, SHAPES[shape]), "--yes") == 0
    lock = "requirements.txt" if EXPORTS[shape] is None else "requirements.lock"
    assert f"--no-deps --require-hashes -r {lock}\n" in text(tmp_path)
    assert f"\n!{lock}\n" in text(tmp_path, ".dockerignore")
    export = EXPORTS[shape]
    if export is not None:
        assert f"\nlock {lock}:\n\t{export}\n" in text(tmp_path, "Makefile")
    assert "dist/" not in text(tmp_path), "confcontract is in the lock"


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_written_is_the_same_the_second_time(
    shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, SHAPES[shape])
    init(tmp_path, "--yes", "--base", f"python:3.12@sha256:{'0' * 64}")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert init(tmp_path, "--yes") == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    said = capsys.readouterr().out
    assert "as proposed: Dockerfile\n" in said
    assert "wrote" not in said


def test_the_lock_of_a_workspace_is_found_above_its_member(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(SHAPES["uv"]["uv.lock"], encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["backend"]\n', encoding="utf-8")
    member = lay(tmp_path / "backend", {"pyproject.toml": SHAPES["uv"]["pyproject.toml"]})
    assert init(member, "--yes") == 0
    assert "\tuv export --locked --no-dev --no-emit-workspace" in text(member, "Makefile")


def test_the_image_has_what_the_project_says(tmp_path: Path) -> None:
    init(lay(tmp_path, SHAPES["uv"], "src/"), "--yes")
    written = text(tmp_path)
    assert "COPY src/app src/app\n" in written
    assert "PYTHONPATH=/app/src\n" in written
    assert "confcontract bake app.settings:Settings -o /etc/confcontract" in written
    assert 'CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]\n' in written
    assert "EXPOSE 8000\n" in written
    assert 'title="web-shop"' in written
    assert "python:3.12-slim-bookworm" in written
    assert written.splitlines()[-2].startswith("COPY --from=named /etc/confcontract/contract.json")


@pytest.mark.parametrize(
    "files,command,port",
    [
        ({"app/__main__.py": ""}, '["python", "-m", "app"]', "9000"),
        ({"Procfile": "web: gunicorn -b 0.0.0.0:5000 app.main:app\n"}, '["gunicorn", "-b", "0.0.0.0:5000", "app.main:app"]', "5000"),
        ({"Dockerfile": 'FROM x\nEXPOSE 8123\nCMD ["hypercorn", "app.main:app"]\n'}, '["hypercorn", "app.main:app"]', "8123"),
        ({"Dockerfile": "FROM x\nCMD uvicorn app.main:app --port 81\n"}, '["uvicorn", "app.main:app", "--port", "81"]', "81"),
        ({"app/main.py": "app = create_app()\n"}, '["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]', "8000"),
        ({"app/main.py": MAIN.replace("FastAPI", "Flask"), "main.py": "if __name__ == '__main__': print()\n"}, '["python", "-m", "main"]', "9000"),
    ],
)  # fmt: skip
def test_the_command_is_the_one_that_the_project_has(
    files: dict[str, str], command: str, port: str, tmp_path: Path
) -> None:
    init(lay(tmp_path, SHAPES["pip-tools"] | files), "--yes", "--force")
    assert f"CMD {command}\n" in text(tmp_path)
    assert f"EXPOSE {port}\n" in text(tmp_path)


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


@pytest.mark.parametrize(
    "files,options,message",
    [
        ({"app/settings.py": ""}, [], "no settings class"),
        ({"app/main.py": ""}, [], "what starts the application"),
        ({"app/worker.py": SETTINGS.replace("class Settings", "class Worker")}, [], "app.settings:Settings, app.worker:Worker"),
        ({}, ["--base", "python:3.12"], "has no digest"),
        ({}, ["--command", "'"], "not complete"),
        ({"requirements.in": "", "requirements.txt": ""}, [], "depends on"),
    ],
)  # fmt: skip
def test_what_can_not_be_known_is_one_clear_message(
    files: dict[str, str], options: list[str], message: str, tmp_path: Path
) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | files)
    with pytest.raises(UsageError) as refused:
        main(["init", str(tmp_path), "--yes", *options])
    assert message in str(refused.value)
    assert not (tmp_path / "Dockerfile").exists()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        main(["init", str(tmp_path / "nowhere"), "--yes"])


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
    assert "confcontract bake app.worker:Worker app.settings:Settings -o" in text(tmp_path)
    assert f"\nARG BASE={base}\n" in text(tmp_path)


@pytest.mark.parametrize("answer,overwritten", [("y", True), ("n", False), ("", False)])
def test_at_a_terminal_an_overwrite_needs_a_yes(
    answer: str, overwritten: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": "FROM x\n"})
    Terminal(monkeypatch, "", "", answer)
    init(tmp_path)
    assert (text(tmp_path) != "FROM x\n") is overwritten


def test_what_the_dockerfile_sets_is_kept_but_for_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = "FROM x\nENV PIP_NO_CACHE_DIR=1 APP_TOKEN_URL=https://id/\nENV APP_PASSWORD=hunter2\nENV APP_GREETING two words\n"
    lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": there})
    assert init(tmp_path, "--yes", "--force") == 0
    written = text(tmp_path)
    assert written.startswith(
        "# check=skip=SecretsUsedInArgOrEnv\n# That check goes by names: APP_TOKEN_URL is no secret.\n"
    )
    assert 'ENV APP_TOKEN_URL=https://id/ \\\n    APP_GREETING="two words"\n' in written
    assert "APP_PASSWORD" not in written
    assert "hunter2" not in written
    assert "called like secrets: APP_PASSWORD" in capsys.readouterr().out
    assert init(tmp_path, "--yes") == 0
    assert text(tmp_path) == written


@pytest.mark.parametrize("name", ["a:b; rm -rf /", "$(id):x", "nocolon", "a:b\nc", "a:"])
def test_a_settings_class_that_is_no_name_never_gets_into_a_line_for_a_shell(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not MODULE:OBJECT"):
        init(lay(tmp_path, SHAPES["uv"]), "--yes", "--settings", name)
    assert not (tmp_path / "Dockerfile").exists()


@pytest.mark.parametrize(
    "damaged",
    ['project = "x"\n', "tool = 3\n", f"[project]\nrequires-python = '3.{'9' * 5000}'\n", f"x = {'[' * 5000}"],
    ids=["project", "tool", "number", "nested"],
)
def test_a_pyproject_of_odd_types_is_passed_over(damaged: str, tmp_path: Path) -> None:
    lay(tmp_path, {**SHAPES["uv"], "pyproject.toml": damaged, "app/deep.py": f"x = {'(' * 3000}"})
    assert init(tmp_path, "--yes") == 0


def test_nothing_is_written_through_a_link_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    project = lay(tmp_path / "project", SHAPES["uv"])
    (project / ".github").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="leads out of the project"):
        init(project, "--yes")
    assert not any((tmp_path / "outside").rglob("*.yml"))


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


@pytest.mark.parametrize("name", ["Dockerfile", "Makefile", ".dockerignore", "smoke.env"])
@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_what_is_no_file_is_left_and_named(name: str, kind: str, tmp_path: Path) -> None:
    place = lay(tmp_path, SHAPES["pip-tools"]) / name
    if kind == "directory":
        place.mkdir()
    else:
        os.mkfifo(place)
    with pytest.raises(UsageError, match=re.escape(f"{place} can't be read or written: is not a file")):
        init(tmp_path, "--yes")


def test_files_to_look_at_that_would_never_end_are_passed_over(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["pip-tools"])
    for name in ("Procfile", "pyproject.toml"):
        os.mkfifo(tmp_path / name)
    assert init(tmp_path, "--yes") == 0


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {".github": "a file"})
    with pytest.raises(UsageError, match=re.escape(str(tmp_path / ".github"))):
        init(tmp_path, "--yes")


def test_nothing_is_written_where_one_of_the_files_can_not_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, SHAPES["pip-tools"] | {".github/readme.md": ""})
    (tmp_path / ".github/workflows").symlink_to(tmp_path.parent)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="leads out of the project") as refused:
        init(tmp_path, "--yes")
    assert "no file has been written" in str(refused.value.problems[0].hint)
    assert sorted(tmp_path.rglob("*")) == before
    assert "wrote" not in capsys.readouterr().out


def test_folders_that_were_made_are_removed_where_a_file_can_not_be_written(tmp_path: Path) -> None:
    project = lay(tmp_path / "project", SHAPES["pip-tools"])
    os.link(project / "requirements.in", project / "image-smoke.sh")  # in a folder where others may make such names
    project.chmod(0o777)
    with pytest.raises(UsageError, match="second name of another file"):
        init(project, "--yes", "--force")
    assert not (project / ".github").exists()
    assert not (project / "Dockerfile").exists()


# -- as real projects have it ------------------------------------------------------------------------


def test_a_function_that_gives_the_application_is_started_as_a_factory(tmp_path: Path) -> None:
    factory = "from fastapi import FastAPI\ndef create_app(debug: bool = False) -> FastAPI:\n    return FastAPI()\n"
    assert init(lay(tmp_path, SHAPES["pip-tools"] | {"app/main.py": factory}), "--yes") == 0
    command = '["uvicorn", "--factory", "app.main:create_app", "--host", "0.0.0.0", "--port", "8000"]'
    assert f"CMD {command}\n" in text(tmp_path)


def test_a_function_that_needs_an_argument_is_no_factory(tmp_path: Path) -> None:
    factory = "from fastapi import FastAPI\ndef create_app(*, debug: bool) -> FastAPI:\n    return FastAPI()\n"
    with pytest.raises(UsageError, match="what starts the application"):
        init(lay(tmp_path, SHAPES["pip-tools"] | {"app/main.py": factory}), "--yes")


def test_what_production_asks_for_comes_before_what_developers_have(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"requirements.txt": "-r requirements-prod.txt\npytest\n", "requirements-prod.txt": "fastapi[all]==0.115\n"},
    )
    assert init(tmp_path, "--yes") == 0
    assert "requirements.lock requirements-prod.txt\n" in text(tmp_path, "Makefile")
    assert 'CMD ["uvicorn", "app.main:app"' in text(tmp_path), "fastapi[all] brings uvicorn"


def test_a_server_in_an_included_file_counts(tmp_path: Path) -> None:
    lay(tmp_path, {"requirements.txt": "-r more/web.txt\n", "more/web.txt": "uvicorn\n"})
    assert init(tmp_path, "--yes") == 0
    assert 'CMD ["uvicorn", "app.main:app"' in text(tmp_path)


def test_the_release_of_python_is_that_of_the_dockerfile_that_is_there(tmp_path: Path) -> None:
    lay(
        tmp_path,
        SHAPES["pip-tools"]
        | {"Dockerfile": "FROM docker.io/library/python:3.13.2-slim AS x\nEXPOSE 8888/tcp\nCMD python -m app.main\n"},
    )
    init(tmp_path, "--yes", "--force")
    assert "python:3.13-slim-bookworm" in text(tmp_path)
    assert "EXPOSE 8888\n" in text(tmp_path)


def test_settings_of_pydantic_1_are_named(tmp_path: Path) -> None:
    old = "from pydantic import BaseSettings\n\nclass Settings(BaseSettings):\n    port: int = 1\n"
    with pytest.raises(UsageError, match=r"settings\.py:3 derive from the BaseSettings of pydantic 1"):
        init(lay(tmp_path, SHAPES["pip-tools"] | {"app/settings.py": old}), "--yes")


def test_the_lock_that_make_wrote_does_not_take_its_own_rule_away(tmp_path: Path) -> None:
    lay(tmp_path, SHAPES["requirements"])
    init(tmp_path, "--yes")
    before = text(tmp_path, "Makefile")
    (tmp_path / "requirements.lock").write_text(HASHED, encoding="utf-8")
    assert init(tmp_path, "--yes") == 0
    assert text(tmp_path, "Makefile") == before


HOSTILE = "v1;touch${IFS}pwned;'`id`\"$(id)"


def test_names_of_tags_and_remotes_mean_nothing_to_the_shell(tmp_path: Path) -> None:
    """As make gets them from git: what the shell says is not expanded again."""
    lay(tmp_path, SHAPES["pip-tools"])
    init(tmp_path, "--yes")
    (tmp_path / "bin").mkdir()
    tools = {
        "git": f"cat <<'END'\n{HOSTILE}\nEND\n",
        "confcontract": 'shift; echo "audited $*"\n',
        "docker": 'for word; do echo "<$word>"; done\n',
    }
    for name, lines in tools.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{lines}", encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "image-smoke.sh").write_text('#!/bin/sh\necho "<$1>"\n', encoding="utf-8")
    (tmp_path / "build/contract").mkdir(parents=True)
    (tmp_path / "build/contract/contract.json").write_text('{"digest":"sha256:0"}', encoding="utf-8")
    path = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["make", "image", "smoke", "audit", "AUDIT=--format github"],
        cwd=tmp_path,
        env=path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    words = [line[1:-1] for line in done.stdout.splitlines() if line.startswith("<")]
    for name in ("VERSION", "SOURCE_URL", "SOURCE_COMMIT"):
        assert words.count(f"{name}={HOSTILE}") == 2, done.stdout
    assert [word.partition(":")[2] for word in words if word.endswith(HOSTILE)][-2:] == [HOSTILE, HOSTILE]
    assert "CONTRACT_DIGEST=sha256:0" in words
    audited = next(line for line in done.stdout.splitlines() if line.startswith("audited"))
    assert audited == "audited docker-archive:build/image.tar --lock requirements.txt --format github"
    assert not (tmp_path / "pwned").exists()
