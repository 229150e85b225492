"""`confcontract verify`: what was changed of an image is found, whichever of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attestation.conftest import Keys
from tests.contract.conftest import resealed
from tests.support.attested import labels, layers, manifest_digest
from tests.support.attesting import attested, blob, codes, verified
from tests.support.images import Layout, digest, saved
from tests.support.inprocess import run_here


@pytest.mark.parametrize("name", ["ecdsa", "ed25519"])
def test_an_image_as_it_was_attested(name: str, shop: Path, keys: Keys) -> None:
    attested(f"oci:{shop}", "--key", str(keys[name].private))
    code, told = verified(f"oci:{shop}", "--key", str(keys[name].public))
    assert (code, told["result"], codes(told)) == (0, "verified", [])
    assert told["digest"] == manifest_digest(shop)
    checks = [each["check"] for each in told["passed"]]
    assert checks == ["contract", "layers", "label", "provenance", "attested contract", "SBOM"]
    as_text = run_here("verify", f"oci:{shop}", "--key", str(keys[name].public))
    assert as_text.returncode == 0
    assert as_text.stdout.splitlines()[-1].startswith("verified: ")


def test_without_a_key_nothing_says_who_attested_it(shop: Path) -> None:
    code, told = verified(f"oci:{shop}")
    assert (code, told["result"]) == (0, "matches")
    assert "by whom was not checked" in told["passed"][-1]["text"]
    assert "no key was named" in run_here("verify", f"oci:{shop}").stdout


def replaced(shop: Path, contract: bytes, **more: Any) -> str:
    """The reference of another image, with all that is attached to the one in this layout as if it were its own."""
    index = json.loads((shop / "index.json").read_bytes())
    old = manifest_digest(shop)
    made = Layout(shop.parent / "other")
    other = made.image(more.pop("layers", layers(contract)), **{"labels": labels(contract), **more})
    made.tag(other)
    for each in index["manifests"]:
        if "artifactType" in each:
            manifest = blob(shop, each["digest"]).replace(old.encode(), str(other["digest"]).encode())
            named = made.blob(manifest, each["mediaType"], artifactType=each["artifactType"])
            for layer in json.loads(manifest)["layers"]:
                made.blob(blob(shop, layer["digest"]), layer["mediaType"])
            made.tag(named)
    return f"oci:{made.folder}"


def another_contract(baked: bytes) -> bytes:
    return resealed({**json.loads(baked), "version": "1.4.1"})


def test_another_contract(shop: Path, baked: bytes, key: tuple[str, str]) -> None:
    contract = another_contract(baked)
    code, told = verified(replaced(shop, contract), *key)
    assert (code, codes(told)) == (1, ["attestation-mismatch"])
    assert "about another image" in told["problems"][0]["message"]


def test_a_contract_that_was_edited(shop: Path, baked: bytes, key: tuple[str, str]) -> None:
    edited = baked.replace(b'"version":"1.4.0"', b'"version":"6.6.6"')
    code, told = verified(replaced(shop, edited), *key)
    assert (code, codes(told), told["result"]) == (1, ["contract-edited"], "refused")


def test_a_label_of_another_contract(shop: Path, baked: bytes, key: tuple[str, str]) -> None:
    wrong = {**labels(baked), "confcontract.digest": f"sha256:{'0' * 64}"}
    code, told = verified(replaced(shop, baked, labels=wrong), *key)
    assert (code, codes(told)) == (1, ["attestation-mismatch", "contract-edited"])


def test_an_image_without_the_contract(shop: Path, baked: bytes, key: tuple[str, str]) -> None:
    code, told = verified(replaced(shop, baked, layers=layers(baked)[:1]), *key)
    assert (code, codes(told)) == (1, ["image-without-contract"])


@pytest.mark.parametrize("number", [0, 1])
def test_a_layer_that_was_changed(number: int, shop: Path, key: tuple[str, str]) -> None:
    manifest = json.loads(blob(shop, manifest_digest(shop)))
    path = shop / "blobs" / manifest["layers"][number]["digest"].replace(":", "/")
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    code, told = verified(f"oci:{shop}", *key)
    assert (code, codes(told), told["result"]) == (1, ["image-digest"], "refused")


@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["as it is", "gzip"])
def test_layers_fit_the_configuration(
    packed: Callable[[bytes], bytes], tmp_path: Path, baked: bytes, keys: Keys, key: tuple[str, str]
) -> None:
    def named(folder: str, ids: Any) -> str:
        made = Layout(tmp_path / folder)
        config = {"config": {"Labels": labels(baked)}, "created": "2026-11-30T00:00:00Z", "rootfs": {"diff_ids": ids}}
        made.tag(made.image([packed(each) for each in layers(baked)], config=config))
        reference = f"oci:{made.folder}"
        attested(reference, "--key", str(keys["ecdsa"].private))
        return reference

    right = [digest(each) for each in layers(baked)]
    code, told = verified(named("right", right), *key)
    (line,) = [each["text"] for each in told["passed"] if each["check"] == "layers"]
    assert (code, line) == (0, "2, each with the digests that the image names")
    wrong = [right[::-1], [digest(b"x"), right[1]], [right[0], digest(b"x")], right[:1], [*right, right[0]], [], None]
    for number, ids in enumerate([*wrong, [right[0], "x"]]):
        code, told = verified(named(str(number), ids), *key)
        assert (code, codes(told), told["result"]) == (1, ["image-digest"], "refused"), ids
        message = told["problems"][0]["message"]
        assert ("uncompressed, has another digest" if number < 3 else "rootfs.diff_ids") in message


@pytest.mark.parametrize("kind", ["oci-archive", "docker-archive"])
def test_archives_with_files_beside_them(
    kind: str, tmp_path: Path, baked: bytes, keys: Keys, key: tuple[str, str]
) -> None:
    def written(packages: dict[str, str]) -> str:
        found = layers(baked, packages)
        if kind == "docker-archive":
            return saved(tmp_path / "shop.tar", *found)
        made = Layout(tmp_path / packages["httpx"])
        made.tag(made.image(found, labels=labels(baked)))
        return f"oci-archive:{made.archive(tmp_path / 'shop.tar')}"

    reference = written({"httpx": "1.0"})
    attested(reference, "--key", str(keys["ecdsa"].private))
    assert verified(reference, *key)[0] == 0
    written({"httpx": "1.1"})
    code, told = verified(reference, *key)
    assert (code, codes(told)) == (1, ["attestation-mismatch"])
    assert "about another image" in told["problems"][0]["message"]
