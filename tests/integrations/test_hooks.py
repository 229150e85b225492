"""The hooks and the job of GitLab, run as pre-commit and a runner run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.integrations.test_published_files import examples
from tests.integrations.tools import run_tool
from tests.integrations.workflows import BEFORE, BROKEN
from tests.support.commands import run
from tests.support.pages import ROOT
from tests.support.repositories import git, repository


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    folder = tmp_path_factory.mktemp("contracts")
    for name, settings in {"before": BEFORE, "broken": BROKEN}.items():
        (folder / f"{name}.py").write_bytes(settings)
        done = run("bake", f"{name}:Settings", "--name", "shop", "--version", "1.0.0", "-o", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    return (folder / "before/contract.json").read_bytes(), (folder / "broken/contract.json").read_bytes()


@pytest.fixture
def shop(tmp_path: Path, contracts: tuple[bytes, bytes]) -> Path:
    """With the hooks of the page; what they are installed from is this environment, and nothing is downloaded."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        assert hook["language"] == "python"
        hook["language"] = "system"
    published = repository(tmp_path / "published", {".pre-commit-hooks.yaml": yaml.safe_dump(hooks).encode()})
    git(published, "tag", "v0.1.0")
    (config,) = examples(".pre-commit-config.yaml")
    files = {
        ".pre-commit-config.yaml": config.replace("https://git.example.com/confcontract", str(published)).encode(),
        "deploy/contract.json": contracts[0],
        "README.md": b"# Shop\n",
        "src/shop.py": b"import os\n\nPORT = os.environ['SHOP_PORT']\n",
    }
    made = repository(tmp_path / "shop", files)
    done = run("docs", "--contract", "deploy/contract.json", "--inject", "README.md", cwd=made)
    assert done.returncode == 0, done.stderr
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "Document")
    return made


def pre_commit(shop: Path, tmp_path: Path) -> tuple[int, dict[str, str], str]:
    home = str(tmp_path / "home")
    done = run_tool("pre-commit", "run", "--all-files", "--color", "never", cwd=shop, PRE_COMMIT_HOME=home)
    ends = [line for line in done.stdout.splitlines() if line.endswith(("Passed", "Failed"))]
    return done.returncode, {line.partition("...")[0]: line.rpartition(".")[2] for line in ends}, done.stdout


def test_the_hooks_pass_and_each_fails_for_what_it_looks_at(
    shop: Path, tmp_path: Path, contracts: tuple[bytes, bytes]
) -> None:
    code, ends, said = pre_commit(shop, tmp_path)
    assert code == 0, said
    assert list(ends.values()) == ["Passed"] * 3
    (shop / "deploy/contract.json").write_bytes(contracts[1])
    (shop / "src/shop.py").write_text("import os\n\nRELAY = os.environ['SMTP_RELAY']\n")
    git(shop, "add", "-A")
    code, ends, said = pre_commit(shop, tmp_path)
    assert code == 1
    assert list(ends.values()) == ["Failed"] * 3
    assert "error   SHOP_REGION [ENV_ADDED_REQUIRED] is new and required" in said
    assert "README.md differs from the contract" in said
    assert "SMTP_RELAY  [drift-undeclared]" in said


@pytest.mark.parametrize("present,code", [(True, 1), (False, 2)])
def test_the_job_of_gitlab_leaves_a_code_quality_report_whatever_happens(
    tmp_path: Path, contracts: tuple[bytes, bytes], present: bool, code: int
) -> None:
    files = {"shop.txt": b"", **({"deploy/contract.json": contracts[0]} if present else {})}
    made = repository(tmp_path / "shop", files)
    (made / "deploy").mkdir(exist_ok=True)
    (made / "deploy/contract.json").write_bytes(contracts[1])
    (example,) = examples(".gitlab-ci.yml")
    job = yaml.safe_load(example)["configuration"]
    install, compare = job["script"]
    assert install == "pip install confcontract"
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environ["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = git(made, "rev-parse", "HEAD")
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-ec", compare], cwd=made, env=environ, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    (report,) = [made / job["artifacts"]["reports"]["codequality"]]
    blocking = [each for each in json.loads(report.read_text()) if each["severity"] in ("critical", "blocker")]
    assert [each["check_name"] for each in blocking] == ["ENV_ADDED_REQUIRED" if present else "contract-unreadable"]
