"""`confcontract init` over projects of each shape: which lock, which command, and what is written."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from confcontract.report.errors import UsageError
from tests.project.initialised import init, text
from tests.project.shapes import MAIN, SETTINGS, SHAPES, lay

EXPORTS = {
    "uv": "uv export --locked --no-dev --no-emit-project --no-header --output-file requirements.lock",
    "Poetry": "poetry export --only main --format requirements.txt --output requirements.lock",
    "PDM": "pdm export --prod --format requirements --output requirements.lock",
    "pip-tools": None,
    "requirements": "pip-compile --generate-hashes --strip-extras --output-file=requirements.lock requirements.txt",
}


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


@pytest.mark.parametrize(
    "shape,installs,options",
    [
        (
            "uv",
            "uv sync --locked --group server --extra=s3 --group dev",
            "--no-emit-project --group server --extra s3 ",
        ),
        ("Poetry", "poetry install --only main,prod -E pgsql", "--only main,prod --extras pgsql --format"),
        (
            "Poetry",
            "poetry install --sync \\\n    --with prod --extras 'a b'",
            "--only main,prod --extras a --extras b ",
        ),
        ("PDM", "pdm sync --prod -G web", "--prod -G web --format"),
    ],
)
def test_the_lock_has_the_groups_and_extras_that_the_dockerfile_installs(
    shape: str, installs: str, options: str, tmp_path: Path
) -> None:
    there = f"FROM x AS build\nRUN pip install x && {installs} && rm -r y --group no\nFROM x\n"
    assert init(lay(tmp_path, SHAPES[shape] | {"Dockerfile": there}), "--yes", "--force") == 0
    lock = text(tmp_path, "Makefile").rpartition("requirements.lock:\n")[2]
    assert options in lock
    assert init(tmp_path, "--yes") == 0, "the second time, from its own Makefile"
    assert text(tmp_path, "Makefile").endswith(lock)


def test_the_lock_of_a_workspace_is_found_above_its_member(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(SHAPES["uv"]["uv.lock"], encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["backend"]\n', encoding="utf-8")
    member = lay(tmp_path / "backend", {"pyproject.toml": SHAPES["uv"]["pyproject.toml"]})
    assert init(member, "--yes") == 0
    assert "\tuv export --locked --no-dev --no-emit-workspace" in text(member, "Makefile")


def test_a_contract_that_says_its_name_keeps_it(tmp_path: Path) -> None:
    declared = SETTINGS + 'from confcontract import declare\nSHOP = declare(Settings, name="till")\n'
    assert init(lay(tmp_path, SHAPES["uv"] | {"app/settings.py": declared}), "--yes") == 0
    assert "confcontract bake app.settings:SHOP -o /etc/confcontract" in text(tmp_path)
    (tmp_path / "app/settings.py").write_text(declared.replace(', name="till"', ""), encoding="utf-8")
    init(tmp_path, "--yes", "--force")
    assert "confcontract bake app.settings:SHOP --name web-shop -o /etc/confcontract" in text(tmp_path)


@pytest.mark.parametrize("version", ["", ', version="1.4.0"'])
def test_a_contract_has_the_version_of_the_build_unless_it_says_its_own(version: str, tmp_path: Path) -> None:
    declared = f'{SETTINGS}from confcontract import declare\nSHOP = declare(Settings, name="till"{version})\n'
    assert init(lay(tmp_path, SHAPES["uv"] | {"app/settings.py": declared}), "--yes") == 0
    build, _, last = text(tmp_path).partition("FROM scratch AS contract")
    assert build.count('--source-commit "$SOURCE_COMMIT" --version "${VERSION:-0}" && \\\n') == (not version)
    assert build.count("\nARG VERSION=0\n") == (not version)
    assert 'org.opencontainers.image.version="$VERSION"' in last


WORKSPACE = """\
[project]
name = "web"
requires-python = ">=3.12"
dependencies = ["store", "fastapi", "uvicorn", "confcontract"]
[tool.uv.sources]
store = { workspace = true }
[tool.uv.workspace]
members = ["packages/*", "libs/store", "../outside", "/etc"]
exclude = ["packages/old"]
"""


def workspace(folder: Path, root: str = WORKSPACE) -> Path:
    """An application, its settings in a member that it imports, one that it does not, and one that is excluded."""
    files = {
        "pyproject.toml": root,
        "uv.lock": SHAPES["uv"]["uv.lock"],
        "app/__init__.py": "",
        "app/main.py": "from fastapi import FastAPI\nfrom store.db import settings\napp = FastAPI()\n",
        "libs/__init__.py": "",
        "libs/store/pyproject.toml": "",
        "libs/store/src/store/__init__.py": "",
        "libs/store/src/store/db.py": f"{SETTINGS}settings = Settings()\n",
        "packages/jobs/pyproject.toml": "",
        "packages/jobs/jobs/__init__.py": "",
        "packages/old/pyproject.toml": "",
        "packages/old/old/__init__.py": SETTINGS,
        "packages/no-package/README": "",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_members_of_a_workspace_are_copied_and_imported_as_they_are_called(tmp_path: Path) -> None:
    assert init(workspace(tmp_path), "--yes") == 0
    written = text(tmp_path)
    assert "COPY app app\nCOPY libs/store/src/store libs/store/src/store\n" in written
    assert written.count("PYTHONPATH=/app:/app/libs/store/src\n") == 2
    assert "confcontract bake store.db:Settings --name web -o" in written
    assert "packages/" not in written
    assert "\tuv export --locked --no-dev --no-emit-workspace --no-header" in text(tmp_path, "Makefile")
    assert "\n!libs/store/src/store\n" in text(tmp_path, ".dockerignore")


def test_a_workspace_that_depends_on_nothing_itself_is_locked_with_all_its_members(tmp_path: Path) -> None:
    root = '[tool.uv.workspace]\nmembers = ["libs/*"]\n'
    assert init(workspace(tmp_path, root), "--yes", "--command", "uvicorn app.main:app") == 0
    assert "\tuv export --locked --no-dev --all-packages --no-emit-workspace" in text(tmp_path, "Makefile")


def test_a_member_that_imports_another_is_refused_with_the_way_that_works(tmp_path: Path) -> None:
    workspace(tmp_path)
    member = tmp_path / "packages/jobs"
    (member / "jobs/__main__.py").write_text(f"import store\n{SETTINGS}", encoding="utf-8")
    with pytest.raises(UsageError, match="imports store, which is libs/store of its workspace") as refused:
        init(member, "--yes")
    assert "run 'confcontract init' in the folder of the workspace" in str(refused.value.problems[0].hint)
    assert not (member / "Dockerfile").exists()
    (member / "jobs/__main__.py").write_text(SETTINGS, encoding="utf-8")
    assert init(member, "--yes") == 0
    assert "when ../../uv.lock has changed" in text(member, "Makefile")


def test_the_image_has_what_the_project_says(tmp_path: Path) -> None:
    init(lay(tmp_path, SHAPES["uv"], "src/"), "--yes")
    written = text(tmp_path)
    assert "COPY src/app src/app\n" in written
    assert "PYTHONPATH=/app/src\n" in written
    assert "confcontract bake app.settings:Settings --name web-shop -o /etc/confcontract" in written
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
        ({"Dockerfile": 'FROM x\nENTRYPOINT ["tini", "-g", "--", "./start.sh"]\nCMD ["python", "-m", "app.main"]\n'}, '["python", "-m", "app.main"]', "9000"),
        ({"Dockerfile": 'FROM x\nCMD ["/usr/bin/supervisord", "-c", "x.conf"]\n'}, '["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]', "8000"),
        ({"Dockerfile": 'ARG KIND=web\nFROM x AS base\nEXPOSE 8124\nFROM base AS web\nCMD ["python", "-m", "app"]\nFROM $KIND\n'}, '["python", "-m", "app"]', "8124"),
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


def test_what_the_image_does_not_start_and_what_it_may_not_find_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = (
        'FROM python:3.13 AS base\nENV COLOR=red\nFROM base\nENTRYPOINT ["./start.sh"]\nCMD ["uvicorn", "main:app"]\n'
    )
    assert init(lay(tmp_path, SHAPES["pip-tools"] | {"Dockerfile": there}), "--yes", "--force") == 0
    said = capsys.readouterr().out
    assert "look at what ./start.sh does, which the image doesn't start" in said
    assert "look at the command: main is not a module of the project" in said
    assert "ENV COLOR=red\n" in text(tmp_path), "of the stage that the last one builds on"
    assert "python:3.13-slim-bookworm" in text(tmp_path)


def test_a_function_that_gives_the_application_is_started_as_a_factory(tmp_path: Path) -> None:
    factory = "from fastapi import FastAPI\ndef create_app(debug: bool = False) -> FastAPI:\n    return FastAPI()\n"
    assert init(lay(tmp_path, SHAPES["pip-tools"] | {"app/main.py": factory}), "--yes") == 0
    command = '["uvicorn", "--factory", "app.main:create_app", "--host", "0.0.0.0", "--port", "8000"]'
    assert f"CMD {command}\n" in text(tmp_path)


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


def test_what_confcontract_depends_on_is_listed_where_the_lock_does_not_name_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"requirements.txt": "uvicorn==1 --hash=sha256:0\n"})
    assert init(tmp_path, "--yes") == 0
    said = capsys.readouterr().out
    assert (
        "add confcontract to requirements.txt; if your package index doesn't have it, put its wheel into dist/" in said
    )
    assert all(name in said for name in ("pydantic-settings", "jsonschema", "typer>="))
    assert "cyclonedx" not in said, "an extra"


def test_init_goes_on_where_it_is_not_known_what_confcontract_depends_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it runs from its source, without metadata."""
    from importlib import metadata

    def nothing(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", nothing)
    assert init(lay(tmp_path, {"requirements.txt": "uvicorn==1 --hash=sha256:0\n"}), "--yes") == 0
    assert "and add to requirements.txt what it depends on\n" in capsys.readouterr().out
