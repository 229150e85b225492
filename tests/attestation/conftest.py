"""Images with packages in them, and keys to sign with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.contract.conftest import baked  # noqa: F401
from tests.support.attested import image
from tests.support.attesting import attested
from tests.support.registry import Registry, docker_registry

PASSWORD = "canary-7210"


class KeyPair(NamedTuple):
    private: Path
    public: Path


Keys = dict[str, KeyPair]


def written(
    folder: Path,
    name: str,
    key: EllipticCurvePrivateKey | Ed25519PrivateKey,
    encryption: KeySerializationEncryption | None = None,
) -> KeyPair:
    pair = KeyPair(folder / f"{name}.pem", folder / f"{name}.pub")
    pair.private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))
    pair.public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return pair


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """By name: ecdsa, ed25519, another, and locked, which needs PASSWORD."""
    folder = tmp_path_factory.mktemp("keys")
    return {
        "ecdsa": written(folder, "ecdsa", generate_private_key(SECP256R1())),
        "ed25519": written(folder, "ed25519", Ed25519PrivateKey.generate()),
        "another": written(folder, "another", generate_private_key(SECP256R1())),
        "locked": written(
            folder, "locked", generate_private_key(SECP256R1()), BestAvailableEncryption(PASSWORD.encode())
        ),
    }


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory, baked: bytes, keys: Keys) -> Path:  # noqa: F811
    """A layout with an image, and what is attested of it, signed: to be copied."""
    folder = tmp_path_factory.mktemp("verify") / "shop"
    attested(image(folder, baked), "--key", str(keys["ecdsa"].private))
    return folder


@pytest.fixture
def shop(signed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(signed, tmp_path / "shop")


@pytest.fixture(scope="session")
def key(keys: Keys) -> tuple[str, str]:
    return "--key", str(keys["ecdsa"].public)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory, signed: Path) -> Path:
    """A folder of unsigned attestations of this image."""
    folder = tmp_path_factory.mktemp("plain")
    attested(f"oci:{signed}", "--output", str(folder))
    return folder


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Debian's, of one module alone."""
    with docker_registry(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> Path:  # noqa: F811
    """An image that nothing is attested of, in a layout."""
    folder = tmp_path_factory.mktemp("image") / "shop"
    image(folder, baked)
    return folder
