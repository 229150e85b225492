"""What can't become a contract is refused by the command line: which class, which field, what to do; no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract import bake
from confcontract.report.errors import BakeRefused
from tests.support.commands import run, said
from tests.support.modules import PRELUDE

CANARY = "canary-9d1f"

HOOK = """
class Settings(BaseSettings):
    port: int = 1
    @classmethod
    def settings_customise_sources(cls, *args, **sources):
        """

# what · source · what the refusal says
REFUSED = {
    "several at once": (
        "class Settings(BaseSettings):\n    one: int = Field(1, alias='A=B')\n    two: int = Field(1, alias='C=D')\n    three: int = Field(1, alias='E=F')\n",
        ["Settings.one", "Settings.two", "Settings.three", "3 errors"],
    ),
    "unresolved names": (
        "from __future__ import annotations\nclass Settings(BaseSettings):\n    port: Nowhere\n",
        ["Settings", "annotations that can't be resolved (Nowhere is not defined)", "import the names"],
    ),
    "a hook that needs the environment": (
        HOOK + "return [os.environ['canary-9d1f']]\n",
        ["Settings", "settings_customise_sources fails with KeyError (app_settings.py:", "when called"],
    ),
    "a hook that gives no sources": (
        HOOK + "pass\n",
        ["settings_customise_sources fails with TypeError"],
    ),
    "a hook that ends the program": (
        HOOK + "raise SystemExit(3)\n",
        ["settings_customise_sources fails with SystemExit"],
    ),
    "a model": ("class Settings(BaseModel):\n    port: int = 1\n", ["Settings is not a settings class", "BaseSettings"]),
    "BaseSettings itself": ("Settings = BaseSettings\n", ["BaseSettings is not a settings class"]),
    "a function beside the class": (
        "class Shop(BaseSettings):\n    port: int = 1\ndef Settings(): pass\n",
        ["app_settings:Settings gives an object of NoneType", "name the settings class", "in app_settings: Shop"],
    ),
    "text beside the class": (
        "class Shop(BaseSettings):\n    port: int = 1\nSettings = 'Shop'\n",
        ["str is not a settings class", "settings classes in app_settings: Shop"],
    ),
    "a function that gives another class": (
        "class Model(BaseModel):\n    port: int\ndef Settings(): return Model\n",
        ["Model is not a settings class"],
    ),
    "Vault reference": (
        "class Settings(BaseSettings):\n    key: Annotated[str, Vault('nonsense')]\n",
        ["Settings.key", "Vault()", "MOUNT/PATH#KEY"],
    ),
    "role": (
        "class S(BaseSettings):\n    port: int = 1\nSettings = declare(S, roles={'web': {'needs': ['PROT']}})\n",
        ["role 'web' needs PROT", "not a variable"],
    ),
    "checks of one name": (
        "class S(BaseSettings):\n    port: int = 1\nSettings = declare(S, checks=[Tcp('a', 'h:1'), Tcp('a', 'h:2')])\n",
        ["two checks have the name 'a'"],
    ),
    "KeyError at import": (
        "KEY = os.environ['DATABASE_URL']\nclass Settings(BaseSettings):\n    port: int\n",
        ["importing app_settings failed with KeyError", "bake runs without an environment"],
    ),
    "error at import with a secret in it": (
        "raise RuntimeError('canary-9d1f')\n",
        ["importing app_settings failed with RuntimeError at app_settings.py, line"],
    ),
    "syntax error": ("class Settings(BaseSettings:\n", ["importing app_settings failed with SyntaxError"]),
    "exit at import": ("raise SystemExit('canary-9d1f')\n", ["importing app_settings"]),
    "control at import": ("import sys\nsys.exit(0)\n", ["importing app_settings"]),
    "a group of errors": (
        "raise ExceptionGroup('canary-9d1f', [ValueError('canary-9d1f')])\n",
        ["importing app_settings failed with ExceptionGroup"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cant_be_baked_is_refused(name: str, tmp_path: Path) -> None:
    source, words = REFUSED[name]
    head = "" if "__future__" in source else PRELUDE
    body = source.replace("import annotations\n", "import annotations\n" + PRELUDE) if not head else source
    (tmp_path / "app_settings.py").write_text(head + body)
    done = run("bake", "app_settings:Settings", "-o", "out", cwd=tmp_path, environ={"CONFCONTRACT_DEBUG": "1"})
    text = said(done)
    assert done.returncode == 78, text
    for word in words:
        assert word in text, text
    assert "Traceback" not in text
    assert CANARY not in text
    assert str(tmp_path) not in text
    assert not (tmp_path / "out").exists()


# MODULE:OBJECT · exit code · words
NAMED_WRONG = [
    ("nowhere:Settings", ["there is no module nowhere", "install the application"]),
    ("nowhere.settings:Settings", ["there is no module nowhere"]),
    ("app_settings.inner:Settings", ["app_settings.inner"]),
    ("app_settings:Nothing", ["app_settings has no Nothing", "settings classes in app_settings: Settings"]),
    ("app_settings:Setings", ["has no Setings", "did you mean app_settings:Settings?"]),
    ("app_setings:Settings", ["there is no module app_setings", "did you mean app_settings?"]),
    ("app_settings:Settings.Inner", ["has no Settings.Inner"]),
    ("app_settings", ["is not MODULE:OBJECT", "write the class as well, such as app_settings:Settings"]),
    (":Settings", ["is not MODULE:OBJECT"]),
    ("app_settings:", ["is not MODULE:OBJECT"]),
    ("", ["is not MODULE:OBJECT"]),
    ("app-settings.py:Settings", ["app-settings can't be the name of one"]),
    ("app_settings.py:Settings", ["write the module instead of the file: app_settings:Settings"]),
    ("./app_settings.py:Settings", ["write the module instead of the file: app_settings:Settings"]),
    (".app_settings:Settings", ["app_settings"]),
    ("..:Settings", []),
]


@pytest.mark.parametrize(("named", "words"), NAMED_WRONG)
def test_a_class_that_is_not_there_is_a_usage_error(named: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "app_settings.py").write_text(PRELUDE + "class Settings(BaseSettings):\n    port: int = 1\n")
    done = run("bake", named, "-o", "out", cwd=tmp_path)
    text = said(done)
    assert done.returncode == 64, text
    for word in words:
        assert word in text, text
    assert "Traceback" not in text
    assert "internal error" not in text
    assert not (tmp_path / "out").exists()


def test_a_module_that_lacks_a_dependency_names_that(tmp_path: Path) -> None:
    (tmp_path / "app_settings.py").write_text("\nimport no_such_dependency\n")
    done = run("bake", "app_settings:Settings", cwd=tmp_path)
    assert done.returncode == 64
    assert "no_such_dependency is not installed, imported at app_settings.py, line 2" in said(done)


def test_what_an_import_prints_does_not_end_the_bake(tmp_path: Path) -> None:
    noise = "import sys\nprint('hello')\nsys.stderr.write('warned\\n')\nimport warnings\nwarnings.warn('old')\n"
    (tmp_path / "app_settings.py").write_text(PRELUDE + noise + "class Settings(BaseSettings):\n    port: int = 1\n")
    assert run("bake", "app_settings:Settings", "-o", "out", cwd=tmp_path).returncode == 0


def test_a_default_that_the_baking_environment_has_a_part_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "made_here.py"
    module.write_text(
        "from pydantic_settings import BaseSettings\n"
        "class Inner(BaseSettings):\n    depth: int = 3\n"
        "class Settings(BaseSettings):\n    inner: Inner = Inner()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("DEPTH", "7")
    import importlib

    made_here = importlib.import_module("made_here")

    with pytest.raises(BakeRefused, match=r"Settings\.inner.*environment"):
        bake(made_here.Settings)
    monkeypatch.delenv("DEPTH")


def test_examples_may_be_of_any_type_and_roles_say_what_they_take() -> None:
    from typing import Annotated

    from pydantic_settings import BaseSettings

    from confcontract import Example, declare

    class Settings(BaseSettings):
        count: Annotated[int, Example(30)] = 1

    assert bake(Settings).variables[0]["examples"] == ["30"]
    with pytest.raises(TypeError, match="role 'web' takes"):
        declare(Settings, roles={"web": ["python"]})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="command is a list"):
        declare(Settings, roles={"web": {"command": "python"}})
