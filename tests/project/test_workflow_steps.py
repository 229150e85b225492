"""The steps of the proposed workflow that ask a registry, run as GitHub's runner would, against one on this machine."""

from __future__ import annotations

import json
import os
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
        (programs / "docker").write_text("#!/bin/sh\ncat > /dev/null\n", encoding="utf-8")
        (programs / "docker").chmod(0o755)
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
    assert done.stdout.splitlines()[-1] == "verified: signed by the key, and as the image is"
    assert keys["SIGNING_KEY"].splitlines()[1] not in done.stdout + done.stderr
    assert not (tmp_path / "temporary/signing.key").exists()
