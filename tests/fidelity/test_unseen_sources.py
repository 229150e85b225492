"""Beside a source that boot can't read: (where it stands) × (what a field takes) × (what the environment gives) ×
(what that source may have).

Boot refuses what the class refuses whatever the source has, and nothing that it accepts with some of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from confcontract import resolve
from tests.support.releases import is_before

from .boot import baked, boot_verdict
from .oracle import settings_verdict, surroundings
from .spec import Built, Environment, script

MODELS = """
from pydantic_settings import PydanticBaseSettingsSource
class Pg(BaseModel):
    kind: Literal["pg"]
    port: int
class Lite(BaseModel):
    kind: Literal["lite"]
    path: str = ""
class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    x: int = 1
class Aliased(BaseModel):
    x: int = Field(alias="ex")
    y: int = 2
class One(BaseModel):
    a: int
class Two(BaseModel):
    b: int
    c: str
class Deep(BaseModel):
    inner: One
    items: list[One] = []
class Own(BaseSettings):
    depth: int
    other: list[int] = []
class Remote(PydanticBaseSettingsSource):
    has = {}
    def get_field_value(self, field, field_name):
        return None, field_name, False
    def __call__(self):
        return dict(self.has)
"""

CLASS = """
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")
    v: {annotation}
    w: int = 3
    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return {order}
