"""What the action compares with what, where there is no runner: in a repository, with the event in a file."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from github_action.steps import compare
from tests.integrations.workflows import BEFORE, BROKEN, MENDED, event
from tests.support.commands import run
from tests.support.repositories import ALONE, git, repository

CLASS = "python:shop.settings:Settings"


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("contracts")
    found = {}
    for name, settings in {"before": BEFORE, "broken": BROKEN, "mended": MENDED}.items():
        (folder / f"{name}.py").write_bytes(settings)
        out = folder / f"{name}-baked"
        done = run("bake", f"{name}:Settings", "--name", "shop", "--version", "1.0.0", "-o", str(out), cwd=folder)
        assert done.returncode == 0, done.stderr
        found[name] = (out / "contract.json").read_bytes()
    return found


class Compared:
    """The action in a working directory."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.beside, self._capfd, self._monkeypatch = folder, capfd, monkeypatch
        for name in [name for name in os.environ if name.startswith(("GIT", "PYTHONPATH"))]:
            monkeypatch.delenv(name)
        for name, value in ALONE.items():
            monkeypatch.setenv(name, value)
        # The same command, forked: test_action_in_a_workflow.py starts it as it stands.
        monkeypatch.setattr("github_action.steps._run", lambda command: run(*command[4:], cwd=Path.cwd()))

    def __call__(
        self, where: Path, happened: dict[str, Any], event_name: str = "pull_request", **inputs: str
    ) -> tuple[int, dict[str, str], str]:
        """Exit code, outputs, and what was said."""
        self._monkeypatch.chdir(where)
        (self.beside / "event.json").write_text(json.dumps(happened))
        out, temporary = self.beside / "outputs", self.beside / "temporary"
        out.unlink(missing_ok=True)
        temporary.mkdir(exist_ok=True)
        code = compare(
            {
                "GITHUB_EVENT_PATH": str(self.beside / "event.json"),
                "GITHUB_EVENT_NAME": event_name,
                "GITHUB_OUTPUT": str(out),
                "GITHUB_SHA": git(where, "rev-parse", "HEAD"),
                "RUNNER_TEMP": str(temporary),
                **{f"CONFCONTRACT_ACTION_{name.upper()}": value for name, value in inputs.items()},
            }
        )
        told = dict(line.split("=", 1) for line in out.read_text().splitlines())
        said = "".join(self._capfd.readouterr())
        assert "Traceback" not in said
        return code, told, said + Path(told["report"]).read_text(encoding="utf-8")


@pytest.fixture
def compared(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Compared:
    return Compared(tmp_path, capfd, monkeypatch)


Shop = Callable[[dict[str, bytes], dict[str, bytes]], Path]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    def make(before: dict[str, bytes], after: dict[str, bytes]) -> Path:
        """The base on main, the pull request checked out."""
        made = repository(tmp_path / "shop", {"README.md": b"shop\n", **before})
        git(made, "checkout", "-q", "-b", "change")
        for name, content in after.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
        git(made, "add", "-A")
        git(made, "commit", "-q", "--allow-empty", "-m", "Change")
        return made

    return make


def at(folder: Path, revision: str = "main") -> dict[str, Any]:
    return event(git(folder, "rev-parse", revision))


def test_a_merge_is_compared_with_what_it_was_merged_with(
    shop: Shop, contracts: dict[str, bytes], compared: Compared, tmp_path: Path
) -> None:
    """The base branch has gone on, and the event was before that. The clone holds two commits deep, as on the page."""
    made = shop({"contract.json": contracts["before"]}, {"README.md": b"more\n"})
    first = git(made, "rev-parse", "main")
    git(made, "checkout", "-q", "main")
    (made / "contract.json").write_bytes(contracts["broken"])
    git(made, "commit", "-q", "-a", "-m", "Break")
    git(made, "merge", "-q", "--no-ff", "-m", "Merge", "change")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "2", made.as_uri(), str(clone))
    assert compared(clone, event(first))[1]["result"] == "safe"
    (clone / "contract.json").write_bytes(contracts["before"])
    code, told, said = compared(clone, event(first))
    assert (code, told["result"]) == (0, "safe"), said
    assert "SHOP_REGION" in said  # it is gone, which the first commit did not have


