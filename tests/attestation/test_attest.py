"""`confcontract attest`: what it says, judged by the libraries of those who defined the formats."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer._key import SSlibKey

from confcontract.attestation.attestation_kinds import BUILD_TYPE, CONTRACT_TYPE, UNSTATED_BUILDER
from confcontract.contract.schemas import schema_text
from tests.attestation.conftest import PASSWORD, Keys
from tests.support.attested import BASE, COMMIT, image, labels, layers, manifest_digest, read, statement
from tests.support.attesting import KINDS, attested
from tests.support.images import Layout, saved
from tests.support.inprocess import run_here


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> str:
    return image(tmp_path_factory.mktemp("attest") / "shop", baked)


@pytest.fixture(scope="module")
def out(shop: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    attested(shop, "--output", str(folder))
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_in_toto_accepts_each_statement(kind: str, out: Path, shop: str) -> None:
    found = read(out, kind)
    (subject,) = found["subject"]
    given = Statement(
        [ResourceDescriptor(subject["name"], digest=subject["digest"]).pb], found["predicateType"], found["predicate"]
    )
    given.validate()
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert f"sha256:{subject['digest']['sha256']}" == manifest_digest(Path(shop.removeprefix("oci:")))


def test_provenance_says_what_the_image_and_its_contract_say_and_nothing_else(out: Path, baked: bytes) -> None:
    predicate = read(out, "provenance")["predicate"]
    ParseDict(predicate, Provenance())  # refuses a member that SLSA's provenance v1 does not have
    releases = {k: v for k, v in json.loads(baked)["provenance"].items() if k not in ("buildTime", "sourceCommit")}
    assert predicate == {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {"source": {"uri": "https://git.example/team/shop", "revision": COMMIT}},
            "internalParameters": {"releases": releases},
            "resolvedDependencies": [
                {
                    "name": "source",
                    "uri": f"git+https://git.example/team/shop@{COMMIT}",
                    "digest": {"gitCommit": COMMIT},
                },
                {
                    "name": "base image",
                    "uri": f"pkg:docker/python@3.12-slim?digest={BASE.partition('@')[2]}",
                    "digest": {"sha256": "b" * 64},
                },
            ],
        },
        "runDetails": {"builder": {"id": UNSTATED_BUILDER}},
    }


def test_what_is_not_known_is_left_out(tmp_path: Path, baked: bytes) -> None:
    unknown = image(tmp_path / "shop", baked, labels={"org.opencontainers.image.revision": ""}, config={})
    attested(unknown, "--output", str(tmp_path))
    definition = read(tmp_path, "provenance")["predicate"]["buildDefinition"]
    assert definition["externalParameters"] == {}
    assert "resolvedDependencies" not in definition
    assert "timestamp" not in read(tmp_path, "sbom")["predicate"]["metadata"]


def test_options_add_what_the_builder_knows(tmp_path: Path, shop: str) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(
        f"httpx==0.28.1 --hash=sha256:{'1' * 64}\ntyping-extensions==4.15.0 --hash=sha256:{'2' * 64} \\\n  --hash=sha256:{'3' * 64}\n"
    )
    options = ["--lock", str(lock), "--builder-id", "https://ci.example/runner@v1", "--parameter", "PYTHON=3.12"]
    attested(shop, "--output", str(tmp_path), *options, "--source-commit", COMMIT)
    predicate = read(tmp_path, "provenance")["predicate"]
    ParseDict(predicate, Provenance())
    assert predicate["runDetails"] == {"builder": {"id": "https://ci.example/runner@v1"}}
    assert predicate["buildDefinition"]["externalParameters"]["parameters"] == {"PYTHON": "3.12"}
    assert predicate["buildDefinition"]["resolvedDependencies"][-1]["name"] == "requirements.txt"
    listed = {each["name"]: each for each in accepted(tmp_path / "sbom.cdx.json")["components"]}
    one, several = listed["httpx"], listed["Typing_Extensions"]
    assert one["hashes"] == [{"alg": "SHA-256", "content": "1" * 64}]
    assert "hashes" not in several  # which of the two was installed is not known
    assert [each["content"] for each in several["externalReferences"][0]["hashes"]] == ["2" * 64, "3" * 64]


def test_the_contract_is_a_predicate_of_its_own_as_its_schema_says(out: Path, baked: bytes) -> None:
    found = read(out, "contract")
    assert found["predicateType"] == CONTRACT_TYPE
    schema = json.loads(schema_text("contract-attestation-v1.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(found["predicate"])
    assert found["predicate"]["contract"] == json.loads(baked)
    assert schema["$id"] == CONTRACT_TYPE


def accepted(path: Path) -> Any:
    """An SBOM that CycloneDX's own validation takes. It leaves times and addresses to packages that are not installed:
    one of them takes seconds to import, in every process that has anything to do with jsonschema.
    """
    text = path.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    if "timestamp" in document["metadata"]:
        assert datetime.fromisoformat(document["metadata"]["timestamp"]).tzinfo is not None
    for component in document["components"]:
        for each in component.get("externalReferences", ()):
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*", each["url"])
    return document


def test_cyclonedx_accepts_the_sbom_which_lists_what_is_installed(out: Path) -> None:
    document = accepted(out / "sbom.cdx.json")
    assert document == read(out, "sbom")["predicate"]
    purls = [each["purl"] for each in document["components"] if "purl" in each]
    assert sorted(purls) == ["pkg:pypi/httpx@0.28.1", "pkg:pypi/typing-extensions@4.15.0"]
    assert document["metadata"]["timestamp"].startswith("2026-11-30T00:00:00")


def test_an_image_without_python_has_an_sbom_with_the_contract_alone(tmp_path: Path, baked: bytes) -> None:
    """One with a static program, say. The library warns of an image that has nothing, which would fail this test."""
    attested(image(tmp_path / "shop", baked, {}), "--output", str(tmp_path))
    document = accepted(tmp_path / "sbom.cdx.json")
    (contract,) = document["components"]
    assert {"ref": "image", "dependsOn": [contract["bom-ref"]]} in document["dependencies"]


def test_the_same_release_in_two_folders_is_listed_twice(tmp_path: Path, baked: bytes) -> None:
    from tests.support.attested import distribution
    from tests.support.images import layout, member, tar

    found = tar(*(member(*distribution("httpx", "1", folder)) for folder in ("usr/lib/a", "usr/lib/b")))
    reference = layout(tmp_path / "shop", found, *layers(baked)[1:])
    attested(reference, "--output", str(tmp_path))
    purls = [each.get("purl") for each in accepted(tmp_path / "sbom.cdx.json")["components"]]
    assert purls.count("pkg:pypi/httpx@1") == 2


def test_the_same_image_gives_the_same_bytes_also_signed(tmp_path: Path, baked: bytes, keys: Keys) -> None:
    for place in ("a", "b"):
        reference = image(tmp_path / place / "shop", baked)
        attested(reference, "--key", str(keys["ecdsa"].private))
    one, other = ({p.name for p in (tmp_path / place / "shop/blobs/sha256").iterdir()} for place in ("a", "b"))
    assert one == other
    before = sorted(one)
    said = attested(f"oci:{tmp_path}/a/shop", "--key", str(keys["ecdsa"].private))
    assert len(said.splitlines()) == 3
    assert sorted(p.name for p in (tmp_path / "a/shop/blobs/sha256").iterdir()) == before


def test_another_time_and_another_image_have_another_serial_number(
    tmp_path: Path, baked: bytes, shop: str, out: Path
) -> None:
    numbers = {read(out, "sbom")["predicate"]["serialNumber"]}
    attested(shop, "--output", str(tmp_path), SOURCE_DATE_EPOCH="1700000000")
    dated = read(tmp_path, "sbom")["predicate"]
    assert dated["metadata"]["timestamp"].startswith("2023-11-14T22:13:20")
    numbers.add(dated["serialNumber"])
    attested(image(tmp_path / "other", baked, {"httpx": "0.28.0"}), "--output", str(tmp_path))
    numbers.add(read(tmp_path, "sbom")["predicate"]["serialNumber"])
    assert len(numbers) == 3


# -- signatures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ecdsa", "ed25519", "locked"])
def test_others_verify_the_signature(name: str, shop: str, tmp_path: Path, keys: Keys) -> None:
    attested(shop, "--output", str(tmp_path), "--key", str(keys[name].private), CONFCONTRACT_KEY_PASSWORD=PASSWORD)
    public = load_pem_public_key(keys[name].public.read_bytes())
    for kind in KINDS:
        content = (tmp_path / f"{kind}.intoto.json").read_bytes()
        envelope = Envelope.from_dict(json.loads(content))
        assert envelope.payload_type == "application/vnd.in-toto+json"
        key = SSlibKey.from_crypto(public)
        key.keyid = ""  # a hint, which cosign leaves empty, too
        envelope.verify([key], 1)
        if isinstance(public, EllipticCurvePublicKey):
            signature = base64.b64decode(json.loads(content)["signatures"][0]["sig"])
            public.verify(signature, envelope.pae(), ECDSA(SHA256()))
            assert openssl_verifies(tmp_path, keys[name].public, signature, envelope.pae())
            assert not openssl_verifies(tmp_path, keys[name].public, signature, envelope.pae() + b" ")


def openssl_verifies(folder: Path, key: Path, signature: bytes, content: bytes) -> bool:
    (folder / "signature").write_bytes(signature)
    (folder / "content").write_bytes(content)
    command: list[str | Path] = [
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        key,
        "-signature",
        folder / "signature",
        folder / "content",
    ]
    return subprocess.run(command, capture_output=True).returncode == 0


def test_what_is_attached_to_a_layout_are_artifacts_with_the_image_as_subject(
    tmp_path: Path, baked: bytes, keys: Keys
) -> None:
    folder = tmp_path / "shop"
    reference = image(folder, baked)
    attested(reference, "--key", str(keys["ecdsa"].private))
    index = json.loads((folder / "index.json").read_bytes())
    listed = [each for each in index["manifests"] if "artifactType" in each]
    assert len(listed) == 3
    for each in listed:
        manifest = json.loads((folder / "blobs" / each["digest"].replace(":", "/")).read_bytes())
        assert manifest["subject"]["digest"] == manifest_digest(folder)
        assert manifest["artifactType"] == each["artifactType"] == "application/vnd.dsse.envelope.v1+json"
        (layer,) = manifest["layers"]
        content = (folder / "blobs" / layer["digest"].replace(":", "/")).read_bytes()
        assert statement(content)["predicateType"] == each["annotations"]["in-toto.io/predicate-type"]
    assert run_here("inspect", reference).returncode == 0  # it is still the only image there


def test_beside_an_archive_are_files(tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    made.tag(made.image(layers(baked), labels=labels(baked)))
    made.archive(tmp_path / "oci.tar")
    attested(f"oci-archive:{tmp_path}/oci.tar")
    attested(saved(tmp_path / "docker.tar", *layers(baked)))
    for name in ("oci.tar", "docker.tar"):
        assert {path.name.removeprefix(f"{name}.") for path in tmp_path.glob(f"{name}.*")} == {
            *(f"{kind}.intoto.json" for kind in KINDS),
            "sbom.cdx.json",
        }


# -- bad input ---------------------------------------------------------------------------------------


def refused(code: int, *arguments: str, **environ: str) -> str:
    done = run_here("attest", *arguments, environ={"SOURCE_DATE_EPOCH": "", **environ})
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == code, said
    assert "Traceback" not in said
    assert PASSWORD not in said
    assert done.stdout == ""
    return said


@pytest.mark.parametrize(
    "options,words",
    [
        (["--parameter", "X"], "--parameter is not NAME=VALUE"),
        (["--parameter", f"API_TOKEN={PASSWORD}"], "API_TOKEN is called like a secret"),
        (["--parameter", f"INDEX=https://u:{PASSWORD}@pypi.example"], "or holds a password"),
        (["--builder-id", "us"], "--builder-id is not a URI"),
        (["--builder-id", f"https://us:{PASSWORD}@ci.example/"], "--builder-id holds a password"),
        (["--key", ""], "--key is empty"),
    ],
)
def test_options_that_are_refused(options: list[str], words: str, shop: str) -> None:
    assert words in refused(64, shop, *options)


def test_a_time_that_is_none(shop: str) -> None:
    for time in ("noon", "1_0", " 5 "):  # bake refuses the same
        assert "SOURCE_DATE_EPOCH is not an integer" in refused(64, shop, SOURCE_DATE_EPOCH=time)


def test_keys_that_can_not_be_used(shop: str, tmp_path: Path, keys: Keys) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key

    from tests.attestation.conftest import written

    locked = str(keys["locked"].private)
    assert "is encrypted" in refused(78, shop, "--key", locked)
    assert "can't be decrypted" in refused(78, shop, "--key", locked, CONFCONTRACT_KEY_PASSWORD=f"{PASSWORD}x")
    assert "can't be read" in refused(78, shop, "--key", f"{tmp_path}/none.pem")
    assert "does not contain a private key" in refused(78, shop, "--key", str(keys["ecdsa"].public))
    cosign = tmp_path / "cosign.key"
    cosign.write_text(
        f"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n{PASSWORD}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n"
    )
    assert "cosign generate-key-pair" in refused(78, shop, "--key", str(cosign))
    keys_of_other_kinds: list[Any] = [generate_private_key(SECP384R1()), rsa.generate_private_key(65537, 2048)]
    for key in keys_of_other_kinds:
        assert "of a kind that is not used" in refused(78, shop, "--key", str(written(tmp_path, "k", key).private))


def test_a_key_without_a_password_needs_none(shop: str, tmp_path: Path, keys: Keys) -> None:
    attested(shop, "--output", str(tmp_path), "--key", str(keys["ecdsa"].private), CONFCONTRACT_KEY_PASSWORD=PASSWORD)


@pytest.mark.parametrize("content", [b"", b"httpx==1\n", b"\xff", b"[[package]]\n[", b"[[package]]\nname='a'\n"])
def test_locks_that_can_not_be_used(content: bytes, shop: str, tmp_path: Path) -> None:
    (tmp_path / "lock").write_bytes(content)
    assert "is not a lock with hashes" in refused(78, shop, "--lock", f"{tmp_path}/lock")
    assert "can't be read" in refused(78, shop, "--lock", f"{tmp_path}/none")


def test_what_contradicts_the_image_is_not_attested(shop: str) -> None:
    said = refused(78, shop, "--source-commit", "1" * 40)
    assert "--source-commit and the label org.opencontainers.image.revision name different values" in said


def test_a_password_in_the_source_s_address_is_left_out(tmp_path: Path, baked: bytes) -> None:
    url = {"org.opencontainers.image.source": f"https://ada:{PASSWORD}@git.example/shop"}
    attested(image(tmp_path / "shop", baked, labels=url), "--output", str(tmp_path))
    source = read(tmp_path, "provenance")["predicate"]["buildDefinition"]["externalParameters"]["source"]
    assert source == {"uri": "https://git.example/shop"}


def test_a_folder_that_can_not_be_written(shop: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "can't be written" in refused(78, shop, "--output", f"{tmp_path}/file/within")


def test_an_image_without_a_contract(tmp_path: Path) -> None:
    from tests.support.images import files
    from tests.support.images import layout as plain

    assert "image-without-contract" in refused(78, plain(tmp_path / "shop", files(a=b"1")))
