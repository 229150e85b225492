"""A default that does not validate makes the variable required: said at bake, never a reason to refuse. And no
default is judged by the disk, the clock or the modules of the machine that bakes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from confcontract import Contract, bake, resolve
from tests.support.commands import run, said
from tests.support.modules import PRELUDE, module

CANARY = "canary-9d1f"
NESTED = "    model_config = SettingsConfigDict(env_nested_delimiter='__')\n"

# what · source · [environment]; the class itself is the judge
WORKING = {
    "a class that does not validate defaults": (
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(validate_default=False)\n    port: int = None\n",
        [{}, {"PORT": "5"}, {"PORT": "x"}],
    ),
    "a field that does not": (
        "class Settings(BaseSettings):\n    port: int = Field('later', validate_default=False)\n",
        [{}, {"PORT": "5"}, {"PORT": "later"}],
    ),
    "a section's own default": (
        f"class Smtp(BaseModel):\n    host: str = None\n    port: int = 25\nclass Settings(BaseSettings):\n{NESTED}    smtp: Smtp = Smtp()\n",
        [{}, {"SMTP__PORT": "26"}, {"SMTP__HOST": "h"}, {"SMTP": '{"host": null}'}, {"SMTP": '{"port": 3}'}],
    ),
    "an optional section": (
        f"class Smtp(BaseModel):\n    host: str = None\n    port: int = 25\nclass Settings(BaseSettings):\n{NESTED}    smtp: Smtp | None = None\n",
        [{}, {"SMTP__PORT": "26"}, {"SMTP": "{}"}],
    ),
    "sections in a list": (
        "class Smtp(BaseModel):\n    host: str = None\nclass Settings(BaseSettings):\n    smtp: list[Smtp] = []\n",
        [{}, {"SMTP": "[{}]"}, {"SMTP": '[{"host": 5}]'}],
    ),
}  # fmt: skip
# the variable is required, and bake says so
REQUIRED = {
    "None for a type without None": (
        "class Settings(BaseSettings):\n    port: int = None\n",
        [{}, {"PORT": "5"}, {"PORT": "x"}],
        "Settings.port: the default fails its own validation (int_type), so that the variable is required",
    ),
    "another type": (f"class Settings(BaseSettings):\n    port: int = {CANARY!r}\n", [{}, {"PORT": "5"}], "(int_parsing)"),
    "out of bounds": ("class Settings(BaseSettings):\n    port: int = Field(0, ge=1)\n", [{}, {"PORT": "5"}, {"PORT": "0"}], "(greater_than_equal)"),
    "an empty list": (
        "class Settings(BaseSettings):\n    tags: list[str] = Field(default_factory=list, min_length=1)\n",
        [{}, {"TAGS": '["a"]'}, {"TAGS": "[]"}],
        "Settings.tags: the default fails its own validation (too_short)",
    ),
    "a section that validates defaults": (
        f"class Sub(BaseModel):\n    port: int = Field('x', validate_default=True)\n    host: str = 'h'\nclass Settings(BaseSettings):\n{NESTED}    sub: Sub | None = None\n",
        [{}, {"SUB__HOST": "i"}, {"SUB__PORT": "5"}, {"SUB": "{}"}],
        "Settings.sub.port",
    ),
    "a settings class inside": (
        "class Sub(BaseSettings):\n    depth: int = None\nclass Settings(BaseSettings):\n    sub: Sub = Field(default_factory=Sub)\n",
        [{}, {"DEPTH": "5"}, {"SUB": '{"depth": 5}'}],
        "Settings.sub.depth",
    ),
    "a dataclass, which takes over the configuration": (
        f"@dataclass\nclass Smtp:\n    host: str = None\n    port: int = 25\nclass Settings(BaseSettings):\n{NESTED}    smtp: Smtp = Smtp()\n",
        [{}, {"SMTP__PORT": "26"}, {"SMTP__PORT": "x"}],
        "Settings.smtp.host",
    ),
    "an alias": ("class Settings(BaseSettings):\n    port: int = Field(None, alias='p')\n", [{}, {"P": "5"}], "Settings.port"),
}  # fmt: skip


def compared(made: Any, contract: Contract, environ: dict[str, str]) -> None:
    with mock.patch.object(os, "environ", dict(environ)):
        try:
            values = json.loads(made.Settings().model_dump_json(warnings=False))
        except Exception:
            values = None
    result = resolve(contract, environ=environ)
    assert result.ok == (values is not None), (environ, values, result.problems)
    assert not result.ok or result.values == values


@pytest.mark.parametrize("name", WORKING)
def test_a_default_that_the_application_does_not_validate_is_taken_as_it_is(name: str, tmp_path: Path) -> None:
    source, environments = WORKING[name]
    with module(source, tmp_path) as made:
        contract = bake(made.Settings)
        assert contract.warnings == ()
        for environ in environments:
            compared(made, contract, environ)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_default_that_does_not_validate_makes_the_variable_required(name: str, tmp_path: Path) -> None:
    source, environments, words = REQUIRED[name]
    with module(source, tmp_path) as made:
        contract = bake(made.Settings)
        (warned,) = contract.warnings
        assert (warned.code, warned.severity) == ("bake-doubtful", "warning")
        assert words in warned.message
        for environ in environments:
            compared(made, contract, environ)


def test_the_command_warns_and_bakes(tmp_path: Path) -> None:
    source = f"class Settings(BaseSettings):\n    port: int = {CANARY!r}\n    host: str = None\n"
    (tmp_path / "app_settings.py").write_text(PRELUDE + source)
    done = run("bake", "app_settings:Settings", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    assert "2 warnings" in done.stderr
    assert "Settings.port" in done.stderr
    assert "remove the default, or correct it" in done.stderr
    assert CANARY not in said(done)
    written = Contract.load(tmp_path / "out" / "contract.json")
    assert [(variable["name"], variable["required"]) for variable in written.variables] == [
        ("PORT", True),
        ("HOST", True),
    ]
    assert CANARY not in (tmp_path / "out" / "contract.json").read_text()


ON_DISK = """
class Settings(BaseSettings):
    file: FilePath = "zq/../token"
    folder: DirectoryPath = Path("/nowhere/zq")
    new: NewPath = "here"
    socket: SocketPath | None = "/nowhere/zq.sock"
    several: list[FilePath] = ["/nowhere/zq"]
    module: ImportString = "zq_no_module.at_all"
    model_config = SettingsConfigDict(env_nested_delimiter="__")
