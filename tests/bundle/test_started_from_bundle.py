"""A bundle does what the installed confcontract does, with nothing but its own files, whatever the environment says."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Network
from pathlib import Path
from typing import Literal
from uuid import UUID

import pytest
from pydantic import AnyUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import File, __version__
from tests.support.booting import PLAIN, SAFETY, Ended, Site
from tests.support.classes import InVault, Needy, Shop, ShopWithFiles

Make = Callable[..., Site]
# As the installed one is started where it has been made safe: see install_command.
INSTALLED = (sys.executable, "-I", "-m", "confcontract")


def command_of(bundle: Path) -> str:
    return str(bundle / "bin/confcontract")


def both(made: Site, bundle: Path, *options: str | Path, environ: dict[str, str]) -> Ended:
    """What the bundle did, which is what the installed one did."""
    made.program = INSTALLED
    expected = made.boot(*options, environ=environ)
    made.program = (command_of(bundle),)
    done = made.boot(*options, environ=environ)
    assert (done.code, done.out, _timeless(done.err)) == (expected.code, expected.out, _timeless(expected.err))
    return done


def _timeless(said: str) -> str:
    return re.sub(r'"@timestamp": "[^"]*"', "", re.sub(r"_seconds=[\d.]+", "_seconds=…", said))


def say(bundle: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([command_of(bundle), *arguments], env=environ, capture_output=True, text=True, timeout=SAFETY)


def test_it_hands_over_the_same_environment(site: Make, bundle: Path) -> None:
    made = site(Shop)
    made.file("conf.d/a.env", "SHOP_HOST=a\n")
    env_file = made.file("prod.env", 'export SHOP_HOST="b\\n${HOME}"\nSHOP_TAGS=a,b\n')
    environ = {"SHOP_PORT": "81", "HOME": "/root", "OTHER": "\udcff", "LC_ALL": "C"}
    done = both(made, bundle, "--env-file", env_file, environ=environ)
    assert done.environ["SHOP_HOST"] == "b\n/root"
    assert done.environ["OTHER"] == "\udcff"
    assert done.environ.keys() - {"SHOP_HOST", "SHOP_TAGS"} == {*PLAIN, *environ}


@pytest.mark.parametrize("form", ["text", "json"])
def test_it_refuses_with_the_same_words(site: Make, bundle: Path, form: str) -> None:
    environ = {"SHOP_PORT": "x", "SHOP_LABELS": "{", "SHOP_HSOT": "x", "SHOP_LEVEL": "vault:secret/x#y"}
    assert both(site(Needy), bundle, "--log-format", form, environ=environ).code == 78


class Level(Enum):
    LOW = "low"
    HIGH = "high"


class Kinds(BaseSettings):
    """For each of these, pydantic_core's extension imports modules that no source names."""

    model_config = SettingsConfigDict(env_prefix="K_")

    decimal: Decimal = Decimal(1)
    uuid: UUID = UUID(int=1)
    date: datetime.date = datetime.date(2026, 1, 1)
    moment: datetime.datetime = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    time: datetime.time = datetime.time(1)
    delta: datetime.timedelta = datetime.timedelta(1)
    path: Path = Path("/")
    address: IPv4Address = IPv4Address("127.0.0.1")
    network: IPv6Network = IPv6Network("::/0")
    level: Level = Level.LOW
    choice: Literal["a", "b"] = "a"
    pattern: re.Pattern[str] = re.compile("a")
    url: AnyUrl = AnyUrl("http://localhost/")
    raw: bytes = b""
    numbers: set[int] = set()
    table: dict[str, float] = {}
    imaginary: complex = 1j


KINDS = {
    "decimal": "1.5", "uuid": str(UUID(int=7)), "date": "2026-02-03", "moment": "2026-02-03T04:05:06+01:00",
    "time": "04:05", "delta": "PT5M", "path": "/a", "address": "10.0.0.1", "network": "fd00::/8", "level": "high",
    "choice": "b", "pattern": "^b+$", "url": "https://a.example/", "raw": "x", "numbers": "[1, 2]", "table": '{"a": 1}',
    "imaginary": "1+2j",
}  # fmt: skip


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_it_judges_values_of_every_kind_alike(site: Make, bundle: Path, right: bool) -> None:
    values = {f"K_{name.upper()}": value if right else "(" for name, value in KINDS.items()}
    done = both(site(Kinds), bundle, environ=values)
    assert done.code == (0 if right else 78), done.err
    assert KINDS.keys() == Kinds.model_fields.keys()


def test_it_explains(site: Make, bundle: Path) -> None:
    assert both(site(Shop), bundle, "--dry-run", environ={"SHOP_PASSWORD": "x"}).code == 0


def test_it_reads_files_in_toml_and_yaml(site: Make, bundle: Path) -> None:
    made = site(ShopWithFiles)
    made.file("shop.toml", "port = 81\n")
    made.file("shop.yaml", "host: b\n")
    given = made.file("given.yaml", "tags: [a]\n")
    done = both(made, bundle, "--conf-file", given, environ={})
    assert done.code == 0, done.err
    assert done.environ["SHOP_TAGS"] == '["a"]'