def test_what_the_base_branch_got_since_is_no_change_of_the_pull_request(
    shop: Shop, contracts: dict[str, bytes], compared: Compared
) -> None:
    made = shop({"contract.json": contracts["before"]}, {"README.md": b"more\n"})
    git(made, "checkout", "-q", "main")
    (made / "contract.json").write_bytes(contracts["broken"])
    git(made, "commit", "-q", "-a", "-m", "Break")
    git(made, "checkout", "-q", "change")
    code, told, said = compared(made, at(made), direction="rollback")
    assert (code, told["worth-a-comment"]) == (0, "false"), said


def test_a_base_that_the_clone_does_not_hold_is_fetched(
    shop: Shop, contracts: dict[str, bytes], compared: Compared, tmp_path: Path
) -> None:
    made = shop({"contract.json": contracts["before"]}, {"contract.json": contracts["broken"]})
    git(made, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "change", made.as_uri(), str(clone))
    code, told, said = compared(clone, at(made))
    assert (code, told["result"]) == (1, "findings"), said
    assert "title=SHOP_REGION (ENV_ADDED_REQUIRED)" in said
    happened = at(made)
    shutil.rmtree(made)
    code, told, said = compared(clone, happened, base="v1.4.0")
    assert (code, told["result"]) == (2, "failed")
    assert "there is no revision v1.4.0 in this clone, and it could not be fetched" in said


@pytest.mark.parametrize(
    "inputs,code,words",
    [
        ({"base": "main"}, 1, "the upgrade is not safe"),
        ({"base": "git:main:contract.json"}, 1, "the upgrade is not safe"),
        ({"base": "git:nowhere:contract.json"}, 2, "there is no revision nowhere"),
        ({"base": "--upload-pack=x"}, 2, "is not a revision of git"),
        ({"contract": "git:HEAD:contract.json"}, 1, "the upgrade is not safe"),
        ({"fail_on": "never"}, 2, "Invalid value for '--fail-on'"),
        ({"direction": "rollback"}, 0, "the rollback is safe"),
        ({"contract": "built/contract.json"}, 2, "is not a file that is committed"),
        ({"contract": "added/contract.json"}, 0, "added/contract.json is not in the base"),
        ({"contract": "."}, 1, "the upgrade is not safe"),
        ({"contract": "added"}, 0, "added/contract.json is not in the base"),
        ({"contract": "damaged.json"}, 2, "could not be evaluated"),
        ({"version": "0.0.0", "contract": CLASS}, 2, "confcontract 0.0.0 is not installed"),
    ],
    ids=str,
)
def test_inputs_say_what_is_compared(
    shop: Shop, contracts: dict[str, bytes], compared: Compared, inputs: dict[str, str], code: int, words: str
) -> None:
    broken = contracts["broken"]
    made = shop(
        {"contract.json": contracts["before"], "damaged.json": b"{"},
        {"contract.json": broken, "added/contract.json": broken},
    )
    (made / "built").mkdir()
    (made / "built/contract.json").write_bytes(broken)
    ended, told, said = compared(made, at(made), **inputs)
    assert ended == code, said
    assert words in re.sub(r"\s+", " ", said)
    assert told["result"] == {0: "safe", 1: "findings", 2: "failed"}[code] or "no-base" in told["result"]


@pytest.mark.parametrize(
    "name,happened",
    [
        ("push", lambda base: {"before": base}),
        ("merge_group", lambda base: {"merge_group": {"base_sha": base}}),
    ],
)
def test_other_events_have_a_base_too(
    shop: Shop, contracts: dict[str, bytes], compared: Compared, name: str, happened: Callable[[str], dict[str, Any]]
) -> None:
    made = shop({"contract.json": contracts["before"]}, {"contract.json": contracts["broken"]})
    assert compared(made, happened(git(made, "rev-parse", "main")), name)[0] == 1


