"""`confcontract verify`: what was changed of what is attested, or signed by others, is found."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attestation.conftest import Keys
from tests.support.attested import image
from tests.support.attesting import KINDS, attested, changed, codes, verified


def builder(statement: Any) -> None:
    statement["predicate"]["runDetails"]["builder"]["id"] = "https://ci.example/trusted"


def revision(statement: Any) -> None:
    statement["predicate"]["buildDefinition"]["externalParameters"]["source"]["revision"] = "0" * 40


def base(statement: Any) -> None:
    del statement["predicate"]["buildDefinition"]["resolvedDependencies"]


def releases(statement: Any) -> None:
    statement["predicate"]["buildDefinition"]["internalParameters"]["releases"]["pydantic"] = "1.10"


def subject(statement: Any) -> None:
    statement["subject"][0]["digest"] = {"sha256": "0" * 64}


def contract(statement: Any) -> None:
    statement["predicate"]["contract"]["variables"] = []


def digest_only(statement: Any) -> None:
    statement["predicate"]["digest"] = f"sha256:{'0' * 64}"


def fewer(statement: Any) -> None:
    listed = statement["predicate"]["components"]
    statement["predicate"]["components"] = [each for each in listed if each["name"] != "httpx"]


def more(statement: Any) -> None:
    statement["predicate"]["components"].append({"type": "library", "name": "x", "purl": "pkg:pypi/x@1"})


def more_and_spelled_otherwise(statement: Any) -> None:
    hidden = {"type": "library", "name": "x", "purl": "PKG://PyPI/%78@1"}
    statement["predicate"]["components"].append({"type": "application", "name": "y", "components": [hidden]})


def other_version(statement: Any) -> None:
    for each in statement["predicate"]["components"]:
        if "purl" in each:
            each["purl"] = each["purl"].replace("0.28.1", "0.28.2")


CHANGES = [
    ("provenance", revision, "its provenance names another source than the image"),
    ("provenance", base, "its provenance names another base image than the image"),
    ("provenance", releases, "its provenance names another releases than the image"),
    *((kind, subject, "is about another image") for kind in KINDS),
    ("contract", contract, "the attested contract is not the one in the image: contract differ"),
    ("contract", digest_only, "the attested contract is not the one in the image: digest differ"),
    ("sbom", fewer, "lacks packages that are installed: httpx 0.28.1"),
    ("sbom", more, "lists packages that are not installed: x 1"),
    ("sbom", more_and_spelled_otherwise, "lists packages that are not installed: x 1"),
    ("sbom", other_version, "lacks packages that are installed: httpx 0.28.1"),
]


@pytest.mark.parametrize("kind,change,words", CHANGES, ids=[f"{kind} {change.__name__}" for kind, change, _ in CHANGES])
def test_what_is_attested_and_not_so(
    kind: str, change: Callable[[Any], None], words: str, signed: Path, plain: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(plain, tmp_path / "plain")
    assert verified(f"oci:{signed}", "--attestations", str(folder))[0] == 0
    changed(folder, kind, change)
    code, told = verified(f"oci:{signed}", "--attestations", str(folder))
    assert (code, codes(told)) == (1, ["attestation-mismatch"])
    assert any(words in each["message"] for each in told["problems"]), told["problems"]


@pytest.mark.parametrize("kind,change", [("provenance", builder), *((kind, change) for kind, change, _ in CHANGES)])
def test_whatever_is_changed_after_it_was_signed(
    kind: str, change: Callable[[Any], None], signed: Path, tmp_path: Path, keys: Keys, key: tuple[str, str]
) -> None:
    attested(f"oci:{signed}", "--output", str(tmp_path), "--key", str(keys["ecdsa"].private))
    assert verified(f"oci:{signed}", "--attestations", str(tmp_path), *key)[0] == 0
    changed(tmp_path, kind, change)
    code, told = verified(f"oci:{signed}", "--attestations", str(tmp_path), *key)
    assert (code, codes(told)) == (1, ["attestation-unsigned"])


def test_a_signature_that_was_changed_or_taken_out(
    signed: Path, tmp_path: Path, keys: Keys, key: tuple[str, str]
) -> None:
    attested(f"oci:{signed}", "--output", str(tmp_path), "--key", str(keys["ecdsa"].private))
    path = tmp_path / "sbom.intoto.json"
    whole = json.loads(path.read_bytes())
    for signatures in ([], [{"keyid": "", "sig": base64.b64encode(b"no signature").decode()}]):
        path.write_text(json.dumps({**whole, "signatures": signatures}))
        code, told = verified(f"oci:{signed}", "--attestations", str(tmp_path), *key)
        assert (code, codes(told)) == (1, ["attestation-unsigned"])


def test_the_wrong_key(shop: Path, keys: Keys) -> None:
    for name in ("another", "ed25519"):
        code, told = verified(f"oci:{shop}", "--key", str(keys[name].public))
        assert (code, codes(told)) == (1, ["attestation-unsigned"])


def test_what_is_not_signed_where_a_key_is_named(signed: Path, plain: Path, key: tuple[str, str]) -> None:
    code, told = verified(f"oci:{signed}", "--attestations", str(plain), *key)
    assert (code, codes(told)) == (1, ["attestation-unsigned"])
    assert len(told["problems"]) == 3


def test_what_somebody_else_attached_too_is_told_and_does_not_count(
    shop: Path, keys: Keys, key: tuple[str, str]
) -> None:
    attested(f"oci:{shop}", "--key", str(keys["another"].private), "--builder-id", "https://evil.example/")
    code, told = verified(f"oci:{shop}", *key)
    assert (code, codes(told), codes(told, "warning")) == (0, [], ["attestation-unsigned"])


def test_an_attestation_of_another_image_by_the_same_key(
    tmp_path: Path, shop: Path, baked: bytes, keys: Keys, key: tuple[str, str]
) -> None:
    attested(
        image(tmp_path / "other-image", baked, {"httpx": "0.28.2"}),
        "--output",
        str(tmp_path / "out"),
        "--key",
        str(keys["ecdsa"].private),
    )
    code, told = verified(f"oci:{shop}", "--attestations", str(tmp_path / "out"), *key)
    assert (code, codes(told)) == (1, ["attestation-mismatch"])


@pytest.mark.parametrize("kind", KINDS)
def test_an_attestation_that_is_missing(kind: str, signed: Path, plain: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(plain, tmp_path / "plain")
    (folder / f"{kind}.intoto.json").unlink()
    code, told = verified(f"oci:{signed}", "--attestations", str(folder))
    assert (code, codes(told)) == (1, ["attestation-missing"])


def test_an_image_of_which_nothing_is_attested(tmp_path: Path, baked: bytes, key: tuple[str, str]) -> None:
    code, told = verified(image(tmp_path / "shop", baked), *key)
    assert (code, codes(told)) == (1, ["attestation-missing"])
    assert len(told["problems"]) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"payloadType":"application/vnd.in-toto+json"}',
        b"[" * 100_000,
        b'{"_type":"https://in-toto.io/Statement/v1","subject":5}',
    ],
)
def test_what_is_no_attestation(
    content: bytes, signed: Path, plain: Path, tmp_path: Path, key: tuple[str, str]
) -> None:
    folder = shutil.copytree(plain, tmp_path / "plain")
    (folder / "sbom.intoto.json").write_bytes(content)
    for options in ((), key):
        code, told = verified(f"oci:{signed}", "--attestations", str(folder), *options)
        assert code == 1
        assert "attestation-unreadable" in codes(told)


def test_what_others_attest_of_the_image_is_passed_over(signed: Path, plain: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(plain, tmp_path / "plain")
    for kind, predicate in (
        ("provenance", {"buildDefinition": {"buildType": "https://mobyproject.org/buildkit@v1"}}),
        ("sbom", {"bomFormat": "CycloneDX"}),
    ):
        statement = json.loads((folder / f"{kind}.intoto.json").read_bytes())
        (folder / f"{kind}.intoto.json").write_text(json.dumps({**statement, "predicate": predicate}))
    code, told = verified(f"oci:{signed}", "--attestations", str(folder))
    assert (code, codes(told)) == (1, ["attestation-missing"])
    assert len(told["problems"]) == 2
