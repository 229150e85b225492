"""What a whole boot loads: never pydantic, pydantic_settings, typer, rich, or the application.

The real program runs with a `sitecustomize` of ours, which writes down every module that is asked for. Boot as it is
installed would not run that: here its `main` is called in a Python that is not isolated.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest

from confcontract import Binding, File
from tests.support.booting import SAFETY, Ended, Site
from tests.support.classes import InVault, Needy, Renamed, Shop, ShopWithFiles

Make = Callable[..., Site]
FORBIDDEN = {"pydantic", "pydantic_settings", "typer", "rich", "tests", "classes"}
HOOK = """
import os, sys
class Notes:
    def find_spec(self, name, path=None, target=None):
        with open(os.environ["TEST_IMPORTS"], "a") as file:
            file.write(name + "\\n")
sys.meta_path.insert(0, Notes())
"""


class Bound(Shop):
    """Of which something may be bound."""

    url: Annotated[str, Binding("postgresql")] = ""


class Loaded:
    """What was asked for by boot alone: the command is not Python."""

    def __init__(self, made: Site) -> None:
        self.made = made
        made.program = (sys.executable, "-c", "import sys; from confcontract.__main__ import main; sys.exit(main())")
        made.file("hook/sitecustomize.py", HOOK)
        self.log = made.directory / "imports"
        self.environ = {"PYTHONPATH": str(made.directory / "hook"), "TEST_IMPORTS": str(self.log)}

    def boot(self, *options: str | Path, environ: dict[str, str] | None = None) -> Ended:
        self.log.write_text("")
        return self.made.boot(*options, environ={**self.environ, **(environ or {})}, command=("/bin/true",))

    @property
    def names(self) -> set[str]:
        found = set(self.log.read_text().splitlines())
        assert "confcontract.boot.steps" in found
        return found

    @property
    def forbidden(self) -> set[str]:
        return {
            name for name in self.names if name.partition(".")[0] in FORBIDDEN or name.startswith("confcontract.author")
        }


def test_the_hook_sees_what_it_must_see(site: Make) -> None:
    loaded = Loaded(site(Shop))
    loaded.log.write_text("")
    program = [sys.executable, "-c", "import pydantic_settings, confcontract.boot.steps"]
    subprocess.run(program, env={"PATH": "/bin", **loaded.environ}, check=True, timeout=SAFETY)
    assert {"pydantic", "pydantic_settings"} <= {name.partition(".")[0] for name in loaded.forbidden}


def test_a_boot_with_every_kind_of_source(site: Make, vault: dict[str, str]) -> None:
    made = site(InVault)
    made.file("conf.d/a.env", "SHOP_HOST=a\n")
    env_file = made.file("prod.env", 'export SHOP_HOST="b\\n${HOME}"\n')
    loaded = Loaded(made)
    done = loaded.boot("--env-file", env_file, environ={**vault, "SHOP_HOST_FILE": str(made.file("secret", "c"))})
    assert done.code == 0, done.err
    assert "hvac" in loaded.names or any(name.startswith("confcontract.secrets.vault") for name in loaded.names)
    assert loaded.forbidden == set()


OF_PLATFORMS = {
    "confcontract.host.projection",
    "confcontract.verdict.problems.quotes",
    *(f"confcontract.verdict.sources.{name}" for name in ("mounted", "secretfile", "service_bindings", "servicelinks")),
}


def test_where_platforms_put_things_is_of_no_interest_to_a_boot_without_them(site: Make) -> None:
    loaded = Loaded(site(Shop))
    assert loaded.boot(environ={"SHOP_HOST": "a"}).code == 0
    assert loaded.names & OF_PLATFORMS == set()


def test_where_platforms_put_things_pydantic_is_not_needed(site: Make) -> None:
    made = site(Bound)
    made.file("mounted/shop_password", "x")
    made.file("bindings/db/type", "postgresql")
    made.file("bindings/db/host", "db")
    environ = {
        "CREDENTIALS_DIRECTORY": str(made.directory / "mounted"),
        "SERVICE_BINDING_ROOT": str(made.directory / "bindings"),
        "SHOP_HOST": "'a'",
        "SHOP_SERVICE_HOST": "10.0.0.1",
    }
    loaded = Loaded(made)
    assert loaded.boot(environ=environ).code == 0
    assert loaded.names >= OF_PLATFORMS
    assert loaded.forbidden == set()


def test_a_boot_that_warns(site: Make) -> None:
    loaded = Loaded(site(Renamed))
    for form in ("text", "json"):
        done = loaded.boot("--log-format", form, environ={"HOST": "x", "SHOP_COLUOR": "y"})
        assert done.code == 0
        assert "SHOP_COLOUR" in done.err
        assert loaded.forbidden == set()


@pytest.mark.parametrize("options", [(), ("--log-format", "json"), ("--strict",)], ids=" ".join)
def test_a_boot_that_fails(site: Make, options: tuple[str, ...]) -> None:
    loaded = Loaded(site(Needy))
    environ = {"SHOP_PORT": "x", "SHOP_LABELS": "{", "SHOP_HSOT": "x", "SHOP_LEVEL": "vault:secret/x#y"}
    assert loaded.boot(*options, environ=environ).code == 78
    assert loaded.forbidden == set()


def test_a_dry_run(site: Make) -> None:
    loaded = Loaded(site(Shop))
    assert loaded.boot("--dry-run", environ={"SHOP_PASSWORD": "x"}).code == 0
    assert loaded.forbidden == set()


@pytest.mark.parametrize("debug", ["0", "1"])
def test_a_boot_with_policies(site: Make, debug: str) -> None:
    made = site(Shop)
    made.file("policy.d/a.schema.json", '{"properties": {"debug": {"const": false}, "host": {"format": "hostname"}}}')
    made.file("policy.d/b.schema.json", '{"$defs": {"a": {"not": {"minProperties": 99}}}, "$ref": "#/$defs/a"}')
    loaded = Loaded(made)
    assert loaded.boot(environ={"SHOP_DEBUG": debug}).code == (78 if debug == "1" else 0)
    assert loaded.forbidden == set()


@pytest.mark.parametrize("target", ["/", "/nowhere"])
def test_a_boot_with_checks(site: Make, target: str) -> None:
    from confcontract import Http, Tcp

    checks = [File("root", target, deadline=0.05)]
    if target == "/nowhere":
        checks += [Tcp("t", "127.0.0.1:1", deadline=0.05), Http("h", "https://127.0.0.1:1/", deadline=0.05)]  # type: ignore[list-item]
    loaded = Loaded(site(Shop, checks=checks))
    assert loaded.boot().code == (0 if target == "/" else 69)
    assert loaded.forbidden == set()


def test_a_boot_that_vault_refuses(site: Make, vault: dict[str, str]) -> None:
    loaded = Loaded(site(InVault))
    assert loaded.boot(environ={**vault, "VAULT_TOKEN": "wrong"}).code == 77
    assert loaded.forbidden == set()


@pytest.mark.parametrize(("option", "code"), [("--nonsense", 64), ("--contract=/nowhere", 78)])
def test_a_boot_that_is_not_understood(site: Make, option: str, code: int) -> None:
    loaded = Loaded(site(Shop))
    assert loaded.boot(option).code == code
    assert loaded.forbidden == set()


def test_a_boot_without_vault_checks_and_policies_loads_nothing_that_is_only_for_those(site: Make) -> None:
    """Each of these costs milliseconds of every start."""
    loaded = Loaded(site(Shop))
    assert loaded.boot(environ={"SHOP_PORT": "81", "SHOP_TAGS": "a,b"}).code == 0
    heavy = {"argparse", "asyncio", "dataclasses", "dotenv", "http", "hvac", "inspect", "jsonschema"}
    heavy |= {"logging", "requests", "socket", "ssl", "subprocess", "threading", "typing"}
    assert {name.partition(".")[0] for name in loaded.names} & heavy == set()


def test_a_boot_with_a_toml_file_loads_no_parser_of_the_standard_library(site: Make) -> None:
    """Importing tomllib takes half as long as a whole boot."""
    made = site(ShopWithFiles)
    made.file("shop.toml", "port = 81\n[database]\npool = 7\n")
    loaded = Loaded(made)
    assert loaded.boot(environ={"SHOP_TAGS": "a,b"}).code == 0
    assert {"tomllib", "re", "json", "yaml", "datetime"} & loaded.names == set()
    made.file("shop.yaml", "port: 81\n")
    assert loaded.boot().code == 0
    assert {"yaml", "confcontract.verdict.sources.documents.yaml_text"} <= loaded.names