@pytest.mark.parametrize("happened", [{}, {"before": "0" * 40}], ids=str)
def test_an_event_without_a_base_fails(
    shop: Shop, contracts: dict[str, bytes], compared: Compared, happened: dict[str, Any]
) -> None:
    made = shop({"contract.json": contracts["before"]}, {})
    code, _, said = compared(made, happened, "push")
    assert code == 2
    assert "the event push has no base: give a revision as the input base" in said


def test_without_a_clone_it_says_what_to_do(
    tmp_path: Path, compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = repository(tmp_path / "shop", {"contract.json": b"{}"})
    happened = at(made)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    code, _, said = compared(made, happened)
    assert code == 2
    assert "put actions/checkout before this step" in said


def test_the_token_may_not_be_near_code_of_a_stranger(shop: Shop, compared: Compared) -> None:
    made = shop({"shop/settings.py": BEFORE}, {"shop/settings.py": BROKEN})
    code, _, said = compared(made, at(made), "pull_request_target", contract=CLASS)
    assert code == 2
    assert "would run code of the pull request with the secrets" in said


@pytest.mark.parametrize("source", ["", "services/shop/src/"])
def test_a_class_is_baked_as_it_was_at_the_base_however_the_application_is_found(
    shop: Shop, compared: Compared, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """PYTHONPATH leads to the checkout here, as an editable installation does, wherever Python is started."""
    init, settings = f"{source}shop/__init__.py", f"{source}shop/settings.py"
    made = shop({init: b"", settings: BEFORE}, {settings: BROKEN})
    if source:
        monkeypatch.setenv("PYTHONPATH", str(made / source))
    where = made / ("services/shop" if source.startswith("services") else ".")
    code, _, said = compared(where, at(made), contract=CLASS)
    assert code == 1, said
    assert "SHOP_REGION" in said
    assert git(made, "worktree", "list").count("\n") == 0
    assert git(made, "status", "--porcelain") in ("", f"?? {source}shop/__pycache__/")


@pytest.mark.parametrize(
    "before,after,reference,code,words",
    [
        ({}, {"shop/settings.py": BEFORE}, CLASS, 0, "the module shop.settings is not in the base"),
        ({"shop/settings.py": b"1 / 0\n"}, {"shop/settings.py": BEFORE}, CLASS, 2, "ZeroDivisionError"),
        ({"shop/settings.py": BEFORE}, {"shop/settings.py": b"1 / 0\n"}, CLASS, 2, "from the pull request"),
        ({}, {}, "python:nowhere.at:All", 2, "nowhere was not found, not from the checkout"),
        ({}, {}, "python:pytest:Settings", 2, "pytest is imported from"),
    ],
)
def test_what_can_not_be_baked_is_told(
    shop: Shop,
    compared: Compared,
    before: dict[str, bytes],
    after: dict[str, bytes],
    reference: str,
    code: int,
    words: str,
) -> None:
    made = shop(before, after)
    ended, told, said = compared(made, at(made), contract=reference)
    assert ended == code, said
    assert words in said
    assert told["bump"] == ""
    assert git(made, "worktree", "list").count("\n") == 0


def test_a_release_that_can_not_be_installed_is_told(
    shop: Shop, contracts: dict[str, bytes], compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    made = shop({"contract.json": contracts["before"]}, {})
    code, told, said = compared(made, at(made), version="0.0.0")
    assert (code, told["result"]) == (2, "failed")
    assert "confcontract==0.0.0 could not be installed: ERROR: No matching distribution found" in said


def test_the_program_is_isolated_from_what_is_checked_out(shop: Shop) -> None:
    """A folder of the pull request that is called like the action's own is not run."""
    import subprocess

    made = shop({}, {"github_action/__init__.py": b"raise SystemExit(77)\n", "json.py": b"raise SystemExit(77)\n"})
    program = Path(__file__).parents[2] / "github_action"
    environ = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(made.parent)}
    done = subprocess.run(
        [sys.executable, "-I", str(program), "compare"], cwd=made, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert "has no base" in done.stdout or "not a file that is committed" in done.stdout
