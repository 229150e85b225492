"""The workflows of the documentation, run by act as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.github_api import TOKEN, GitHub, serving
from tests.integrations.test_published_files import examples
from tests.integrations.workflows import BEFORE, BROKEN, MENDED, Project, Run, project
from tests.support.commands import run

COMMITTED, BAKED = examples(".github/workflows/configuration.yml")


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving() as made:
        yield made


def told(done: Run) -> str:
    (line,) = re.findall(r"\| told (.*)", done.said)
    return str(line)


def contract(folder: Path, settings: bytes, version: str) -> bytes:
    (folder / "shopsettings.py").write_bytes(settings)
    done = run("bake", "shopsettings:Settings", "--name", "shop", "--version", version, "-o", "baked", cwd=folder)
    assert done.returncode == 0, done.stderr
    return (folder / "baked/contract.json").read_bytes()


def test_a_committed_contract_is_compared_and_the_comment_is_updated(tmp_path: Path, github: GitHub) -> None:
    workflow = COMMITTED.replace("- uses: OWNER/", "- id: configuration\n        uses: OWNER/")
    path = "deploy/contract.json"
    shop = project(tmp_path, workflow, {path: contract(tmp_path, BEFORE, "1.4.0")})

    shop.commit({path: contract(tmp_path, BROKEN, "1.5.0")})
    first = shop.run(github)
    assert first.code == 1, first.said
    assert "::error file=shopsettings.py,line=8,title=SHOP_REGION (ENV_ADDED_REQUIRED)::" in first.said
    assert told(first).startswith("findings, major, ### ❌")
    (comment,) = github.comments
    assert "`SHOP_REGION` | is new and required: text" in comment["body"]
    assert "the rollback is safe" in comment["body"]

    shop.commit({path: contract(tmp_path, MENDED, "1.5.0")})
    second = shop.run(github)
    assert second.code == 0, second.said
    assert told(second).startswith("safe, minor, ### ✅")
    assert github.comments == [comment]
    assert "the upgrade is safe" in comment["body"]
    assert github.requests == ["GET", "POST", "GET", "PATCH"]
    assert TOKEN not in first.said + second.said + comment["body"]


def without_installing(workflow: str) -> str:
    """What a runner downloads is here: Python, and the application."""
    begin, end = workflow.index("      - uses: actions/setup-python"), workflow.index("      - id: configuration")
    assert workflow[begin:end].count("\n") == 4
    return workflow[:begin] + workflow[end:]


def test_a_class_is_baked_from_both_sides_and_a_token_that_may_only_read_fails_nothing(
    tmp_path: Path, github: GitHub
) -> None:
    github.refuses = 403
    files = {"shop/__init__.py": b"", "shop/settings.py": BEFORE}
    shop: Project = project(tmp_path, without_installing(BAKED), files)
    # nothing that is baked is given the token
    shop.commit({"shop/settings.py": b"import os\n\nassert 'ghs_' not in str(os.environ)\n\n" + MENDED})
    done = shop.run(github)
    assert done.code == 0, done.said
    assert told(done).startswith("safe, ")
    assert "no comment is written: the job needs the permission pull-requests: write" in done.said
    assert github.comments == []
    assert "worktree" not in (shop.folder / ".git").joinpath("config").read_text()
