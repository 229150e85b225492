"""`confcontract verify`: what was changed is found, whichever of it."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attestation.conftest import KeyPair
from tests.contract.conftest import resealed
from tests.support.attested import image, labels, layers, manifest_digest, read
from tests.support.images import Layout, digest, saved
from tests.support.inprocess import run_here

KINDS = ("provenance", "contract", "sbom")
Keys = dict[str, KeyPair]


def verified(reference: str, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the report."""
    done = run_here("verify", reference, "--format", "json", *options)
    assert "Traceback" not in done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["exitCode"] == done.returncode
    return done.returncode, told


def codes(told: dict[str, Any], severity: str = "error") -> list[str]:
    return sorted({each["code"] for each in told["problems"] if each["severity"] == severity})


def attested(reference: str, *options: str) -> None:
    done = run_here("attest", reference, *options)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, baked: bytes, keys: Keys) -> Path:
    """A layout with an image, and what is attested of it, signed: to be copied."""
    folder = tmp_path_factory.mktemp("verify") / "shop"
    attested(image(folder, baked), "--key", str(keys["ecdsa"].private))
    return folder


@pytest.fixture
def shop(signed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(signed, tmp_path / "shop")


@pytest.fixture(scope="module")
def key(keys: Keys) -> tuple[str, str]:
    return "--key", str(keys["ecdsa"].public)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, signed: Path) -> Path:
    """A folder of unsigned attestations of this image."""
    folder = tmp_path_factory.mktemp("plain")
    attested(f"oci:{signed}", "--output", str(folder))
    return folder


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


# -- the image -----------------------------------------------------------------------------------------


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


def blob(folder: Path, name: str) -> bytes:
    return (folder / "blobs" / name.replace(":", "/")).read_bytes()


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


# -- what is attested ------------------------------------------------------------------------------------


def changed(folder: Path, kind: str, change: Callable[[Any], None]) -> None:
    """A statement in a file, edited as whoever can write there would; where it is signed, with the old signature."""
    path = folder / f"{kind}.intoto.json"
    data = json.loads(path.read_bytes())
    inner = json.loads(base64.b64decode(data["payload"])) if "payload" in data else data
    change(inner)
    if "payload" in data:
        data["payload"] = base64.b64encode(json.dumps(inner).encode()).decode()
    path.write_text(json.dumps(data))


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
    ("contract", contract, "the contract that is attested is not the one in the image: contract differ"),
    ("contract", digest_only, "the contract that is attested is not the one in the image: digest differ"),
    ("sbom", fewer, "does not list what is installed: httpx 0.28.1"),
    ("sbom", more, "lists what is not installed: x 1"),
    ("sbom", more_and_spelled_otherwise, "lists what is not installed: x 1"),
    ("sbom", other_version, "does not list what is installed: httpx 0.28.1"),
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


# -- what can't be evaluated --------------------------------------------------------------------------------


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


@pytest.mark.skipif(shutil.which("skopeo") is None, reason="install skopeo")
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
    assert "none is not a folder that can be read" in told["problems"][0]["message"]
