"""`confcontract changelog` of two images: the dependencies that changed, and advisories that were fixed or came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from tests.support.attested import image
from tests.support.inprocess import run_here
from tests.support.sample import Settings

OLD = {"httpx": "0.27.0", "gone": "1.0", "same": "2", "typing_extensions": "4.15.0"}
NEW = {"httpx": "0.28.1", "come": "3.1", "same": "2", "Typing.Extensions": "4.15.0"}
CHANGED = """\
### Added

- `come`: New dependency, 3.1.

### Changed

- `httpx`: Dependency, 0.27.0 → 0.28.1.

### Removed

- `gone`: No longer a dependency; it was 1.0.
"""


@pytest.fixture(scope="module")
def contract() -> bytes:
    return bake(Settings, name="shop", version="1.4.0").to_bytes()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory, contract: bytes) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("notes")
    return image(folder / "old", contract, OLD), image(folder / "new", contract, NEW)


def written(*arguments: str, code: int = 0) -> str:
    done = run_here("changelog", *arguments)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else " ".join(done.stderr.split())


def test_dependencies_as_they_are_installed(images: tuple[str, str]) -> None:
    assert written(*images) == CHANGED
    assert written(images[0], images[0]) == ""


def test_dependencies_as_they_are_attested(images: tuple[str, str], tmp_path: Path, contract: bytes) -> None:
    old = image(tmp_path / "old", contract, OLD)
    assert run_here("attest", old).returncode == 0
    for path in (tmp_path / "old/blobs/sha256").iterdir():
        if b".dist-info/" in path.read_bytes() and b'"_type"' not in path.read_bytes():
            path.unlink()  # the layer with the packages is not read
    assert written(old, images[1]) == CHANGED


def test_an_sbom_that_is_about_another_image_does_not_count(
    images: tuple[str, str], tmp_path: Path, contract: bytes
) -> None:
    from tests.support.attested import layers
    from tests.support.images import Layout

    made = Layout(tmp_path / "layout")
    made.tag(made.image(layers(contract, OLD)))
    archive = f"oci-archive:{made.archive(tmp_path / 'old.tar')}"
    assert run_here("attest", images[1], "--output", str(tmp_path)).returncode == 0
    (tmp_path / "sbom.intoto.json").rename(tmp_path / "old.tar.sbom.intoto.json")
    assert written(archive, images[1]) == CHANGED


def test_a_contract_without_an_image_says_nothing_of_packages(
    images: tuple[str, str], tmp_path: Path, contract: bytes
) -> None:
    (tmp_path / "contract.json").write_bytes(contract)
    assert written(str(tmp_path / "contract.json"), images[1]) == ""


def test_an_image_that_can_not_be_read(images: tuple[str, str], tmp_path: Path) -> None:
    assert "image-not-found" in written(images[0], f"oci:{tmp_path}/none", code=2)


def audit(file: Path, *packages: dict[str, Any]) -> str:
    file.write_text(json.dumps({"dependencies": list(packages), "fixes": []}))
    return str(file)


def vulnerable(name: str, version: str, *ids: str, fixed: tuple[str, ...] = ()) -> dict[str, Any]:
    found = {"id": ids[0], "aliases": list(ids[1:]), "fix_versions": list(fixed), "description": "[x](y) `z`"}
    return {"name": name, "version": version, "vulns": [found]}


def trivy(file: Path, *found: tuple[str, str, str, str]) -> str:
    listed = [
        {"VulnerabilityID": name, "PkgName": package, "InstalledVersion": version, "FixedVersion": fixed}
        for name, package, version, fixed in found
    ]
    results = [
        {"Target": "Python", "Type": "python-pkg", "Vulnerabilities": listed},
        {"Target": "debian", "Type": "debian"},
    ]
    file.write_text(json.dumps({"SchemaVersion": 2, "Results": results}))
    return str(file)


def test_advisories_that_were_fixed_and_that_came(images: tuple[str, str], tmp_path: Path) -> None:
    old = audit(
        tmp_path / "old.json",
        vulnerable("httpx", "0.27.0", "PYSEC-2026-1", "CVE-2026-11", fixed=("0.28.0",)),
        vulnerable("same", "2", "GHSA-aaaa", "CVE-2026-12"),
    )
    new = audit(
        tmp_path / "new.json",
        vulnerable("Same", "2", "CVE-2026-12"),
        vulnerable("come", "3.1", "CVE-2026-13", fixed=("3.2", "4.0")),
        vulnerable("come", "3.1", "CVE-2026-14"),
    )
    text = written(*images, "--advisories", old, new).partition("### Security\n\n")[2]
    assert text.splitlines() == [
        "- `CVE-2026-11`: Fixed: it affected `httpx` 0.27.0. Also `PYSEC-2026-1`.",
        "- `CVE-2026-13`: New: it affects `come` 3.1; fixed in 3.2, 4.0.",
        "- `CVE-2026-14`: New: it affects `come` 3.1; no release fixes it.",
    ]


def test_trivy_s_report_against_that_of_pip_audit(images: tuple[str, str], tmp_path: Path) -> None:
    old = trivy(tmp_path / "old.json", ("CVE-2026-11", "httpx", "0.27.0", "0.28.0"), ("CVE-2026-12", "same", "2", ""))
    new = audit(tmp_path / "new.json", vulnerable("same", "2", "GHSA-aaaa", "CVE-2026-12"))
    text = written(*images, "--advisories", old, new).partition("### Security\n\n")[2]
    assert text == "- `CVE-2026-11`: Fixed: it affected `httpx` 0.27.0.\n"


def test_a_package_that_was_not_scanned_again_is_not_called_fixed(images: tuple[str, str], tmp_path: Path) -> None:
    old = audit(tmp_path / "old.json", vulnerable("httpx", "0.27.0", "CVE-2026-11"))
    new = audit(tmp_path / "new.json", {"name": "httpx", "skip_reason": "Dependency not found on PyPI"})
    done = run_here("changelog", *images, "--advisories", old, new)
    assert done.returncode == 0
    assert "CVE" not in done.stdout
    assert "whether CVE-2026-11 is fixed is not known" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"dependencies":[5]}',
        '{"dependencies":[{"name":"a","version":"1","vulns":[{"id":"x\\ny"}]}]}',
        "[" * 100_000,
    ],
)
def test_reports_that_are_none(content: str, images: tuple[str, str], tmp_path: Path) -> None:
    good = audit(tmp_path / "good.json")
    (tmp_path / "bad.json").write_text(content)
    said = written(*images, "--advisories", good, f"{tmp_path}/bad.json", code=2)
    assert "bad.json is not a report of a known scanner" in said
    assert "Traceback" not in said
    assert "can't be read" in written(*images, "--advisories", good, f"{tmp_path}/none.json", code=2)


def test_names_of_packages_are_no_markup(tmp_path: Path, contract: bytes) -> None:
    old = image(tmp_path / "old", contract, {"a": "1"})
    new = image(tmp_path / "new", contract, {"a": "[x](https://evil.example) @all <b>"})
    text = written(old, new)
    assert "\\[x\\](https" in text
    assert "\\<b>" in text
