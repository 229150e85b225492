"""The steps of the proposed workflow that ask a registry, run as GitHub's runner would, against one on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from confcontract.cli import main
from tests.contract.conftest import resealed
from tests.project.shapes import HASHED, SHAPES, lay
from tests.support.attested import image
from tests.support.images import INDEX, Layout
from tests.support.inprocess import run_here
from tests.support.registry import Registry, docker_registry, needs_registry
from tests.support.repositories import git

WORKFLOW = ".github/workflows/image.yml"


class Run:
    """A checkout with what `init` wrote, and its steps by their names. The registry stands in for GitHub's."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = lay(folder / "checkout", SHAPES["pip-tools"])
        self.registry = registry
        main(["init", str(self.folder), "--yes"])
        jobs = yaml.safe_load((self.folder / WORKFLOW).read_text(encoding="utf-8"))["jobs"]
        self.steps: dict[str, str] = {
            each["name"]: each["run"] for job in jobs.values() for each in job["steps"] if "run" in each
        }
        programs = folder / "bin"
        programs.mkdir()
        for name in ("docker", "pipx"):  # what they are asked, a line each; "pipx" finds what FOUND says
            (programs / name).write_text(
                f'#!/bin/sh\ncat > /dev/null\necho "{name} $*" >> "$HOME/asked"\nexit ${{FOUND:-0}}\n'
            )
            (programs / name).chmod(0o755)
        (folder / "temporary").mkdir()
        path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.environ["PATH"]))
        self.environ = {
            "PATH": path,
            "HOME": str(folder),
            "RUNNER_TEMP": str(folder / "temporary"),
            "GITHUB_TOKEN": "x",
            "GITHUB_ACTOR": "ada",
            "GITHUB_REPOSITORY": "Team/Shop",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_WORKFLOW_REF": f"Team/Shop/{WORKFLOW}@refs/tags/v2",
        }

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)

    def commit(self, tag: str | None = None) -> None:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", "a change")
        if tag:
            git(self.folder, "tag", tag)

    def asked(self) -> list[str]:
        """Of docker and pipx since the last time."""
        log = Path(self.environ["HOME"], "asked")
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    def step(self, beginning: str, **environ: str) -> subprocess.CompletedProcess[str]:
        (text,) = [each for name, each in self.steps.items() if name.startswith(beginning)]
        text = text.replace("ghcr.io", self.registry.host)
        command = ["bash", "-e", "-c", text]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with docker_registry(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def run(tmp_path: Path, registry: Registry) -> Run:
    return Run(tmp_path, registry)


@needs_registry
def test_the_contract_is_compared_with_that_of_the_last_release_in_the_registry(run: Run, baked: bytes) -> None:
    git(run.folder, "init", "--quiet")
    (run.folder / WORKFLOW).rename(run.folder / "workflow")
    run.commit("v0")
    run.write("build/contract/contract.json", baked)
    (run.folder / "workflow").rename(run.folder / WORKFLOW)
    run.commit()
    first = run.step("Compare the contract")
    assert (first.returncode, first.stdout) == (0, ""), "v0 was released without this workflow"

    run.commit("v1")
    run.commit()
    absent = run.step("Compare the contract")
    assert absent.returncode == 2, "a release that can't be read is not taken for the same"
    assert "team/shop:v1" in absent.stdout + absent.stderr

    before = json.loads(baked)
    released = run.folder.parent / "released"
    image(released, resealed({**before, "version": "1.3.0"}))
    run.registry.push(released, "team/shop:v1")
    done = run.step("Compare the contract")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1.3.0" in done.stdout
    assert len(set(run.registry.asked)) == 2, "its configuration and the layer of the contract, not the other layer"


@needs_registry
def test_the_image_that_was_pushed_is_attested_and_verified_by_its_digest(
    run: Run, baked: bytes, tmp_path: Path
) -> None:
    """Beside what BuildKit attests: an entry of the index for no platform."""
    made = Layout(tmp_path / "made")
    image(tmp_path / "single", baked)
    shutil.copytree(tmp_path / "single/blobs", made.folder / "blobs", dirs_exist_ok=True)
    (ours,) = json.loads((tmp_path / "single/index.json").read_bytes())["manifests"]
    beside = made.image([b""], platform={"os": "unknown", "architecture": "unknown"})
    made.tag(made.document({"schemaVersion": 2, "mediaType": INDEX, "manifests": [ours, beside]}, INDEX))
    copy = ["skopeo", "copy", "--all", "--quiet", "--insecure-policy", "--dest-tls-verify=false"]
    written = ["--digestfile", str(tmp_path / "digest")]
    target = f"docker://{run.registry.host}/team/shop:v2"
    subprocess.run([*copy, *written, f"oci:{made.folder}", target], check=True, capture_output=True)
    pushed = (tmp_path / "digest").read_text(encoding="utf-8").strip()
    run.write("build/image.json", json.dumps({"containerimage.digest": pushed}).encode())
    run.write("requirements.txt", HASHED.replace("sha256:0", f"sha256:{'0' * 64}").encode())

    none = run.step("Look for the keys", SIGNING_KEY="", SIGNING_PUBLIC_KEY="")
    assert none.returncode == 1
    assert "::error::there is no key to sign with" in none.stdout
    lines = [
        line.lstrip("# ")
        for line in (run.folder / WORKFLOW).read_text(encoding="utf-8").splitlines()
        if line.startswith("#     openssl")
    ]
    subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=tmp_path, check=True, capture_output=True)
    keys = {
        "SIGNING_KEY": (tmp_path / "signing.key").read_text(encoding="utf-8"),
        "SIGNING_PUBLIC_KEY": (tmp_path / "signing.pub").read_text(encoding="utf-8"),
        "CONFCONTRACT_KEY_PASSWORD": "",  # a secret that is not set is empty
    }
    assert run.step("Look for the keys", **keys).returncode == 0
    done = run.step("Attest it", **keys)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "verified: signed by the key, and matches the image"
    assert keys["SIGNING_KEY"].splitlines()[1] not in done.stdout + done.stderr
    assert not (tmp_path / "temporary/signing.key").exists()


