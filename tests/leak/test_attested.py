"""What is attested of an image, and what is told of it, holds no secret of the image, the key or the registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from pydantic import PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Secret, bake
from tests.attestation.conftest import KeyPair, written
from tests.support.attested import SITE, distribution
from tests.support.images import layout, member, tar
from tests.support.inprocess import run_here

from .places import WORD
from .test_leak import SECRETS, found_in

SECRET = SECRETS[WORD]


class Settings(BaseSettings):
    """Secrets as defaults, which the contract leaves out."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    key: SecretStr = SecretStr(SECRET)
    plain: Annotated[str, Secret()] = SECRET
    dsn: PostgresDsn = PostgresDsn("postgres://app@db/shop")


SETTINGS = {
    "config": {
        "Env": [f"SHOP_KEY={SECRET}", f"SHOP_DSN=postgres://app:{SECRET}@db/shop"],
        "Cmd": ["shop", f"--password={SECRET}"],
        "Labels": {
            "org.opencontainers.image.source": f"https://ada:{SECRET}@git.example/shop",
            "org.opencontainers.image.revision": "4f" * 20,
            "api.token": SECRET,
        },
    },
    "history": [{"created_by": "COPY site"}, {"created_by": f"RUN TOKEN={SECRET} bake"}],
}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    contract = bake(Settings, name="shop", version="1.4.0").to_bytes()
    path, content = distribution("inside", "1.0")
    origin = json.dumps({"url": f"git+https://ada:{SECRET}@git.example/inside"}).encode()
    site = tar(member(path, content), member(f"{SITE}/inside-1.0.dist-info/direct_url.json", origin))
    packed = tar(member("etc/confcontract/contract.json", contract))
    return layout(tmp_path_factory.mktemp("attested") / "shop", site, packed, config=SETTINGS)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    return written(
        tmp_path_factory.mktemp("keys"),
        "k",
        generate_private_key(SECP256R1()),
        BestAvailableEncryption(SECRET.encode()),
    )


def test_no_secret_is_attested_or_told(image: str, keys: KeyPair, tmp_path: Path) -> None:
    environ = {"CONFCONTRACT_KEY_PASSWORD": SECRET, "CONFCONTRACT_DEBUG": "1", "SOURCE_DATE_EPOCH": ""}
    for options in (
        (),
        ("--output", str(tmp_path)),
        ("--output", str(tmp_path / "signed"), "--key", str(keys.private)),
    ):
        done = run_here("attest", image, *options, environ=environ)
        assert done.returncode == 0, done.stderr
        assert not found_in(done.stdout + done.stderr)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 8
    private = "".join(keys.private.read_text().splitlines()[1:-1])
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not found_in(text), path
        assert private[:40] not in text
    for command in (("verify",), ("verify", "--format", "json"), ("inspect",), ("inspect", "--format", "json")):
        done = run_here(*command, image, environ=environ)
        assert done.returncode == 0, done.stderr
        assert not found_in(done.stdout + done.stderr)
    assert "inside" in (tmp_path / "sbom.cdx.json").read_text()


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--key", "{private}", 78),
        ("--key", "{public}", 78),
        ("--parameter", "API_TOKEN={secret}", 64),
        ("--parameter", "MIRROR=https://ada:{secret}@pypi.example/simple", 64),
        ("--parameter", "{secret}", 64),
        ("--builder-id", "{secret}", 64),
        ("--lock", "{lock}", 78),
        ("--source-url", "https://ada:{secret}@git.example/other", 78),
    ],
)
def test_no_refusal_shows_a_secret(
    option: str, value: str, code: int, image: str, keys: KeyPair, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"--index-url https://ada:{SECRET}@pypi.example/simple\nshop==1\n")
    given = value.format(secret=SECRET, private=keys.private, public=keys.public, lock=lock)
    environ = {"CONFCONTRACT_KEY_PASSWORD": f"{SECRET}x", "CONFCONTRACT_DEBUG": "1", "SOURCE_DATE_EPOCH": ""}
    done = run_here("attest", image, option, given, environ=environ)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert not found_in(done.stdout + done.stderr)