def test_it_applies_policies(site: Make, bundle: Path) -> None:
    made = site(Shop)
    made.file("policy.d/a.schema.json", '{"properties": {"debug": {"const": false}, "host": {"format": "hostname"}}}')
    made.file("policy.d/b.schema.json", '{"$defs": {"a": {"not": {"minProperties": 99}}}, "$ref": "#/$defs/a"}')
    assert both(made, bundle, environ={"SHOP_DEBUG": "1"}).code == 78
    assert both(made, bundle, environ={"SHOP_DEBUG": "0"}).code == 0


def test_it_asks_vault(site: Make, bundle: Path, vault: dict[str, str]) -> None:
    made = site(InVault)
    assert both(made, bundle, environ=vault).code == 0
    assert both(made, bundle, environ={**vault, "VAULT_TOKEN": "wrong"}).code == 77


def test_it_logs_in_by_user_and_password(site: Make, bundle: Path, vault: dict[str, str]) -> None:
    """The one way that takes hvac and requests. This server has not enabled it."""
    environ = {"VAULT_ADDR": vault["VAULT_ADDR"], "VAULT_USERNAME": "ada", "VAULT_PASSWORD": "x"}
    done = both(site(InVault), bundle, environ=environ)
    assert done.code == 77
    assert "userpass" in done.err


def test_it_trusts_the_authorities_that_it_brings_where_the_image_has_none(bundle: Path) -> None:
    program = (
        f"import sys; sys.path.append({str(next(bundle.glob('lib/python*/site-packages')))!r}); import certifi, ssl;"
        "print(len(ssl.create_default_context(cafile=certifi.where()).get_ca_certs()))"
    )
    asked = subprocess.run([bundle / "bin/python3", "-IS", "-c", program], env={}, capture_output=True, text=True)
    assert int(asked.stdout) > 50, asked.stderr


def test_it_supervises_and_answers_probes(site: Make, bundle: Path) -> None:
    made = site(Shop, checks=[File("root", "/")])
    made.program = (command_of(bundle),)
    place = made.runtime["CONFCONTRACT_RUNTIME_DIR"]  # a variable of confcontract's, which the application doesn't get
    probe = f"CONFCONTRACT_RUNTIME_DIR={place} {command_of(bundle)} probe ready --timeout 60"
    done = made.boot("--supervise", command=("/bin/sh", "-c", probe))
    assert done.code == 0, done.err
    assert done.out.endswith("ready: UP\n")


def test_it_loads_no_file_of_the_image(bundle: Path) -> None:
    program = (
        f"import sys; sys.path.append({str(next(bundle.glob('lib/python*/site-packages')))!r});"
        "import confcontract.contract.engine, ssl, ctypes, hashlib, rpds, decimal;"
        "print(open('/proc/self/maps').read())"
    )
    command = [str(bundle / "bin/python3"), "-IS", "-c", program]
    environ = {"LC_ALL": "C"}  # of another locale, it reads the file in /usr/lib/locale, if there is one
    asked = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    files = set(re.findall(r" (/\S+)$", asked.stdout, re.MULTILINE))
    assert any(path.startswith(f"{bundle}/lib/libc.so") for path in files)
    assert {path for path in files if not path.startswith(f"{bundle}/")} == set()


def test_what_the_image_sets_for_other_programs_is_handed_over_and_not_followed(site: Make, bundle: Path) -> None:
    """Its own libraries count before LD_LIBRARY_PATH, and Python's variables not at all."""
    made = site(Shop)
    for name in [place.name for place in (bundle / "lib").glob("*.so*")]:
        made.file(f"others/{name}", "not a library")
    environ = {
        "LD_LIBRARY_PATH": str(made.directory / "others"),
        "PYTHONPATH": str(made.directory / "others"),
        "PYTHONHOME": "/nowhere",
        "PYTHONSTARTUP": "/nowhere",
    }
    made.program = (command_of(bundle),)
    ending = "import os; print(*sorted(os.environ))"
    done = made.boot(environ=environ, command=(str(bundle / "bin/python3"), "-IS", "-c", ending))
    assert done.code == 0, done.err
    assert set(done.out.split()) >= environ.keys()


def test_other_commands_are_refused_in_one_message(bundle: Path) -> None:
    done = say(bundle, "validate")
    assert done.returncode == 64
    assert "validate is not in this bundle, which has boot, probe and problem" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_it_says_what_it_is(bundle: Path) -> None:
    assert say(bundle, "--version").stdout == f"confcontract {__version__}\n"
    for words in (["--help"], ["boot", "--help"], ["probe", "--help"]):
        told = say(bundle, *words)
        assert told.returncode == 0
        assert "--env-file FILE" in told.stdout
        assert "Or $CONFCONTRACT_STRICT=1." in told.stdout
        assert told.stdout.count("$CONFCONTRACT_PATH") == 1
    assert say(bundle).returncode == 64


def test_a_function_of_the_application_is_refused_at_once(site: Make, bundle: Path) -> None:
    from confcontract import Python

    made = site(Shop, checks=[Python("tests.support.app:ready", name="ready")])
    made.program = (command_of(bundle),)
    done = made.boot()
    assert done.code == 78
    assert "a bundle can't run" in done.report


def test_it_needs_no_right_to_write(site: Make, bundle: Path) -> None:
    before = {place: place.stat().st_mtime for place in bundle.rglob("*")}
    made = site(Shop)
    made.program = (command_of(bundle),)
    assert made.boot().code == 0
    assert {place: place.stat().st_mtime for place in bundle.rglob("*")} == before
    assert not [place for place in before if place.name == "__pycache__"]
    assert os.path.isfile(bundle / "bundle.json")