"""

ORDERS = {
    "above": "Remote(settings_cls), env_settings",
    "below": "env_settings, Remote(settings_cls)",
}


@dataclass(frozen=True)
class Shape:
    annotation: str
    environments: tuple[dict[str, str], ...]
    has: tuple[Any, ...]  # what the source may have for the field
    judged_since: str = ""  # before this release, the field is left to the application


GOOD, BAD = {"V": "5"}, {"V": "many"}
# fmt: off
SHAPES = {
    "integer": Shape("int", ({}, GOOD, BAD, {"V": ""}), (5, "x")),
    "with a default": Shape("int = 1", ({}, BAD), (5,)),
    "optional": Shape("Optional[int] = None", (BAD, {"V": "null"}), (5, None)),
    "bounded": Shape("Annotated[int, Field(ge=1)]", ({"V": "0"},), (5,)),
    "choice": Shape("Literal['a', 'b']", ({"V": "c"},), ("a",)),
    "separated": Shape("Annotated[list[int], Separated(',')]", ({"V": "1,x"}, {"V": "1,2"}), ([1],)),
    "separated, of some length": Shape("Annotated[list[int], Separated(','), Field(min_length=3)]", ({"V": "1,2"},), ([1, 2, 3],)),
    "list": Shape("list[int]", ({"V": '["x"]'}, {"V": "{}"}, {"V": "nonsense"}), ([1],)),
    "list of some length": Shape("Annotated[list[int], Field(min_length=2)]", ({"V": "[1]"}, {"V": "[]"}), ([1, 2],)),
    "mapping": Shape("dict[str, int]", ({"V__A": "x"}, {"V": '{"a": "x"}'}, {"V": "[]"}), ({"b": 1}, {"a": 1})),
    "mapping of some size": Shape("Annotated[dict[str, int], Field(min_length=2)]", ({"V__A": "1"}, {"V": "{}"}, {"V__A": "x"}, {"V": '{"a": 1}'}), ({"b": 1}, {"b": 1, "c": 2}, {"a": 3, "b": 1})),
    "mapping of at most some size": Shape("Annotated[dict[str, int], Field(max_length=1)]", ({"V": '{"a": 1, "b": 2}'},), ({}, {"a": 1})),
    "mapping of sections": Shape("dict[str, Two]", ({"V__K__B": "1"}, {"V__K__B": "x"}, {"V": '{"k": {"c": "x"}}'}), ({"k": {"b": 1, "c": "x"}},)),
    "section": Shape("Two", ({}, {"V__B": "1"}, {"V__B": "x"}, {"V": '{"b": 1}'}, {"V": "5"}, {"V": "[]"}), ({"c": "x"}, {"b": 1, "c": "x"})),
    "optional section": Shape("Optional[Two] = None", ({"V__B": "1"}, {"V__B": "x"}, {"V": "5"}), ({"c": "x"}, {"b": 1, "c": "x"}, None)),
    "section by aliases": Shape("Aliased", ({"V__EX": "x"}, {"V__Y": "1"}, {"V__Y": "x"}, {"V": '{"ex": "x"}'}), ({"ex": 1}, {"y": 1})),
    "deep section": Shape("Deep", ({"V__INNER__A": "x"}, {"V__INNER": "{}"}, {"V__ITEMS": "[{}]"}, {"V__ITEMS": '[{"a": 1}]'}, {"V__INNER": "[]"}), ({"inner": {"a": 1}}, {"inner": {"a": 1}, "items": []})),
    "closed section": Shape("Closed", ({"V__NOPE": "1"}, {"V": '{"x": 1}'}), ({"x": 2},)),
    "list of sections": Shape("list[One]", ({"V": "[{}]"}, {"V": '[{"a": "x"}]'}), ([{"a": 1}], [])),
    "discriminated": Shape("Annotated[Union[Pg, Lite], Field(discriminator='kind')]", ({}, {"V__PORT": "3"}, {"V__PORT": "x"}, {"V__KIND": "pg"}, {"V__KIND": "no"}, {"V__KIND": "pg", "V__PORT": "x"}, {"V__KIND": "lite", "V__PORT": "x"}), ({"kind": "pg"}, {"kind": "lite"}, {"kind": "pg", "port": 3})),
    "union of sections": Shape("Union[One, Two]", ({"V__A": "x"}, {"V__B": "1"}, {"V__B": "x"}, {"V__A": "x", "V__B": "y"}, {"V": "5"}), ({"b": 1, "c": "x"}, {"a": 1}, {"c": "x"})),
    "union of scalars": Shape("Union[int, bool]", (BAD, GOOD), (5,)),
    "union of a section and text": Shape("Union[One, str]", ({"V__B": "1"}, {"V": "x"}, {"V": "5"}), ({"a": 1}, "x")),
    "JSON text": Shape("Json[dict[str, int]]", ({"V": '{"a": "x"}'}, {"V": "nonsense"}), ('{"a": 1}',)),
    "JSON text of some size": Shape("Json[Annotated[dict[str, int], Field(min_length=2)]]", ({"V": '{"a": 1}'},), ('{"a": 1, "b": 2}',)),
    "set of some size": Shape("Annotated[set[int], Field(min_length=2)]", ({"V": "[1]"},), ([1, 2],)),
    "named tuple": Shape("Point", ({"V": "[1]"}, {"V": '{"x": 1}'}, {"V": '["a", 1]'}), ([1, 2], {"x": 1, "y": 2}, {"y": 2}), "pydantic 2.14"),
    "typed dictionary": Shape("Total", ({"V": '{"a": 1}'}, {"V": '{"a": "x"}'}), ({"a": 1, "b": 2}, {"b": 1})),
    "settings class": Shape("Own", ({}, {"DEPTH": "1"}, {"DEPTH": "x"}, {"OTHER": "nonsense"}, {"V__DEPTH": "x"}, {"V": "[]"}), ({"depth": 1}, {"other": []}, {})),
    "date to come": Shape("FutureDate = date(2001, 1, 1)", ({}, {"V": "2001-01-01"}, {"V": "2999-01-01"}), ("2999-01-01",)),
}
# fmt: on
# The application may have an instance of the settings class, which has read nothing of this; boot does not know which
# errors belong to which of several sections.
UNDECIDED = ({"OTHER": "nonsense"}, {"V__A": "x", "V__B": "y"})
MORE = "class Point(NamedTuple):\n    x: int\n    y: int\nclass Total(TypedDict):\n    a: int\n    b: int\n"


def source_of(shape: str, order: str) -> str:
    return MODELS + MORE + CLASS.format(annotation=SHAPES[shape].annotation, order=ORDERS[order])


def contents(shape: Shape) -> Iterator[dict[str, Any]]:
    yield {}
    for value in shape.has:
        yield {"v": value}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_boot_refuses_what_no_content_of_an_unseen_source_can_mend(shape: str, order: str) -> None:
    source = source_of(shape, order)
    with Built(source) as settings:
        made = baked(settings)
        assert made.contract is not None, f"{made.refusal or made.crash}\n{source}"
        remote: Any = __import__("sys").modules[settings.__module__].Remote
        for variables in SHAPES[shape].environments:
            for more in ({}, {"W": "x"}):
                environment = Environment(tuple({**variables, **more}.items()))
                verdicts = []
                for content in contents(SHAPES[shape]):
                    for extra in ({}, {"w": 4}):
                        with mock.patch.object(remote, "has", {**content, **extra}):
                            verdicts.append(settings_verdict(settings, environment))
                ours = boot_verdict(made.contract, environment)
                wrong = [verdict.reason for verdict in verdicts if not verdict.accepted]
                said = f"{ours.crash or ours.reason or 'accepted'}\nSettings(): {wrong}\n{script(source, environment)}"
                assert not ours.crash, said
                mended = any(verdict.accepted for verdict in verdicts)
                assert ours.accepted or not mended, said
                if is_before(SHAPES[shape].judged_since):
                    assert ours.deferred, said
                elif order == "below" and variables not in UNDECIDED:  # what stands above may be of any type, and win
                    assert mended or not ours.accepted, said


def test_what_such_a_source_may_change_is_a_note_that_names_it() -> None:
    with Built(source_of("integer", "above")) as settings:
        contract = baked(settings).contract
    assert contract is not None
    with surroundings(Environment(), variables=False):
        result = resolve(contract, environ={"V": "many"})
    (note,) = [problem for problem in result.problems if problem.variable == "V"]
    assert (note.code, note.severity, note.rule) == ("check-deferred", "info", "int_parsing")
    assert note.message.startswith("only the application can tell")
    assert "Remote of Settings" in str(note.hint)
    assert result.values == {"w": 3}  # and what is not known is not among them


@pytest.mark.parametrize(("most", "ok"), [(3, True), (2, False)])
def test_a_policy_judges_what_is_known(most: int, ok: bool, tmp_path: Path) -> None:
    overlay = tmp_path / "w.schema.json"
    overlay.write_text(json.dumps({"properties": {"w": {"maximum": most}, "v": {"maximum": 0}}}))
    with Built(source_of("integer", "above")) as settings:
        contract = baked(settings).contract
    assert contract is not None
    with surroundings(Environment(), variables=False):
        assert resolve(contract, environ={"V": "many"}, policies=[overlay]).ok == ok


ORDERED = """
from pydantic_settings import PydanticBaseSettingsSource
class Remote(PydanticBaseSettingsSource):
    def get_field_value(self, field, field_name):
        return None, field_name, False
    def __call__(self):
        return {"port": 5}
