"""`confcontract verify`: what can't be evaluated is not a verdict; and images that are in no layout."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.attestation.conftest import Keys
from tests.support.attested import image, read
from tests.support.attesting import attested, blob, codes, verified
from tests.support.images import digest
from tests.support.inprocess import run_here
from tests.support.programs import needs


def test_what_can_not_be_evaluated_ends_with_2(shop: Path, tmp_path: Path, keys: Keys, baked: bytes) -> None:
    assert verified(f"oci:{tmp_path}/none")[0] == 2
    for name in ("none.pub", "ecdsa.pem"):
        code, told = verified(f"oci:{shop}", "--key", str(keys["ecdsa"].public.parent / name))
        assert (code, told["result"], codes(told)) == (2, "not evaluated", ["key-unusable"])
    (shop / "index.json").write_text("{")
    assert verified(f"oci:{shop}")[0] == 2


def test_attestations_that_can_not_be_read(signed: Path, plain: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(plain, tmp_path / "plain")
    (folder / "sbom.intoto.json").unlink()
    (folder / "sbom.intoto.json").mkdir()
    code, told = verified(f"oci:{signed}", "--attestations", str(folder))
    assert (code, codes(told)) == (2, ["attestation-unreadable"])


def test_an_artifact_whose_bytes_were_changed(shop: Path, key: tuple[str, str]) -> None:
    index = json.loads((shop / "index.json").read_bytes())
    artifact = next(each for each in index["manifests"] if "artifactType" in each)
    (layer,) = json.loads(blob(shop, artifact["digest"]))["layers"]
    path = shop / "blobs" / layer["digest"].replace(":", "/")
    path.write_bytes(path.read_bytes()[:-2] + b" }")
    assert digest(path.read_bytes()) != layer["digest"]
    code, told = verified(f"oci:{shop}", *key)
    assert (code, codes(told)) == (1, ["image-digest"])


@needs("skopeo")
def test_an_image_in_a_storage_has_its_attestations_in_a_folder(tmp_path: Path, baked: bytes) -> None:
    source = image(tmp_path / "shop", baked)
    target = f"containers-storage:[vfs@{tmp_path}/storage+{tmp_path}/run]localhost/team/shop:1"
    subprocess.run(["skopeo", "copy", "-q", "--insecure-policy", source, target], check=True, capture_output=True)
    reference = f"containers-storage:[vfs@{tmp_path}/storage]localhost/team/shop:1"
    for command, option in (("attest", "--output"), ("verify", "--attestations")):
        done = run_here(command, reference)
        assert f"name a folder for files with {option}" in str(done.stderr)
        assert done.returncode == 64
    attested(reference, "--output", str(tmp_path))
    (subject,) = read(tmp_path, "sbom")["subject"]
    assert subject["name"] == "localhost/team/shop"
    code, told = verified(reference, "--attestations", str(tmp_path))
    assert (code, told["result"]) == (0, "matches")
    assert "files have no digests" in told["passed"][1]["text"]


def test_more_is_attached_than_is_read(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("confcontract.image.referrers._MOST_BYTES", 5000)
    code, told = verified(f"oci:{shop}")
    assert (code, codes(told)) == (2, ["image-unreadable"])


def test_a_folder_of_attestations_that_is_not_there_is_no_verdict(shop: Path, tmp_path: Path) -> None:
    code, told = verified(f"oci:{shop}", "--attestations", str(tmp_path / "none"))
    assert (code, codes(told)) == (2, ["attestation-unreadable"])
    assert "none is not a readable folder" in told["problems"][0]["message"]
