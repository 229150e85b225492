"""An image to attest: packages, the contract in a layer of its own, labels; and what is attested of it, as data."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.distributions import metadata
from tests.support.images import layout, member, tar

CONTRACT_PATH = "etc/confcontract/contract.json"
SITE = "app/venv/lib/python3.12/site-packages"
COMMIT = "4f" * 20
BASE = f"python:3.12-slim@sha256:{'b' * 64}"
PACKAGES = {"httpx": "0.28.1", "Typing_Extensions": "4.15.0"}


def distribution(name: str, version: str, folder: str = SITE) -> tuple[str, bytes]:
    return f"{folder}/{name}-{version}.dist-info/METADATA", metadata(name, version, "", f"It is {name}.").encode()


def layers(contract: bytes, packages: Mapping[str, str] = PACKAGES) -> list[bytes]:
    found = [distribution(*each) for each in packages.items()]
    return [tar(*(member(*each) for each in found)), tar(member(CONTRACT_PATH, contract))]


def labels(contract: bytes) -> dict[str, str]:
    return {
        "confcontract.digest": json.loads(contract)["digest"],
        "org.opencontainers.image.source": "https://git.example/team/shop",
        "org.opencontainers.image.revision": COMMIT,
        "org.opencontainers.image.base.name": BASE,
    }


def image(folder: Path, contract: bytes, packages: Mapping[str, str] = PACKAGES, **more: Any) -> str:
    """The reference of a layout with it."""
    facts = {"labels": labels(contract), "config": {"created": "2026-11-30T00:00:00Z"}}
    made = {**facts, **more}
    settings = {"Labels": made.pop("labels")}
    made["config"] = {"config": settings, **made["config"]}
    return layout(folder, *layers(contract, packages), **made)


def manifest_digest(folder: Path) -> str:
    """Of the only image in a layout."""
    index = json.loads((folder / "index.json").read_bytes())
    (found,) = [each["digest"] for each in index["manifests"] if "artifactType" not in each]
    return str(found)


def read(folder: Path, kind: str) -> dict[str, Any]:
    """The statement that is written in a folder: kind is provenance, contract or sbom."""
    return statement((folder / f"{kind}.intoto.json").read_bytes())


def statement(content: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(content)
    inner: dict[str, Any] = json.loads(base64.b64decode(data["payload"])) if "payload" in data else data
    return inner