@pytest.fixture
def alone(tmp_path: Path) -> Run:
    """For steps that ask no registry."""
    made = Run(tmp_path, Registry(tmp_path, "ghcr.io"))
    git(made.folder, "init", "--quiet")
    made.commit("v2")
    return made


@pytest.mark.parametrize("found", ["0", "1"])
def test_the_lock_with_its_hashes_is_scanned_and_an_advisory_ends_the_run(found: str, alone: Run) -> None:
    done = alone.step("Look for known vulnerabilities", FOUND=found)
    assert done.returncode == int(found)
    (asked,) = alone.asked()
    options = "pip-audit --disable-pip --require-hashes -r requirements.txt"
    assert re.fullmatch(rf"pipx run --spec pip-audit==[\d.]+ {options}", asked)


def test_the_image_is_pushed_with_an_sbom_and_its_provenance_and_tagged_by_its_digest(alone: Run, baked: bytes) -> None:
    alone.write("build/contract/contract.json", baked)
    alone.write("build/image.json", json.dumps({"containerimage.digest": "sha256:0f1e"}).encode())
    pushed = alone.step("Build and push", GITHUB_REF_NAME="v2", BASE=f"python:3.12@sha256:{'0' * 64}")
    assert pushed.returncode == 0, pushed.stderr
    login, create, contract, image_ = alone.asked()
    assert login == "docker login ghcr.io --username ada --password-stdin"
    assert create == "docker buildx create --use"
    assert " --target contract --output type=local,dest=build/contract " in contract
    digest = json.loads(baked)["digest"]
    for option in ("--provenance=mode=max", "--sbom=true", "--tag ghcr.io/team/shop:v2", f"CONTRACT_DIGEST={digest}"):
        assert option in image_
    assert "--output type=image,push=true,rewrite-timestamp=true" in image_
    assert "--sbom" not in contract

    tagged = alone.step("Tag it with its contract")
    assert tagged.returncode == 0, tagged.stderr
    named = run_here("tag", str(alone.folder / "build/contract/contract.json")).stdout.strip()
    assert named
    (asked,) = alone.asked()
    assert asked == f"docker buildx imagetools create --tag ghcr.io/team/shop:{named} ghcr.io/team/shop@sha256:0f1e"