"""


def test_the_disk_of_the_machine_that_bakes_has_no_part_in_a_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baked = []
    for name in ("bare", "full"):
        place = tmp_path / name
        place.mkdir()
        (place / "app_settings.py").write_text(PRELUDE + ON_DISK)
    (tmp_path / "full" / "zq").mkdir()
    for made in ("token", "here", "zq_no_module.py"):
        (tmp_path / "full" / made).write_text("at_all = 1\n")
    for name in ("bare", "full"):
        done = run("bake", "app_settings:Settings", "-o", "out", cwd=tmp_path / name)
        assert done.returncode == 0, said(done)
        assert "warning" not in done.stderr
        baked.append((tmp_path / name / "out" / "contract.json").read_bytes())
    assert baked[0] == baked[1]
    deferred = {tuple(entry["path"]) for entry in json.loads(baked[0])["deferred"]}
    assert deferred == {(name,) for name in ("file", "folder", "new", "socket", "several", "module")}


def test_a_default_on_disk_that_is_no_path_makes_the_variable_required(tmp_path: Path) -> None:
    with module("class Settings(BaseSettings):\n    token: FilePath = 5\n", tmp_path) as made:
        contract = bake(made.Settings)
        assert "(path_type)" in contract.warnings[0].message
        compared(made, contract, {})
        compared(made, contract, {"TOKEN": "/etc/passwd"})


CLOCK = """
class Settings(BaseSettings):
    past: PastDate = date(2999, 1, 1)
    future: FutureDatetime = datetime(2001, 1, 1)
    days: list[FutureDate] = [date(2001, 1, 1)]
    model_config = SettingsConfigDict(CONFIG)
"""


@pytest.mark.parametrize("config", ["", "strict=True", "validate_default=False"])
def test_a_default_that_time_changes_is_judged_at_start(config: str, tmp_path: Path) -> None:
    with module(CLOCK.replace("CONFIG", config), tmp_path) as made:
        contract = bake(made.Settings)
        assert contract.warnings == ()
        assert [variable["required"] for variable in contract.variables] == [False] * 3
        good = {"PAST": "2001-01-01", "FUTURE": "2999-01-01T00:00:00", "DAYS": '["2999-01-01"]'}
        for environ in (
            {},
            good,
            {**good, "PAST": "2999-01-01"},
            *({k: v for k, v in good.items() if k != left} for left in good),
        ):
            compared(made, contract, environ)


def test_what_a_validator_of_the_application_says_of_a_default_here_is_a_warning(tmp_path: Path) -> None:
    source = (
        "from pydantic import field_validator\nclass Settings(BaseSettings):\n    token: str = 'x'\n    port: int = 1\n"
        "    @field_validator('token')\n    @classmethod\n    def there(cls, value):\n"
        f"        if 'TOKEN_DIR' not in os.environ:\n            raise ValueError({CANARY!r})\n        return value\n"
    )
    with module(source, tmp_path) as made:
        contract = bake(made.Settings)
        (warned,) = contract.warnings
        assert "fails one of the application's validators here" in warned.message
        assert CANARY not in warned.message
        assert [entry["path"] for entry in contract.deferred] == [["token"]]
        assert resolve(contract, environ={}).ok
