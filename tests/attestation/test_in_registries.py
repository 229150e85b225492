"""Attestations in registries: Debian's, which has no API for referrers, and one that has it and asks for a login."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from confcontract.attestation.attestation_kinds import AttestationKind
from confcontract.image import registry_referrers
from tests.attestation.conftest import PASSWORD, Keys
from tests.support.attested import image, statement
from tests.support.attesting import attested, codes, verified
from tests.support.images import INDEX, digest
from tests.support.inprocess import run_here
from tests.support.programs import needs
from tests.support.registry import Registry
from tests.support.served import served

judged = needs("skopeo", "docker-registry")
DSSE = "application/vnd.dsse.envelope.v1+json"


def skopeo(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["skopeo", *arguments], capture_output=True, **options)


def raw(registry: Registry, name: str) -> Any:
    """A manifest or an index, as skopeo gets it."""
    done = skopeo("inspect", "--raw", "--tls-verify=false", f"docker://{registry.host}/{name}", check=True)
    return json.loads(done.stdout)


def blob(registry: Registry, repository: str, name: str) -> bytes:
    import urllib.request

    with urllib.request.urlopen(f"http://{registry.host}/v2/{repository}/blobs/{name}", timeout=60) as answer:
        return bytes(answer.read())


@judged
def test_a_registry_without_the_api_gets_the_fallback_tag_beside_what_it_lists(
    registry: Registry, layout: Path, keys: Keys
) -> None:
    pushed = registry.push(layout, "team/shop:1")
    tag = f"team/shop:{pushed.replace(':', '-')}"
    attested(f"docker://{registry.host}/team/shop:1", "--key", str(keys["another"].private))
    others = raw(registry, tag)["manifests"]
    assert len(others) == 3
    reference = f"docker://{registry.host}/team/shop@{pushed}"
    attested(reference, "--key", str(keys["ecdsa"].private))
    index = raw(registry, tag)
    assert index["mediaType"] == INDEX
    assert index["manifests"][:3] == others
    assert len(index["manifests"]) == 6
    for each in index["manifests"]:
        manifest = raw(registry, f"team/shop@{each['digest']}")
        assert (manifest["subject"]["digest"], manifest["artifactType"]) == (pushed, DSSE)
        assert each["artifactType"] == DSSE
        (layer,) = manifest["layers"]
        content = blob(registry, "team/shop", layer["digest"])
        assert statement(content)["predicateType"] == each["annotations"]["in-toto.io/predicate-type"]
    attested(reference, "--key", str(keys["ecdsa"].private))  # nothing new
    assert raw(registry, tag) == index
    code, told = verified(f"docker://{registry.host}/team/shop:1", "--key", str(keys["ecdsa"].public))
    assert (code, told["result"], told["digest"]) == (0, "verified", pushed)
    assert verified(f"docker://{registry.host}/team/shop:1", "--key", str(keys["ed25519"].public))[0] == 1


@judged
def test_a_tag_that_was_moved_to_another_image_is_not_verified(
    registry: Registry, layout: Path, tmp_path: Path, baked: bytes, keys: Keys
) -> None:
    registry.push(layout, "team/moved:1")
    attested(f"docker://{registry.host}/team/moved:1", "--key", str(keys["ecdsa"].private))
    other = tmp_path / "other"
    image(other, baked, {"httpx": "0.28.2"})
    registry.push(other, "team/moved:1")
    code, told = verified(f"docker://{registry.host}/team/moved:1", "--key", str(keys["ecdsa"].public))
    assert (code, codes(told)) == (1, ["attestation-missing"])


@judged
def test_cosign_s_tags_hold_what_its_specifications_say(registry: Registry, layout: Path, keys: Keys) -> None:
    pushed = registry.push(layout, "team/cosign:1")
    attested(f"docker://{registry.host}/team/cosign:1", "--key", str(keys["ecdsa"].private))
    public = load_pem_public_key(keys["ecdsa"].public.read_bytes())
    assert isinstance(public, EllipticCurvePublicKey)
    signatures = raw(registry, f"team/cosign:{pushed.replace(':', '-')}.sig")
    (layer,) = signatures["layers"]
    assert layer["mediaType"] == "application/vnd.dev.cosign.simplesigning.v1+json"
    claim = blob(registry, "team/cosign", layer["digest"])
    public.verify(base64.b64decode(layer["annotations"]["dev.cosignproject.cosign/signature"]), claim, ECDSA(SHA256()))
    assert json.loads(claim)["critical"]["image"]["docker-manifest-digest"] == pushed
    attestations = raw(registry, f"team/cosign:{pushed.replace(':', '-')}.att")
    config = json.loads(blob(registry, "team/cosign", attestations["config"]["digest"]))
    assert config["rootfs"]["diff_ids"] == [each["digest"] for each in attestations["layers"]]
    for kind, each in zip(AttestationKind, attestations["layers"], strict=True):
        assert (each["mediaType"], each["annotations"]["predicateType"]) == (DSSE, kind.value)
        assert statement(blob(registry, "team/cosign", each["digest"]))["predicateType"] == kind.value
    attested(f"docker://{registry.host}/team/cosign:1", "--key", str(keys["another"].private))
    assert len(raw(registry, f"team/cosign:{pushed.replace(':', '-')}.att")["layers"]) == 6


# -- a registry with the API, and a login by token ---------------------------------------------------------


class Modern:
    """What the OCI distribution specification 1.1 asks for, in memory."""

    def __init__(self, layout: Path, *, has_api: bool = True, read_only: bool = False, refuses: int = 0) -> None:
        self.blobs = {digest(path.read_bytes()): path.read_bytes() for path in layout.glob("blobs/sha256/*")}
        (named,) = json.loads((layout / "index.json").read_bytes())["manifests"]
        self.digest = str(named["digest"])
        self.manifests = {self.digest: self.blobs[self.digest], "1": self.blobs[self.digest]}
        self.has_api = has_api
        self.read_only = read_only
        self.refuses = refuses
        self.scopes: list[str] = []
        self.host = ""
        self.written_between: list[bytes] = []  # an index that somebody else writes before ours is read again

    def answer(self, method: str, path: str, body: bytes, login: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        if parts.path == "/token":
            self.scopes.append(query["scope"][0])
            return 200, {}, b'{"token":"t0k"}'
        if login != "Bearer t0k":
            return 401, {"WWW-Authenticate": f'Bearer realm="http://{self.host}/token",service="r"'}, b""
        kind, _, name = parts.path.removeprefix("/v2/shop/").partition("/")
        if method in ("POST", "PUT"):
            return self._written(method, kind, name, query, body)
        if kind == "referrers" and self.has_api:
            return 200, self._onward(query), self._referrers(query)
        found = {"blobs": self.blobs, "manifests": self.manifests}.get(kind, {}).get(name)
        return (404, {}, b"{}") if found is None else (200, {}, found)

    def _written(self, method: str, kind: str, name: str, query: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.read_only:
            return 405, {}, b'{"errors":[{"code":"UNSUPPORTED","message":"canary-7210"}]}'
        if method == "POST":
            return 202, {"Location": "/v2/shop/blobs/uploads/1?state=x"}, b""
        if kind == "blobs":
            assert digest(body) == query["digest"][0]
            self.blobs[digest(body)] = body
            return 201, {}, b""
        subject = json.loads(body).get("subject")
        self.manifests[name] = self.manifests[digest(body)] = body
        if self.written_between and name.startswith("sha256-"):
            self.manifests[name] = self.written_between.pop()
        return 201, {"OCI-Subject": subject["digest"]} if subject and self.has_api else {}, b""

    def _attached(self) -> list[dict[str, Any]]:
        found = {digest(each): each for each in self.manifests.values()}
        listed = []
        for name, content in sorted(found.items()):
            data = json.loads(content)
            if data.get("subject"):
                listed.append(
                    {
                        "mediaType": data["mediaType"],
                        "digest": name,
                        "size": len(content),
                        "artifactType": data["artifactType"],
                    }
                )
        return listed

    def _referrers(self, query: Any) -> bytes:
        """Two to a page."""
        start = int(query.get("n", ["0"])[0])
        return json.dumps(
            {"schemaVersion": 2, "mediaType": INDEX, "manifests": self._attached()[start : start + 2]}
        ).encode()

    def _onward(self, query: Any) -> dict[str, str]:
        start = int(query.get("n", ["0"])[0]) + 2
        return (
            {"Link": f'</v2/shop/referrers/{self.digest}?n={start}>; rel="next"'}
            if start < len(self._attached())
            else {}
        )


@pytest.fixture
def modern(layout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Modern]:
    found = Modern(layout)

    with served(lambda asked: found.answer(asked.method, asked.path, asked.body, asked.login)) as found.host:
        login = base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
        (tmp_path / "auth.json").write_text(json.dumps({"auths": {found.host: {"auth": login}}}))
        monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "auth.json"))
        yield found


def test_a_registry_with_the_api_lists_by_itself(modern: Modern, keys: Keys) -> None:
    reference = f"docker://{modern.host}/shop:1"
    attested(reference, "--key", str(keys["ecdsa"].private))
    assert "repository:shop:pull,push" in modern.scopes
    assert modern.digest.replace(":", "-") not in modern.manifests
    modern.scopes.clear()
    code, told = verified(reference, "--key", str(keys["ecdsa"].public))
    assert (code, told["result"]) == (0, "verified")
    assert set(modern.scopes) == {"repository:shop:pull"}


def test_somebody_else_writes_the_list_at_the_same_time(modern: Modern, keys: Keys) -> None:
    modern.has_api = False
    theirs = {"mediaType": "x", "digest": f"sha256:{'0' * 64}", "size": 1}
    modern.written_between = [json.dumps({"schemaVersion": 2, "manifests": [theirs]}).encode()]
    attested(f"docker://{modern.host}/shop:1")
    listed = json.loads(modern.manifests[modern.digest.replace(":", "-")])["manifests"]
    assert listed[0] == theirs
    assert len(listed) == 4


def test_a_registry_that_does_not_take_it(modern: Modern) -> None:
    modern.read_only = True
    done = run_here("attest", f"docker://{modern.host}/shop:1")
    assert done.returncode == 78
    assert "the registry does not accept the attachment: it answers with 405 (UNSUPPORTED)" in " ".join(
        done.stderr.split()
    )
    assert PASSWORD not in done.stderr


def test_a_registry_that_lies_about_an_attestation(modern: Modern, keys: Keys) -> None:
    reference = f"docker://{modern.host}/shop:1"
    attested(reference, "--key", str(keys["ecdsa"].private))
    for name, content in list(modern.blobs.items()):
        if b"payloadType" in content:
            modern.blobs[name] = content[:-1] + b" "
    code, told = verified(reference, "--key", str(keys["ecdsa"].public))
    assert (code, codes(told)) == (1, ["image-digest"])


def test_a_registry_that_fails_when_it_is_asked_for_attestations_is_not_evaluated(
    modern: Modern, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = modern.answer

    def failing(method: str, path: str, body: bytes, login: str) -> tuple[int, dict[str, str], bytes]:
        return (503, {}, b"") if "/referrers/" in path else answer(method, path, body, login)

    monkeypatch.setattr(modern, "answer", failing)
    code, told = verified(f"docker://{modern.host}/shop:1")
    assert (code, codes(told)) == (2, ["registry-unavailable"])


def test_pages_without_end(modern: Modern, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modern, "_onward", lambda _: {"Link": f'</v2/shop/referrers/{modern.digest}>; rel="next"'})
    code, told = verified(f"docker://{modern.host}/shop:1")
    assert (code, codes(told)) == (2, ["image-unreadable"])
    assert "more than 50 pages" in told["problems"][0]["message"]


def test_the_tag_of_a_longer_digest_is_cut() -> None:
    assert registry_referrers.fallback_tag("sha512:" + "a" * 128) == "sha512-" + "a" * 64
    assert registry_referrers.fallback_tag("sha256:" + "b" * 64, ".sig") == f"sha256-{'b' * 64}.sig"
