"""`confcontract inspect` shows what is attested, without a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.attestation.conftest import PASSWORD, Keys
from tests.support.attested import COMMIT, image, labels, layers
from tests.support.attesting import attested, changed
from tests.support.images import Layout
from tests.support.inprocess import run_here


def inspected(reference: str) -> dict[str, Any]:
    done = run_here("inspect", reference, "--format", "json")
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return {**facts, "warned": done.stderr}


@pytest.mark.parametrize("signed", [True, False])
def test_provenance_where_it_is_attached(signed: bool, tmp_path: Path, baked: bytes, keys: Keys) -> None:
    reference = image(tmp_path / "shop", baked)
    before = inspected(reference)
    assert (before["provenance"], before["attestations"]) == (None, [])
    assert "\n  provenance" not in run_here("inspect", reference).stdout
    options = ["--key", str(keys["ecdsa"].private)] if signed else []
    attested(reference, "--builder-id", "https://ci.example/1", *options)
    facts = inspected(reference)
    assert facts["provenance"] == {
        "source": "https://git.example/team/shop",
        "revision": COMMIT,
        "builder": "https://ci.example/1",
        "signed": signed,
    }
    assert [each["kind"] for each in facts["attestations"]] == ["provenance", "contract", "SBOM"]
    assert all(each["aboutThisImage"] for each in facts["attestations"])
    text = run_here("inspect", reference).stdout
    assert f"https://git.example/team/shop at {COMMIT}, built by https://ci.example/1" in text
    assert f"{'' if signed else 'not all '}signed, not verified here" in text


def test_files_beside_an_archive_also_of_another_image(tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    made.tag(made.image(layers(baked), labels=labels(baked)))
    reference = f"oci-archive:{made.archive(tmp_path / 'shop.tar')}"
    attested(reference)
    assert inspected(reference)["provenance"]["revision"] == COMMIT

    def moved(statement: Any) -> None:
        statement["subject"][0]["digest"] = {"sha256": "0" * 64}

    (tmp_path / "provenance.intoto.json").write_bytes((tmp_path / "shop.tar.provenance.intoto.json").read_bytes())
    changed(tmp_path, "provenance", moved)
    (tmp_path / "provenance.intoto.json").rename(tmp_path / "shop.tar.provenance.intoto.json")
    facts = inspected(reference)
    assert facts["provenance"] is None
    assert facts["attestations"][0]["aboutThisImage"] is False


def test_what_can_not_be_read_is_a_warning(tmp_path: Path, baked: bytes) -> None:
    reference = image(tmp_path / "shop", baked)
    attested(reference)
    for path in (tmp_path / "shop/blobs/sha256").iterdir():
        if b'"_type"' in path.read_bytes():
            path.write_bytes(path.read_bytes() + b" ")
    facts = inspected(reference)
    assert facts["provenance"] is None
    assert "its attestations can't be read" in " ".join(facts["warned"].split())


def test_a_login_in_somebody_s_provenance_is_not_shown(tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    made.tag(made.image(layers(baked)))
    reference = f"oci-archive:{made.archive(tmp_path / 'shop.tar')}"
    attested(reference, "--source-url", "https://git.example/x")
    path = tmp_path / "shop.tar.provenance.intoto.json"
    path.write_text(path.read_text().replace("https://git.example", f"https://ada:{PASSWORD}@git.example"))
    shown = json.dumps(inspected(reference)) + run_here("inspect", reference).stdout
    assert "git.example" in shown
    assert PASSWORD not in shown
