"""Nothing of the machine that bakes is in what it writes, and baking needs nothing of it."""

from __future__ import annotations

import getpass
import json
import os
import socket
from pathlib import Path

import pytest

from confcontract import Contract
from tests.support.commands import run, said
from tests.support.forks import ROOT
from tests.support.modules import PRELUDE, line_of

SOURCE = """
from pydantic import field_validator, model_validator


def ticket() -> str:
    raise RuntimeError("never called while baking")


class Marks(BaseModel):
    when: datetime = Field(default_factory=datetime.now)
    word: str = "x"


class Cache(BaseSettings):
    host: str = "localhost"
    key: SecretStr
    home: str = Field(default_factory=lambda: os.path.expanduser("~"))


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__", env_file=".env", secrets_dir="/run/secrets")

    url: PostgresDsn
    token: SecretStr
    key: Annotated[str, Vault("secret/app#key")]
    ticket: str = Field(default_factory=ticket)
    touched: str = Field(default_factory=lambda: str(Path("touched").write_text("x")))
    marks: Marks
    cache: Cache = Field(default_factory=Cache)
    host: str = "localhost"
    shade: Enum = Field(None)
    other: Any = None

    @field_validator("host")
    @classmethod
    def known(cls, value):
        return value

    @model_validator(mode="after")
    def whole(self):
        return self
""".replace("    shade: Enum = Field(None)\n", "")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "zq-build-directory"
    made.mkdir()
    (made / "app_settings.py").write_text(PRELUDE + SOURCE)
    return made


def test_a_class_with_required_fields_bakes_on_an_empty_machine(project: Path, tmp_path: Path) -> None:
    done = run("bake", "app_settings:Settings", "-o", str(tmp_path / "out"), cwd=project)
    assert done.returncode == 0, said(done)
    contract = Contract.load(tmp_path / "out" / "contract.json")
    required = {variable["name"] for variable in contract.variables if variable["required"]}
    assert {"APP_URL", "APP_TOKEN", "APP_KEY"} <= required


def test_a_default_factory_is_recorded_and_never_called(project: Path, tmp_path: Path) -> None:
    done = run("bake", "app_settings:Settings", "-o", str(tmp_path / "out"), cwd=project)
    assert done.returncode == 0, said(done)
    assert not (project / "touched").exists()
    contract = Contract.load(tmp_path / "out" / "contract.json")
    by_name = {variable["name"]: variable for variable in contract.variables}
    for name in ("APP_TICKET", "APP_TOUCHED", "APP_MARKS__WHEN"):
        assert by_name[name]["computed"] is True
        assert not {"default", "defaultText"} & set(by_name[name])
        assert not by_name[name]["required"]
    factories = {item["name"]: item for item in contract.data["deferred"] if item["kind"] == "default-factory"}
    assert factories["ticket"]["variables"] == ["APP_TICKET"]
    assert factories["ticket"]["declaredAt"] == f"app_settings.py:{line_of(SOURCE, 'def ticket')}"


def test_nothing_of_the_build_machine_is_written(project: Path, tmp_path: Path) -> None:
    marks = {
        "HOME": "/zq-home",
        "USER": "zq-user",
        "LOGNAME": "zq-logname",
        "HOSTNAME": "zq-hostname",
        "TMPDIR": str(tmp_path / "zq-temporary"),
        "VIRTUAL_ENV": "/zq-venv",
        "APP_HOST": "zq-host",
        "APP_TOKEN": "zq-token",
        "APP_URL": "postgres://zq:zq@h/zq",
        "APP_MARKS__WORD": "zq-word",
        "HOST": "zq-cache",
        "KEY": "zq-key",
        "GIT_COMMIT": "zq-commit",
        "PWD": str(project),
    }
    (tmp_path / "zq-temporary").mkdir()
    (project / ".env").write_text("APP_HOST=zq-dotenv\nAPP_TOKEN=zq-dotenv\n")
    out = tmp_path / "out"
    done = run("bake", "app_settings:Settings", "-o", str(out), cwd=project, environ=marks)
    assert done.returncode == 0, said(done)
    own = [
        str(project),
        str(tmp_path),
        ROOT,
        os.path.expanduser("~") + "/",
        "/site-packages",
        socket.gethostname() + '"',
    ]
    for path in out.iterdir():
        content = path.read_text()
        assert "zq" not in content, path.name
        assert not [word for word in own if word in content], path.name
        assert f'"{getpass.getuser()}"' not in content
    assert list((tmp_path / "zq-temporary").iterdir()) == []


def test_declarations_are_named_by_module_and_line(tmp_path: Path) -> None:
    package = tmp_path / "shop" / "inner"
    package.mkdir(parents=True)
    (tmp_path / "shop" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "base.py").write_text(
        "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n\n\n"
        "class Sub(BaseModel):\n    x: int = 1\n    # a comment\n    y: int = 2\n\n\n"
        "class Above(BaseSettings):\n    old: int = 1\n"
    )
    (tmp_path / "shop" / "settings.py").write_text(
        "from pydantic import Field, field_validator\n"
        "from pydantic_settings import SettingsConfigDict\n"
        "from shop.inner.base import Above, Sub\n\n\n"
        "class Settings(Above):\n"
        '    """Words.\n\n    More words.\n    """\n\n'
        "    model_config = SettingsConfigDict(env_nested_delimiter='__')\n"
        "    sub: Sub = Sub()\n"
        "    port: int = Field(\n        5,\n        ge=1,\n    )\n\n"
        "    @field_validator('port')\n    @classmethod\n    def even(cls, value: int) -> int:\n        return value\n"
    )
    done = run("bake", "shop.settings:Settings", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    data = json.loads((tmp_path / "out" / "contract.json").read_text())
    places = {variable["name"]: variable.get("declaredAt") for variable in data["variables"]}
    assert places == {
        "OLD": "shop/inner/base.py:12",
        "SUB": "shop/settings.py:13",
        "SUB__X": "shop/inner/base.py:6",
        "SUB__Y": "shop/inner/base.py:8",
        "PORT": "shop/settings.py:14",
    }
    assert [item["declaredAt"] for item in data["deferred"]] in (["shop/settings.py:19"], ["shop/settings.py:21"])