class Inner(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="INNER_")
    port: int = 1
    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, Remote(settings_cls), env_settings
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", CONFIG)
    port: int = 1
    other: int = 2
    inner: Inner = Field(default_factory=Inner)
    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return ORDER
"""
BETWEEN, NONE = "env_settings, Remote(settings_cls), dotenv_settings", "init_settings, env_settings, dotenv_settings"


@pytest.mark.parametrize(
    ("order", "config", "variables", "file", "accepted"),
    [
        (BETWEEN, "", {"PORT": "x"}, "", False),
        (BETWEEN, "", {}, "PORT=x\n", True),
        (BETWEEN, "", {"PORT": "1"}, "OTHER=x\n", True),
        (BETWEEN, "", {}, "NOPE=x\n", False),
        (BETWEEN, "", {"PORT": "1"}, "NOPE=x\nOTHER=x\n", False),
        (NONE, "", {"PORT": "x"}, "", False),
        (NONE, "", {"INNER_PORT": "x"}, "", True),
        (NONE, "", {"INNER_PORT": "x", "OTHER": "x"}, "", False),
        (NONE, "cli_parse_args=True", {"PORT": "x"}, "", True),
        (NONE, "cli_parse_args=True", {"INNER": "nonsense"}, "", False),
        (NONE, "cli_parse_args=False", {"PORT": "x"}, "", False),
    ],
)
def test_only_what_stands_below_such_a_source_is_open(
    order: str, config: str, variables: dict[str, str], file: str, accepted: bool
) -> None:
    source = ORDERED.replace("ORDER", order).replace("CONFIG", config)
    with Built(source) as settings:
        contract = baked(settings).contract
        assert contract is not None
        environment = Environment(tuple(variables.items()), ((".env", file),))
        ours = boot_verdict(contract, environment)
        assert ours.accepted == accepted, ours
        if not accepted:
            with mock.patch("sys.argv", ["app"]):
                assert not settings_verdict(settings, environment).accepted
