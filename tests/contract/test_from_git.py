"""Contracts of a revision: found as git finds files, without a checkout; what is not there is told with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from confcontract.contract import anywhere, from_git
from confcontract.report.errors import ContractUnusable, UsageError
from tests.support.repositories import ALONE, git, repository

from .conftest import resealed


def version(number: str, baked: bytes) -> bytes:
    return resealed({**json.loads(baked), "version": number})


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> Path:
    """Version 1 under a tag and on a branch, version 2 on main, 3 in the index, 4 in the working tree."""
    folder = repository(tmp_path_factory.mktemp("git") / "shop", {"deploy/contract.json": version("1", baked)})
    git(folder, "tag", "-a", "-m", "release", "v1")
    git(folder, "tag", "release/1.0+ü@home")
    git(folder, "branch", "feature/{x")
    (folder / "deploy/contract.json").write_bytes(version("2", baked))
    for name in ("a:b ü.json", "contract.json"):
        (folder / name).write_bytes(version("top", baked))
    (folder / "link").symlink_to("deploy")
    (folder / "away.json").symlink_to("/etc/hostname")
    (folder / "nowhere.json").symlink_to("gone.json")
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "docs").mkdir()
    (folder / "docs/README.md").write_text("# Shop\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Bake again")
    (folder / "deploy/contract.json").write_bytes(version("3", baked))
    git(folder, "add", "-A")
    (folder / "deploy/contract.json").write_bytes(version("4", baked))
    return folder


@pytest.fixture(autouse=True)
def inside(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo)
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("revision", "path", "found"),
    [
        ("v1", "deploy/contract.json", "1"),
        ("HEAD", "deploy/contract.json", "2"),
        ("main", "deploy", "2"),
        ("main", "deploy/", "2"),
        ("HEAD", "", "top"),
        ("HEAD", ".", "top"),
        ("HEAD~1", "deploy/contract.json", "1"),
        ("HEAD^{/Bake}", "deploy/contract.json", "2"),
        ("main@{2020-01-01 10:00:00}", "deploy/contract.json", "1"),
        ("release/1.0+ü@home", "deploy/contract.json", "1"),
        ("feature/{x", "deploy/contract.json", None),
        ("refs/heads/feature/{x", "deploy/contract.json", None),
        ("HEAD", "a:b ü.json", "top"),
        ("HEAD", "link", "2"),
        ("HEAD", "link/contract.json", "2"),
        ("", "deploy/contract.json", "3"),
    ],
)
def test_a_revision_has_its_own_contract(revision: str, path: str, found: str | None) -> None:
    reference = f"git:{revision}:{path}"
    if found is None:  # git itself takes an open brace for the beginning of HEAD@{...}
        with pytest.raises(UsageError, match="names no path"):
            anywhere.load(reference)
    else:
        assert anywhere.load(reference).version == found


def test_a_commit_is_named_by_its_hash_too(repo: Path) -> None:
    assert anywhere.load(f"git:{git(repo, 'rev-parse', '--short', 'v1^{}')}:deploy").version == "1"


def test_a_path_is_from_the_root_and_with_a_dot_from_here(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo / "deploy")
    assert anywhere.load("git:HEAD:contract.json").version == "top"
    assert anywhere.load("git:HEAD:./contract.json").version == "2"
    assert anywhere.load("git:HEAD:.").version == "2"
    assert anywhere.load("git:HEAD:../contract.json").version == "top"
    assert anywhere.load("git:v1:./contract.json").version == "1"


def test_nothing_is_checked_out_and_nothing_changes(repo: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in repo.rglob("*") if not path.is_symlink()}
    anywhere.load("git:v1:deploy")
    assert {path: path.stat().st_mtime_ns for path in repo.rglob("*") if not path.is_symlink()} == before


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("git:v9:deploy", "there is no revision v9 in this repository"),
        ("git:-p:deploy", "there is no revision -p in this repository"),
        ("git:--help:deploy", "there is no revision --help in this repository"),
        ("git:v1:contract.json", "there is no contract.json at this revision"),
        ("git:HEAD:deploy/contract.json/x", "there is no deploy/contract.json/x at this revision"),
        ("git:HEAD:docs", "docs is a directory without contract.json at this revision"),
        ("git:v1:", "the root of the repository is a directory without contract.json"),
        ("git:HEAD:docs/README.md", "is not JSON"),
        ("git:HEAD:away.json", "the link points outside of the repository"),
        ("git:HEAD:nowhere.json", "the link has no target"),
        ("git:HEAD:loop.json", "the link points back to itself"),
        ("git::gone.json", "there is no gone.json in the index"),
    ],
)
def test_what_is_not_there_is_told_with_the_reference(reference: str, words: str) -> None:
    with pytest.raises(ContractUnusable) as caught:
        anywhere.load(reference)
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"{reference}: ")
    assert words in problem.message
    assert problem.hint
    assert problem.code == "contract-unreadable"


@pytest.mark.parametrize("reference", ["git:", "git:HEAD", "git:HEAD@{1:2}", "git:HEAD:/deploy", "git:HEAD:a\nb"])
def test_a_malformed_reference_is_a_usage_error_that_names_it(reference: str) -> None:
    with pytest.raises(UsageError) as caught:
        anywhere.load(reference)
    assert reference in caught.value.problems[0].message
    assert caught.value.problems[0].hint


def hint_of(reference: str) -> str:
    with pytest.raises(ContractUnusable) as caught:
        anywhere.load(reference)
    return str(caught.value.problems[0].hint)


@pytest.mark.parametrize("url", ["https://me:canary@git.example/shop:contract.json", "git+ssh://me:canary@x/shop"])
def test_a_url_is_no_revision_and_is_not_shown(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        anywhere.load(f"git:{url}")
    (problem,) = raised.value.problems
    assert "not a URL" in problem.message
    assert "canary" not in str(problem)


def test_a_path_below_a_file_is_suggested_nowhere() -> None:
    assert hint_of("git:HEAD:contract.json/x") == "name a path that it has, or another revision"


def test_a_path_that_is_right_from_here_is_suggested(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo / "docs")
    assert hint_of("git:HEAD:README.md") == "did you mean git:HEAD:./README.md?"


def test_a_branch_that_only_the_remote_has_is_suggested(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repo, "branch", "-f", "topic", "v1")
    git(tmp_path, "clone", "-q", str(repo), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    assert hint_of("git:topic:deploy") == "did you mean git:origin/topic:deploy?"
    assert anywhere.load("git:origin/topic:deploy").version == "1"


def test_a_shallow_clone_says_so(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", "--no-tags", f"file://{repo}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    assert anywhere.load("git:HEAD:deploy").version == "2"
    assert "this clone is shallow" in hint_of("git:HEAD~1:deploy")
    assert "this clone is shallow" in hint_of("git:v1:deploy")


def test_a_bare_repository_will_do(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare")
    monkeypatch.chdir(tmp_path / "bare")
    assert anywhere.load("git:v1:deploy").version == "1"


def test_a_clone_without_files_fetches_the_one_that_is_asked_for(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repo}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    assert anywhere.load("git:v1:deploy").version == "1"


def test_a_remote_that_has_a_password_in_its_url_is_not_shown(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repo}", "clone")
    git(tmp_path / "clone", "remote", "set-url", "origin", "http://app:canary-7f3a91@127.0.0.1:9/shop.git")
    monkeypatch.chdir(tmp_path / "clone")
    with pytest.raises(ContractUnusable) as caught:
        anywhere.load("git:v1:deploy")
    assert "canary" not in str(caught.value.problems[0].as_dict())


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ContractUnusable, match="git:HEAD:x: git can't read it from here: not a git repository"):
        anywhere.load("git:HEAD:x")


def test_a_repository_without_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ContractUnusable, match="there is no revision HEAD"):
        anywhere.load("git:HEAD:contract.json")


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ContractUnusable, match="git:HEAD:x: the program git was not found") as caught:
        anywhere.load("git:HEAD:x")
    assert caught.value.problems[0].hint == "install git, or name a file"


def test_a_git_that_can_not_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("no program")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ContractUnusable, match="git can't be started: Exec format error"):
        anywhere.load("git:HEAD:x")


def test_a_git_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(from_git, "PATIENCE", 0.1)
    with pytest.raises(ContractUnusable, match="git did not answer"):
        anywhere.load("git:HEAD:x")


def test_a_file_beyond_all_measure_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_git, "MAX_BYTES", 10)
    with pytest.raises(ContractUnusable, match="is larger than 10 bytes"):
        anywhere.load("git:HEAD:contract.json")


def test_a_contract_that_was_edited_is_refused_at_any_revision(repo: Path, baked: bytes) -> None:
    (repo / "edited.json").write_bytes(baked.replace(b'"version":"1.4.0"', b'"version":"1.4.1"'))
    git(repo, "add", "edited.json")
    with pytest.raises(ContractUnusable, match=r"git::edited\.json: its content does not match its digest"):
        anywhere.load("git::edited.json")
