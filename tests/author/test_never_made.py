"""A class of which no instance can be made is refused by bake, or, as a section, takes nothing but its default."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest

from confcontract import bake, resolve
from confcontract.report.errors import BakeRefused
from tests.support.commands import run, said
from tests.support.modules import PRELUDE, module

ABSTRACT = """
import abc
from typing import ClassVar, Generic, Protocol, TypeVar
class Settings(BaseSettings):
    workers: int = 1
    @abc.abstractmethod
    def make(self): ...
    @property
    @abc.abstractmethod
    def address(self): ...
"""


def test_an_abstract_class_is_refused_and_its_abstract_methods_are_named(tmp_path: Path) -> None:
    (tmp_path / "app_settings.py").write_text(PRELUDE + ABSTRACT)
    done = run("bake", "app_settings:Settings", "-o", "out", cwd=tmp_path)
    assert done.returncode == 78, said(done)
    words = " ".join(said(done).split())
    assert "Settings: is abstract: Settings() can't be created while address(), make() are missing" in words
    assert "name the class that implements address(), make()" in words
    assert not (tmp_path / "out").exists()


def test_a_class_that_implements_them_is_baked(tmp_path: Path) -> None:
    source = ABSTRACT + "class Real(Settings):\n    address: ClassVar = None\n    def make(self): ...\n"
    with module(source, tmp_path) as made:
        assert bake(made.Real).warnings == ()
        with pytest.raises(BakeRefused):
            bake(made.Settings)


HEAD = "import abc\nfrom typing import ClassVar, Generic, Protocol, TypeVar\nT = TypeVar('T')\n" + """
class Shape(BaseModel, abc.ABC):
    x: int = 1
    @abc.abstractmethod
    def area(self): ...
class Square(Shape):
    def area(self): ...
class Needy(BaseModel):
    x: int = 1
    def __new__(cls, name):
        return super().__new__(cls)
class Inner(BaseSettings, abc.ABC):
    x: int = 1
    @abc.abstractmethod
    def area(self): ...
@dataclass
class Data(abc.ABC):
    x: int = 1
    @abc.abstractmethod
    def area(self): ...
"""  # fmt: skip
# annotation and default · environments · how many warnings
SECTIONS = {
    "abstract, optional": ("Shape | None = None", ["", '{"x": 2}', "5", "null"], 1),
    "abstract, with a default": ("Shape = Square(x=3)", ["", '{"x": 2}'], 1),
    "abstract, in a list": ("list[Shape] = []", ["", "[]", '[{"x": 2}]'], 1),
    "abstract, in a mapping": ("dict[str, Shape] = {}", ["", "{}", '{"k": {"x": 2}}'], 1),
    "abstract, beside another": ("Square | Shape | None = None", ["", '{"x": 2}'], 1),
    "a constructor that needs arguments": ("Needy | None = None", ["", '{"x": 2}'], 1),
    "an abstract settings class": ("Inner | None = None", ["", '{"x": 2}'], 1),
    "an abstract dataclass": ("Data | None = None", ["", '{"x": 2}'], 1),
    "not abstract": ("Square | None = None", ["", '{"x": 2}', '{"x": "y"}'], 0),
}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_of_which_nothing_can_be_made_takes_no_value(name: str, tmp_path: Path) -> None:
    field, texts, warned = SECTIONS[name]
    with module(f"{HEAD}class Settings(BaseSettings):\n    v: {field}\n", tmp_path) as made:
        contract = bake(made.Settings)
        assert len(contract.warnings) == warned, contract.warnings
        for text in texts:
            environ = {"V": text} if text else {}
            with mock.patch.object(os, "environ", dict(environ)):
                try:
                    made.Settings()
                    accepted = True
                except Exception:
                    accepted = False
            result = resolve(contract, environ=environ)
            assert result.ok == accepted or (result.ok and result.deferred), (text, accepted, result.problems)


@pytest.mark.parametrize("method", ["__init__", "__new__"])
def test_a_class_that_is_made_with_arguments_is_told_of(method: str, tmp_path: Path) -> None:
    body = "super().__init__()" if method == "__init__" else "return super().__new__(cls)"
    source = f"class Settings(BaseSettings):\n    x: int = 1\n    def {method}(cls, name, *, more, other=1, **rest):\n        {body}\n"
    with module(source, tmp_path) as made:
        contract = bake(made.Settings)
        (warned,) = contract.warnings
        assert f"its {method} needs name, more, so that Settings() without arguments fails" in warned.message
        (deferred,) = contract.deferred
        assert (deferred["kind"], deferred["path"]) == ("constructor", [])


def test_a_generic_class_without_its_parameter_is_what_it_is(tmp_path: Path) -> None:
    source = f"{HEAD}class Settings(BaseSettings, Generic[T]):\n    v: T\nNumber = Settings[int]\n"
    with module(source, tmp_path) as made:
        assert resolve(bake(made.Settings), environ={"V": "x"}).ok
        contract = bake(made.Number)
        assert resolve(contract, environ={"V": "5"}).values == {"v": 5}
        assert not resolve(contract, environ={"V": "x"}).ok


def test_a_protocol_is_no_settings_class(tmp_path: Path) -> None:
    protocol = f"{HEAD}class Settings(Protocol):\n    v: int\n"
    with module(protocol, tmp_path) as made, pytest.raises(BakeRefused, match="is not a settings class"):
        bake(made.Settings)
