"""`settings = Settings()` at the end of a module: the commonest layout is baked on an empty machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from confcontract.author.loading import load_object
from confcontract.report.problem import Problem
from tests.support.commands import run, said
from tests.support.modules import PRELUDE

CANARY = "canary-4b7e"
CLASS = """
class Settings(BaseSettings):
    project: str
    token: SecretStr
    port: int = 8000
"""
MADE = "\nsettings = Settings()\n"


def baked(folder: Path, source: str, named: str = "app_settings:Settings", **environ: str) -> Any:
    (folder / "app_settings.py").write_text(PRELUDE + source)
    return run("bake", named, "-o", "out", cwd=folder, environ=environ)


def contract_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "contract.json").read_text())
    return found


def test_the_class_is_baked_as_without_the_object_and_bake_warns(tmp_path: Path) -> None:
    (tmp_path / "lazy").mkdir()
    assert baked(tmp_path / "lazy", CLASS).returncode == 0
    done = baked(tmp_path, CLASS + MADE)
    assert done.returncode == 0, said(done)
    assert contract_in(tmp_path)["digest"] == contract_in(tmp_path / "lazy")["digest"]
    line = (PRELUDE + CLASS + MADE).splitlines().index("settings = Settings()") + 1
    words = " ".join(done.stderr.split())
    assert f"Settings() at app_settings.py, line {line} can't be created here" in words
    assert "create it where it is first needed" in words
    assert "Traceback" not in said(done)


def test_a_place_that_is_passed_often_is_told_once(tmp_path: Path) -> None:
    done = baked(tmp_path, CLASS + "for _ in range(50):\n    settings = Settings()\n")
    assert done.returncode == 0, said(done)
    assert "1 warning\n" in done.stderr


def test_a_class_that_can_be_made_is_made(tmp_path: Path) -> None:
    used = f"assert settings.project == 'x', settings\nassert settings.token.get_secret_value() == {CANARY!r}\n"
    done = baked(tmp_path, CLASS + MADE + used, PROJECT="x", TOKEN=CANARY)
    assert (done.returncode, done.stderr) == (0, "")
    assert CANARY not in said(done)


@pytest.mark.parametrize("named", ["app_settings:settings", "app_settings:Holder.settings"])
def test_an_object_names_its_class(named: str, tmp_path: Path) -> None:
    done = baked(tmp_path, CLASS + MADE + "class Holder:\n    settings = settings\n", named)
    assert done.returncode == 0, said(done)
    assert [variable["name"] for variable in contract_in(tmp_path)["variables"]] == ["PROJECT", "TOKEN", "PORT"]


# what else may stand in the way of an object
LAYOUTS = {
    "a value that is wrong": ("class Settings(BaseSettings):\n    port: int\n", {"PORT": CANARY}),
    "text that is not JSON": ("class Settings(BaseSettings):\n    port: int = 1\n    tags: list[str] = []\n", {"TAGS": CANARY}),
    "a constructor": (CLASS + "    def __init__(self, **given):\n        super().__init__(**given)\n", {}),
    "private attributes": (CLASS + "    _seen: list = PrivateAttr(default_factory=list)\n    def model_post_init(self, context):\n        self._seen.append(self.project)\n", {}),
    "a frozen class": (CLASS + "    model_config = SettingsConfigDict(frozen=True, extra='allow')\n", {}),
    "a validator": ("class Settings(BaseSettings):\n    port: int = 1\n    @model_validator(mode='after')\n    def whole(self):\n        raise RuntimeError('canary-4b7e')\n", {}),
    "a factory that fails": ("class Settings(BaseSettings):\n    port: int = Field(default_factory=lambda: os.environ['canary-4b7e'])\n", {}),
    "a source that fails": (
        ("class Settings(BaseSettings):\n    port: int = 1\n    @classmethod\n"
        "    def settings_customise_sources(cls, settings_cls, init_settings, **others):\n"
        "        return init_settings, (lambda: os.environ['canary-4b7e'])\n"), {},
    ),
    "a command line": (CLASS + "    model_config = SettingsConfigDict(cli_parse_args=True)\n", {}),
    "a settings class inside": ("class Inner(BaseSettings):\n    key: str\nclass Settings(BaseSettings):\n    inner: Inner = Field(default_factory=Inner)\n", {}),
    "an object as a default": ("class Inner(BaseSettings):\n    key: str\nclass Settings(BaseSettings):\n    inner: Inner = Inner()\n", {}),
    "an object with arguments": (CLASS + "other = Settings(project='p')\nassert other.project == 'p' and other.port == 8000\n", {}),
    "an object that is shown and copied": (CLASS + "import copy\nother = Settings()\ncopy.deepcopy(other)\nrepr(other)\nother.model_dump(warnings=False)\nassert other == Settings()\n", {}),
    "a cached object": (CLASS + "@functools.cache\ndef get():\n    return Settings()\nget()\n", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_whatever_keeps_the_object_from_being_made_the_class_is_baked(name: str, tmp_path: Path) -> None:
    source, environ = LAYOUTS[name]
    done = baked(tmp_path, "from pydantic import model_validator\n" + source + MADE, **environ)
    assert done.returncode == 0, said(done)
    assert "can't be created here" in " ".join(done.stderr.split()), said(done)
    assert CANARY not in said(done)
    assert CANARY not in (tmp_path / "out" / "contract.json").read_text()


def test_what_goes_wrong_for_want_of_a_value_is_told_with_its_line_and_both_remedies(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "config.py").write_text(PRELUDE + CLASS + MADE)
    (package / "main.py").write_text("from shop.config import Settings, settings\n\nTITLE = settings.project.upper()\n")
    done = run("bake", "shop.main:Settings", "-o", "out", cwd=tmp_path)
    assert done.returncode == 78, said(done)
    words = " ".join(said(done).split())
    line = (PRELUDE + CLASS + MADE).splitlines().index("settings = Settings()") + 1
    assert "importing shop.main failed with AttributeError at shop/main.py, line 3" in words
    assert f"Settings() at shop/config.py, line {line} could not be created" in words
    assert "has no project" in words
    assert "bake shop.config:Settings, whose module can be imported; or create it in a function" in words
    assert "bake with the values that it needs: PROJECT=… TOKEN=…" in words
    assert "Traceback" not in words
    done = run("bake", "shop.main:Settings", "-o", "out", cwd=tmp_path, environ={"PROJECT": "p", "TOKEN": CANARY})
    assert done.returncode == 0, said(done)
    assert CANARY not in (tmp_path / "out" / "contract.json").read_text()


def test_what_was_missing_is_the_first_that_is_to_be_given(tmp_path: Path) -> None:
    many = "class Settings(BaseSettings):\n" + "".join(f"    {name}: str\n" for name in ("a", "b", "c", "d", "dsn"))
    done = baked(tmp_path, many + MADE + "settings.dsn.upper()\n")
    words = " ".join(said(done).split())
    assert "bake with the values that it needs: DSN=… A=… B=… and 2 more" in words
    assert "whose module can be imported" not in words, "it is this one that can't be"


def test_an_object_within_a_dataclass_is_told_by_the_line_that_makes_it(tmp_path: Path) -> None:
    holder = "from dataclasses import dataclass, field\n@dataclass\nclass Holder:\n    settings: Settings = field(default_factory=Settings)\n"
    done = baked(tmp_path, CLASS + holder + "holder = Holder()\n", "app_settings:holder.settings")
    assert done.returncode == 0, said(done)
    line = len((PRELUDE + CLASS + holder).splitlines()) + 1
    assert f"Settings() at app_settings.py, line {line} can't be created here" in " ".join(done.stderr.split())


LAZY = "def __getattr__(name):\n    if name == 'settings':\n        return Settings()\n    raise AttributeError(name)\n"


def test_an_object_that_its_module_makes_when_it_is_asked_for_names_its_class(tmp_path: Path) -> None:
    done = baked(tmp_path, CLASS + LAZY, "app_settings:settings")
    assert (done.returncode, done.stderr) == (0, ""), said(done)
    assert contract_in(tmp_path)["schema"]["title"] == "Settings"
    done = baked(tmp_path, CLASS + LAZY, "app_settings:other")
    assert done.returncode == 64
    assert "app_settings has no other" in said(done)


def test_what_can_not_be_made_when_it_is_asked_for_is_told(tmp_path: Path) -> None:
    done = baked(
        tmp_path, CLASS + "def __getattr__(name):\n    raise ValueError('canary-4b7e')\n", "app_settings:settings"
    )
    assert done.returncode == 78
    assert "app_settings:settings can't be read without any variable set: ValueError" in " ".join(said(done).split())
    assert CANARY not in said(done)


def test_a_package_is_told_by_its_file(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text(PRELUDE + CLASS + MADE + "settings.token.get_secret_value()\n")
    done = run("bake", "shop:Settings", "-o", "out", cwd=tmp_path)
    line = len((PRELUDE + CLASS + MADE).splitlines()) + 1
    assert f"failed with AttributeError at shop/__init__.py, line {line}" in " ".join(said(done).split())
    assert str(tmp_path) not in said(done)


def test_an_error_of_the_code_is_told_as_that(tmp_path: Path) -> None:
    done = baked(tmp_path, CLASS + MADE + "nowhere\n")
    assert done.returncode == 78
    words = " ".join(said(done).split())
    assert "failed with NameError" in words
    assert "correct the module" in words


def test_after_the_import_a_class_fails_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_on_import.py").write_text(PRELUDE + CLASS + MADE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "made_on_import", raising=False)
    before = BaseSettings.__init__
    warned: list[Problem] = []
    cls = load_object("made_on_import:Settings", warned)
    assert [problem.code for problem in warned] == ["bake-doubtful"]
    assert BaseSettings.__init__ is before
    with pytest.raises(ValidationError, match="2 validation errors"):
        cls()


def test_where_the_import_fails_all_is_restored_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fails_on_import.py").write_text(PRELUDE + CLASS + MADE + "settings.project\n")
    monkeypatch.syspath_prepend(tmp_path)
    before = BaseSettings.__init__
    with pytest.raises(Exception, match="importing fails_on_import failed"):
        load_object("fails_on_import:Settings")
    assert BaseSettings.__init__ is before


def test_the_real_class_can_be_run_of_such_a_module(tmp_path: Path) -> None:
    assert baked(tmp_path, CLASS + MADE).returncode == 0
    values = {"PROJECT": "p", "TOKEN": CANARY, "PORT": "x"}
    (tmp_path / "values.env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    command = (
        "validate",
        "--contract",
        "out/contract.json",
        "--model",
        "app_settings:settings",
        "--env-file",
        "values.env",
    )
    done = run(*command, cwd=tmp_path)
    assert done.returncode == 78, said(done)
    assert "PORT" in said(done)
    assert "Traceback" not in said(done)
    (tmp_path / "values.env").write_text(f"PROJECT=p\nTOKEN={CANARY}\n")
    assert run(*command, cwd=tmp_path).returncode == 0


GETTERS = {
    "a function": "def get_settings():\n    return Settings()\n",
    "a cached function": "@functools.lru_cache\ndef get_settings() -> Settings:\n    return Settings()\n",
    "a cached function with parentheses": "@functools.lru_cache(maxsize=1)\ndef get_settings():\n    return Settings()\n",
    "functools.cache": "@functools.cache\ndef get_settings():\n    return Settings()\n",
    "a function that uses what it makes": (
        "def get_settings() -> 'Settings':\n    made = Settings()\n    print(made.project)\n    return made\n"
    ),
    "a function with a default": "def get_settings(fresh: bool = False):\n    return Settings()\n",
    "a function with an annotation that can't be resolved": "def get_settings() -> 'Nowhere':\n    return Settings()\n",
    "a coroutine": "async def get_settings() -> Settings:\n    return Settings()\n",
    "a coroutine that does not say what it gives": "async def get_settings():\n    return Settings()\n",
    "a dependency": "def get_settings():\n    yield Settings()\n",
    "an asynchronous dependency": "async def get_settings():\n    yield Settings()\n",
    "a lambda": "get_settings = lambda: Settings()\n",
    "a partial": "get_settings = functools.partial(Settings, project='p')\n",
    "a method": "class Holder:\n    def get(self):\n        return Settings()\nget_settings = Holder().get\n",
    "a class": "get_settings = lambda: Settings\n",
}


@pytest.mark.parametrize("name", GETTERS)
def test_a_function_that_gives_the_settings_names_their_class(name: str, tmp_path: Path) -> None:
    done = baked(tmp_path, CLASS + GETTERS[name], "app_settings:get_settings")
    assert (done.returncode, done.stderr) == (0, ""), said(done)
    assert [variable["name"] for variable in contract_in(tmp_path)["variables"]] == ["PROJECT", "TOKEN", "PORT"]


def test_a_function_that_chooses_a_class_is_asked_which(tmp_path: Path) -> None:
    chooses = "class Local(Settings):\n    debug: bool = True\ndef get_settings() -> Settings:\n    return Local()\n"
    assert baked(tmp_path, CLASS + chooses, "app_settings:get_settings").returncode == 0
    assert contract_in(tmp_path)["schema"]["title"] == "Local"


@pytest.mark.parametrize(
    ("source", "code", "told"),
    [
        ("def get_settings(name):\n    return Settings()\n", 64, "can't be called without arguments"),
        (
            "def get_settings():\n    return os.environ['canary-4b7e']\n",
            78,
            "fails with KeyError, where nothing is set",
        ),
        ("def get_settings():\n    return {'port': 'canary-4b7e'}\n", 78, "gives an object of dict"),
        ("async def get_settings():\n    import asyncio\n    await asyncio.sleep(0)\n", 78, "fails with TypeError"),
        ("async def get_settings():\n    return 1\n", 78, "gives an object of int"),
        ("def get_settings() -> int:\n    raise SystemExit('canary-4b7e')\n", 78, "fails with SystemExit"),
    ],
)
def test_a_function_that_names_no_class_is_told_with_a_remedy(
    source: str, code: int, told: str, tmp_path: Path
) -> None:
    done = baked(tmp_path, CLASS + source, "app_settings:get_settings")
    words = " ".join(said(done).split())
    assert done.returncode == code, words
    assert told in words
    assert "name the settings class" in words
    assert CANARY not in words
    assert "Traceback" not in words


def test_the_real_class_is_run_of_a_function(tmp_path: Path) -> None:
    assert baked(tmp_path, CLASS + GETTERS["a cached function"], "app_settings:get_settings").returncode == 0
    (tmp_path / "values.env").write_text(f"PROJECT=p\nTOKEN={CANARY}\n")
    command = ("validate", "--contract", "out/contract.json", "--model", "app_settings:get_settings")
    done = run(*command, "--env-file", "values.env", cwd=tmp_path)
    assert done.returncode == 0, said(done)
    assert run(*command, cwd=tmp_path).returncode == 78
