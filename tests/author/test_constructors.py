"""Settings classes with a constructor of their own: checked as far as it leaves the fields to pydantic-settings."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, resolve
from tests.fidelity.oracle import same, settings_verdict
from tests.fidelity.spec import Environment
from tests.support.modules import module

PLAIN = """
class Settings(BaseSettings):
    port: int = 1
    name: str = "n"
    _seen: list = PrivateAttr(default_factory=list)
"""
# what a constructor does · its source · "checked", "in part" (more follows) or "not checked"
CONSTRUCTORS = {
    "passes on": ("    def __init__(self, **given):\n        super().__init__(**given)\n", "checked"),
    "passes on, with words": (
        "    def __init__(self, **given: Any) -> None:\n        '''Make it.'''\n        super().__init__(**given)\n",
        "checked",
    ),
    "drops what is None": (
        "    def __init__(self, **given):\n        given = {k: v for k, v in given.items() if v is not None}\n        super().__init__(**given)\n",
        "checked",
    ),
    "takes one apart": (
        "    def __init__(self, name=None, **given):\n        if name is not None:\n            given['name'] = name\n        super().__init__(**given)\n",
        "checked",
    ),
    "old form of super": ("    def __init__(self, **given):\n        super(Settings, self).__init__(**given)\n", "checked"),
    "sets something afterwards": (
        "    def __init__(self, **given):\n        super().__init__(**given)\n        self._seen = [self.port]\n",
        "in part",
    ),
    "validates afterwards": (
        "    def __init__(self, **given):\n        super().__init__(**given)\n        if self.port == 7:\n            raise ValueError('seven')\n",
        "in part",
    ),
    "reads the environment": (
        "    def __init__(self, **given):\n        given = {'port': os.environ.get('P', '3')}\n        super().__init__(**given)\n",
        "not checked",
    ),
    "reads the environment by another name": (
        "    def __init__(self, **given):\n        given.update(settings_of_old())\n        super().__init__(**given)\n",
        "not checked",
    ),
    "gives something": (
        "    def __init__(self, **given):\n        given.setdefault('port', 5)\n        super().__init__(**given)\n",
        "not checked",
    ),
    "gives an option": (
        "    def __init__(self, **given):\n        super().__init__(_env_prefix='X_', **given)\n",
        "not checked",
    ),
    "catches": (
        "    def __init__(self, **given):\n        try:\n            super().__init__(**given)\n        except ValueError:\n            super().__init__(port=9)\n",
        "not checked",
    ),
    "does it twice": (
        "    def __init__(self, **given):\n        for each in ('', 'x'):\n            super().__init__(**given)\n",
        "not checked",
    ),
    "is decorated": (
        "    @functools.wraps(BaseSettings.__init__)\n    def __init__(self, **given):\n        super().__init__(**given)\n",
        "not checked",
    ),
}  # fmt: skip
BEFORE = "def settings_of_old():\n    return {'port': '4'} if 'P' in os.environ else {}\n"


def contract_of(cls: Any) -> Contract:
    return Contract(json.loads(bake(cls, name="app").to_bytes()))


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_a_class_is_checked_as_far_as_its_constructor_leaves_it(name: str, tmp_path: Path) -> None:
    source, expected = CONSTRUCTORS[name]
    with module(BEFORE + PLAIN + source, tmp_path) as made:
        contract = contract_of(made.Settings)
        root = contract.compiled["validator"]["type"]
        how = "checked" if not contract.deferred else "in part" if root != "any" else "not checked"
        assert how == expected
        for port, old in itertools.product((None, "2", "7", "x"), (None, "8")):
            environ = {key: value for key, value in (("PORT", port), ("P", old)) if value is not None}
            theirs = settings_verdict(made.Settings, Environment(tuple(environ.items())))
            ours = resolve(contract, environ=environ)
            assert not theirs.accepted or ours.ok
            if how == "checked" or (how == "in part" and not ours.ok):
                assert ours.ok == theirs.accepted
            if how == "checked" and ours.ok:
                assert same(theirs.values, ours.values)


INHERITED = """
class Base(BaseSettings):
    prefix: ClassVar[str] = ""
    def __init__(self, **given):
        given = {name: value for name, value in given.items() if value is not None}
        super().__init__(**given)
    def __new__(cls, *args, **given):
        cls.model_config.update(env_prefix=cls.prefix, env_file=given.get("env_file") or "own.env")
        cls.model_rebuild()
        return super().__new__(cls)

class Settings(Base):
    prefix: ClassVar[str] = "MODEL_"
    key: SecretStr
    size: int = 1

class Odd(Base):
    def __init__(self, **given):
        super().__init__(**{**given, "size": 4})
    size: int = 1
"""


@pytest.fixture
def inherited(tmp_path: Path) -> Iterator[Any]:
    with module("from typing import ClassVar\n" + INHERITED, tmp_path) as made:
        yield made


def test_a_configuration_that_is_made_with_the_object_counts(inherited: Any, tmp_path: Path) -> None:
    contract = contract_of(inherited.Settings)
    assert [variable["name"] for variable in contract.variables] == ["MODEL_KEY", "MODEL_SIZE"]
    assert contract.deferred == []
    for environ in ({}, {"MODEL_KEY": "k"}, {"MODEL_KEY": "k", "MODEL_SIZE": "x"}, {"KEY": "k"}):
        theirs = settings_verdict(inherited.Settings, Environment(tuple(environ.items())))
        assert resolve(contract, environ=environ).ok == theirs.accepted


def test_every_constructor_on_the_way_has_to_pass_on(inherited: Any) -> None:
    contract = contract_of(inherited.Odd)
    assert [each["name"] for each in contract.deferred] == ["Odd.__init__"]
    assert resolve(contract, environ={"SIZE": "x"}).ok


def test_a_class_that_stands_beside_another_is_made_without_arguments_too(inherited: Any) -> None:
    contract = Contract(json.loads(bake(inherited.Settings, inherited.Odd, name="app").to_bytes()))
    problems = resolve(contract, environ={"MODEL_SIZE": "x", "SIZE": "x"}).problems
    assert [each.variable for each in problems if each.severity == "error"] == ["MODEL_KEY", "MODEL_SIZE"]


def test_a_section_is_given_data_so_that_its_constructor_may_change_it(tmp_path: Path) -> None:
    source = (
        "class Part(BaseModel):\n    size: int = 1\n    def __init__(self, **given):\n        super().__init__(**given)\n"
        "class Settings(BaseSettings):\n    part: Part = Part()\n"
    )
    with module(source, tmp_path) as made:
        assert [each["kind"] for each in contract_of(made.Settings).deferred] == ["constructor"]
