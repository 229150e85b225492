"""A small image that is as it should be, to be changed in one respect."""

from __future__ import annotations

import copy
import gzip
from pathlib import Path
from typing import Any

from pydantic import BaseModel, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.contract.engine import VERSION
from tests.support.distributions import metadata
from tests.support.images import Layout, member, tar

EPOCH = 1767225600
CREATED = "2026-01-01T00:00:00Z"
DIGEST = "sha256:" + "0" * 64
SITE = "app/venv/lib/python3.11/site-packages"
KEY = "zq-hk/2+vbn7xd"  # of a secret: every encoding changes it
COMMANDS = [
    "/bin/sh -c #(nop) ADD file:base in / ",
    "COPY /app/venv venv # buildkit",
    "COPY /etc/confcontract/contract.json /etc/confcontract/ # buildkit",
]


class Login(BaseModel):
    user: str = "app"
    password: SecretStr = SecretStr("")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    key: SecretStr
    login: Login = Login()
    database: PostgresDsn = PostgresDsn("postgres://db/shop")
    port: int = 8000


CONTRACT = bake(Settings, name="shop", version="1.4.0", source_date_epoch=EPOCH)


def package(name: str, version: str, **files: str) -> list[Any]:
    folder = f"{SITE}/{name}-{version}.dist-info"
    return [
        member(f"{folder}/METADATA", metadata(name, version).encode()),
        *(member(f"{folder}/{file.replace('__', '.')}", text.encode()) for file, text in files.items()),
    ]


BASE = [
    member("etc"),
    member("etc/os-release", b"ID=debian\n"),
    member("etc/passwd", b"root:x:0:0::/root:/bin/sh\nshop:x:10001:10001::/:/bin/sh\n"),
    member("tmp", mode=0o1777),
    member("usr/bin/sh", b"\x7fELF", mode=0o755),
    member("bin", link="usr/bin"),
]
VENV = [
    *package("confcontract", "0.1.0", direct_url__json='{"url": "file:///app/dist/confcontract.whl"}'),
    *package("pydantic_core", VERSION),
    *package("pydantic", "2.12.0"),
    member("app/main.py", b"print('it runs')\n"),
]
WITH_CONTRACT = [member("etc/confcontract/contract.json", CONTRACT.to_bytes())]


class Made:
    """layers: their members, the oldest first. config: the document."""

    def __init__(self) -> None:
        self.layers: list[list[Any]] = [list(BASE), list(VENV), list(WITH_CONTRACT)]
        self.config: dict[str, Any] = {
            "created": CREATED,
            "config": {
                "User": "10001:10001",
                "Env": ["PATH=/app/venv/bin:/usr/bin", "SHOP_PORT=8000"],
                "Entrypoint": ["python", "-I", "-m", "confcontract", "boot", "--"],
                "Cmd": ["python", "-m", "shop"],
                "Labels": {
                    "confcontract.path": "/etc/confcontract/contract.json",
                    "confcontract.digest": CONTRACT.digest,
                    "org.opencontainers.image.base.name": f"python:3.11-slim@{DIGEST}",
                },
            },
            "history": [{"created_by": each} for each in COMMANDS],
        }
        self.annotations = {"org.opencontainers.image.title": "shop"}
        self.layer_annotations = {"org.opencontainers.image.title": "layer.tar"}
        self.lock = lock()

    @property
    def settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = self.config["config"]
        return settings

    def above(self, *members: Any, by: str = "COPY . . # buildkit") -> None:
        """A layer below that of the contract."""
        self.layers.insert(-1, list(members))
        self.config["history"].insert(-1, {"created_by": by})

    def instruction(self, text: str) -> None:
        """One that makes no layer."""
        self.config["history"].insert(1, {"created_by": text, "empty_layer": True})

    def reference(self, folder: Path) -> str:
        made = Layout(folder)
        packed = [gzip.compress(tar(*members), 6, mtime=0) for members in self.layers]
        described = made.image(
            packed,
            config=copy.deepcopy(self.config),
            annotations=self.annotations,
            layer_annotations=self.layer_annotations,
        )
        made.tag(described)
        (folder / "requirements.txt").write_text(self.lock)
        return f"oci:{folder}"


def lock(*more: str, pydantic: str = "2.12.0", hashed: bool = True) -> str:
    pin = " \\\n    --hash=sha256:" + "a" * 64 if hashed else ""
    return "".join(f"{each}{pin}\n" for each in (f"pydantic=={pydantic}", f"pydantic-core=={VERSION}", *more))
