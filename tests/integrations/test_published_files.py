"""The action, the hooks and the examples of the documentation, as the linters of those who read them see them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.integrations.tools import run_tool
from tests.support.pages import ROOT, blocks

PAGE = ROOT / "docs/how-to/pull-request.md"
# Of this project itself a tag is named: which commit that will be is not known before.
ZIZMOR = 'rules: {unpinned-uses: {config: {policies: {"OWNER/confcontract": ref-pin, "*": hash-pin}}}}\n'


def examples(file: str) -> list[str]:
    found = [block.text for block in blocks(PAGE) if block.language == "yaml" and f"# {file}\n" in block.text]
    assert found
    return found


WORKFLOWS = [Path("action.yml"), *range(len(examples(".github/workflows/configuration.yml")))]


def written(which: Path | int, folder: Path) -> Path:
    if isinstance(which, Path):
        return ROOT / which
    path = folder / ".github/workflows/configuration.yml"
    path.parent.mkdir(parents=True)
    path.write_text(examples(".github/workflows/configuration.yml")[which], encoding="utf-8")
    return path


def zizmor(path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "zizmor.yml").write_text(ZIZMOR)
    options = ("--offline", "--no-progress", "--persona", "auditor", "--strict-collection")
    return run_tool("zizmor", *options, "--config", str(folder / "zizmor.yml"), str(path), cwd=folder)


@pytest.mark.parametrize("which", WORKFLOWS, ids=str)
def test_zizmor_finds_nothing(which: Path | int, tmp_path: Path) -> None:
    done = zizmor(written(which, tmp_path), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings" in done.stdout


def test_zizmor_would_find_an_input_within_a_script(tmp_path: Path) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    (tmp_path / "action.yml").write_text(text.replace("exec python3", "echo ${{ inputs.contract }}; exec python3"))
    done = zizmor(tmp_path / "action.yml", tmp_path)
    assert done.returncode != 0
    assert "template-injection" in done.stdout


def test_no_script_of_the_action_has_an_expression_and_all_that_is_used_is_ours() -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    assert len(steps) == 2
    for step in steps:
        assert "uses" not in step
        assert "${{" not in step["run"]


def test_only_the_step_that_comments_has_the_token() -> None:
    compare, comment = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    assert "token" not in str(compare)
    assert comment["env"]["CONFCONTRACT_ACTION_TOKEN"] == "${{ github.token }}"


def test_inputs_and_outputs_are_those_of_the_page() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    for kind in ("input", "output"):
        table = page.partition(f"| {kind} | |\n")[2].partition("\n\n")[0]
        named = [name for row in table.splitlines()[1:] for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])]
        assert named == list(action[f"{kind}s"])


@pytest.mark.parametrize("which", WORKFLOWS, ids=str)
def test_the_schemas_of_github_accept_them(which: Path | int, tmp_path: Path) -> None:
    schema = "actions" if isinstance(which, Path) else "workflows"
    path = written(which, tmp_path)
    done = run_tool("check-jsonschema", "--builtin-schema", f"vendor.github-{schema}", str(path), cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_schema_of_gitlab_accepts_its_example_and_would_refuse_a_slip(tmp_path: Path) -> None:
    (example,) = examples(".gitlab-ci.yml")
    path = tmp_path / ".gitlab-ci.yml"
    for text, code in ((example, 0), (example.replace("when: always", "when: sometimes"), 1)):
        path.write_text(text)
        done = run_tool(
            "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(path),
            cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == code, done.stdout
