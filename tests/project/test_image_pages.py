"""The pages on images: the Dockerfile of one goes its way through `init`, the others are read by BuildKit's parser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import dockerfile as buildkit  # type: ignore[import-not-found, unused-ignore]
import pytest

from confcontract.cli import main
from tests.project.shapes import lay
from tests.support.images import INDEX, Layout, files
from tests.support.inprocess import run_here
from tests.support.pages import ROOT, blocks
from tests.support.programs import needs

PAGES = ROOT / "docs/how-to"
STEPS = PAGES / "from-a-dockerfile.md"


def dockerfiles(name: str) -> list[str]:
    return [block.text for block in blocks(PAGES / name) if block.language == "dockerfile"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    before = dockerfiles("from-a-dockerfile.md")[0]
    asked = "fastapi\nuvicorn\nconfcontract\n"
    named = '[project]\nname = "shop"\n'
    return lay(tmp_path, {"requirements.txt": asked, "pyproject.toml": named, "Dockerfile": before})


def test_each_step_of_the_page_is_in_what_init_makes_of_its_dockerfile(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, *steps = dockerfiles("from-a-dockerfile.md")
    with pytest.raises(SystemExit, match="1"):
        main(["init", str(project), "--yes"])
    assert (project / "Dockerfile").read_text(encoding="utf-8") == before
    assert "give APP_PASSWORD at run time" in capsys.readouterr().out
    main(["init", str(project), "--yes", "--force"])
    written = (project / "Dockerfile").read_text(encoding="utf-8")
    assert len(steps) == 5
    for lines in steps:
        assert f"\n{lines}" in written
    assert "ENV APP_GREETING=hello\n" in written
    assert "python:3.12-slim-bookworm" in written
    assert "changeme" not in written


def test_the_dockerfile_for_distroless_is_read_and_runs_nothing_in_its_last_stage(tmp_path: Path) -> None:
    (text,) = dockerfiles("other-bases.md")
    (tmp_path / "Dockerfile").write_text(text, encoding="utf-8")
    words = [each.cmd.lower() for each in buildkit.parse_file(str(tmp_path / "Dockerfile"))]
    last = words[len(words) - words[::-1].index("from") :]
    assert last == ["copy", "env", "entrypoint", "cmd"]


def test_what_init_writes_runs_nothing_in_the_last_stage_either(project: Path) -> None:
    main(["init", str(project), "--yes", "--force"])
    words = [each.cmd.lower() for each in buildkit.parse_file(str(project / "Dockerfile"))]
    assert "run" not in words[len(words) - words[::-1].index("from") :]


@needs("busybox")
def test_busybox_has_every_option_that_the_lines_use(project: Path, tmp_path: Path) -> None:
    """As in Alpine: the same lines, with its find, touch, chmod and grep."""
    main(["init", str(project), "--yes", "--force"])
    bin_, etc = tmp_path / "bin", tmp_path / "etc"
    bin_.mkdir()
    etc.mkdir()
    for name in ("sh", "find", "touch", "chmod", "grep", "true"):
        (bin_ / name).symlink_to(str(shutil.which("busybox")))
    (etc / "contract.json").write_text('{"digest":"sha256:1"}', encoding="utf-8")
    (project / "app/settings.py").chmod(0o600)
    lines = (
        (project / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").replace("/etc/confcontract", str(etc))
    )
    asked = re.findall(r"(?:find|chmod|grep) [^;&\n]*", "\n".join(re.findall("^RUN (.*)", lines, re.MULTILINE)))
    assert len(asked) == 4
    more = {"SOURCE_DATE_EPOCH": "1767225600", "CONTRACT_DIGEST": "sha256:1", "PATH": str(bin_)}
    (project / "venv").mkdir()
    for line in asked:
        done = subprocess.run([bin_ / "sh", "-c", line], cwd=project, env=more, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), line
    assert (project / "app/settings.py").stat().st_mtime == 1767225600
    assert (project / "app/settings.py").stat().st_mode & 0o777 == 0o644
    assert (project / "venv").stat().st_mtime == 315532800


def test_an_image_is_chosen_by_its_platform_as_the_page_says(
    tmp_path: Path, baked: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from confcontract.report.errors import ImageUnusable

    made = Layout(tmp_path / "images")
    platforms = [{"os": "linux", "architecture": name} for name in ("amd64", "arm64")]
    each = [made.image([files(**{"etc__confcontract__contract.json": baked})], platform=one) for one in platforms]
    made.tag(made.document({"schemaVersion": 2, "mediaType": INDEX, "manifests": each}, INDEX), "shop")

    def shown(*options: str) -> str:
        main(["inspect", f"oci:{made.folder}:shop", *options])
        return capsys.readouterr().out

    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "linux/arm64")
    assert each[1]["digest"] in shown()
    assert each[0]["digest"] in shown("--platform", "linux/amd64")
    with pytest.raises(ImageUnusable, match="only for: linux/amd64, linux/arm64"):
        shown("--platform", "linux/s390x")


def test_an_image_is_audited_and_compared_by_its_platform(
    tmp_path: Path, baked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same layers for each: what an audit finds is the same, in another image."""
    made = Layout(tmp_path / "images")
    layers = [files(**{"etc__confcontract__contract.json": baked})]
    each = [
        made.image(layers, platform={"os": "linux", "architecture": name}, env=[f"MACHINE={name}"])
        for name in ("ppc64le", "s390x")
    ]
    made.tag(made.document({"schemaVersion": 2, "mediaType": INDEX, "manifests": each}, INDEX), "shop")
    reference = f"oci:{made.folder}:shop"
    audited = [
        json.loads(run_here("audit", reference, *options, "--scanner", "none", "--format", "json").stdout)
        for options in (("--platform", "linux/ppc64le"), ("--platform", "linux/s390x"), ())
    ]
    assert [told.get("digest") for told in audited] == [each[0]["digest"], each[1]["digest"], None]
    assert audited[0]["findings"] == audited[1]["findings"] != []
    (problem,) = audited[2]["problems"]
    assert problem["code"] == "image-not-found"
    assert "set DOCKER_DEFAULT_PLATFORM to one of them" in problem["hint"]
    assert run_here("diff", reference, reference).returncode == 2
    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "linux/s390x")
    assert run_here("diff", reference, reference).returncode == 0
