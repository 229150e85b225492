"""The compact plan gives the verdicts of the whole one, and is the same each time."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, resolve
from confcontract.author import bake as baking
from confcontract.author.compact import compact, names_of, tabulate
from confcontract.contract.damage import damage_of
from tests.support.modules import module, the_settings
from tests.support.sample import SHOP

MANY = """
class Region(Enum):
    EU = "eu"
    EUROPE = "eu"
    US = "us"

class Size(str, Enum):
    S = "s"
    L = "l"

class Number(Enum):
    ONE = 1

class Tree(BaseModel):
    region: Region = Region.EU
    children: list["Tree"] = []

class Section(BaseModel):
    type: str = "typed-dict"
    config: bool = False
    a: bool = False
    b: bool = False
    limit: timedelta = Field(timedelta(seconds=1), le=timedelta(hours=1))
    region: Region = Region.US

class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    region: Region | None = None
    a: bool = False

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    port: int
    a: bool = False
    b: bool = False
    one: Section = Section()
    two: Section | None = None
    three: list[Section] = []
    either: Section | Strict | None = None
    region: Region = Region.EU
    regions: list[Region] = []
    size: Size = Size.S
    number: Number = Number.ONE
    choice: Region | int = 1
    tree: Tree = Tree()
    note: Annotated[str, Deprecated("gone")] = Field("", validation_alias=AliasChoices("NOTE", "MEMO"))
    looks: dict[str, Any] = {"type": "default", "validate_default": False, "config": {"validate_default": True}}
    token: Annotated[SecretStr, Vault("secret/shop#token")]
"""
WITH_NAMES = MANY.replace('delimiter="__"', 'delimiter="__", env_parse_enums=True')
STRICT = MANY.replace('delimiter="__"', 'delimiter="__", strict=True')
PARTIAL = MANY.replace('delimiter="__"', 'delimiter="__", nested_model_default_partial_update=True')
SOURCES = {"many": MANY, "names of members": WITH_NAMES, "strict": STRICT, "partial defaults": PARTIAL}

GIVEN: list[dict[str, str]] = [
    {},
    {"REGION": "us", "REGIONS": '["eu", "us"]', "SIZE": "l", "NUMBER": "1", "CHOICE": "us", "MEMO": "m"},
    {"REGION": "EU", "REGIONS": '["EU"]', "SIZE": "L", "NUMBER": "ONE", "CHOICE": "EUROPE"},
    {"REGION": "asia", "REGIONS": '["asia", 1, null]', "SIZE": "", "NUMBER": "2", "CHOICE": "x"},
    {"ONE__A": "x", "ONE__B": "yes", "ONE__LIMIT": "PT2H", "ONE__REGION": "us", "TWO": "{}", "THREE": '[{"a": 1}, {}]'},
    {"ONE": '{"region": 1, "a": null}', "TWO__REGION": "eu", "TWO__TYPE": "x", "TREE__REGION": "US", "LOOKS__X": "1"},
    {"EITHER": '{"region": "eu", "a": true}', "TREE": '{"children": [{"region": "us", "children": [{"region": 1}]}]}'},
    {"EITHER__LIMIT": "PT1S", "EITHER__REGION": "EU", "LOOKS": "{", "A": "2", "B": "no"},
]


def as_it_is(plan: Mapping[str, Any], variables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What boot can read, but no smaller than that."""
    whole = copy.deepcopy({**plan, "names": [names_of(variable) for variable in variables], "notable": list(variables)})
    tabulate(whole)
    return whole


def whole_and_compact(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Contract, Contract]:
    """One class, baked with the plan as it is before it is made smaller, and as it is."""
    with module(source, folder) as made:
        small = bake(the_settings(made), name="x", version="1")
        with monkeypatch.context() as patched:
            patched.setattr(baking, "compact", as_it_is)
            patched.setattr(baking, "check_format", lambda _: None)
            whole = bake(the_settings(made), name="x", version="1")
    return Contract(json.loads(whole.to_bytes())), Contract(json.loads(small.to_bytes()))


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("given", GIVEN, ids=lambda given: ", ".join(given) or "nothing")
def test_the_verdict_is_that_of_the_whole_plan(
    source: str, given: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, small = whole_and_compact(source, tmp_path, monkeypatch)
    environ = {"PORT": "1", "TOKEN": "t", **given}
    expected, found = resolve(whole, environ=environ), resolve(small, environ=environ)
    assert found.values == expected.values
    assert found.ok == expected.ok
    told = [[(p.code, p.variable, p.message) for p in result.problems] for result in (expected, found)]
    assert told[0] == told[1]
    assert {k: str(v) for k, v in found.sources.items()} == {k: str(v) for k, v in expected.sources.items()}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_made_again_it_stays(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, small = whole_and_compact(source, tmp_path, monkeypatch)
    assert compact(small.compiled, small.variables) == small.compiled
    before = copy.deepcopy(whole.compiled)
    assert compact(whole.compiled, whole.variables) == compact(before, whole.variables)
    assert whole.compiled == before


def test_the_same_class_gives_the_same_bytes() -> None:
    assert bake(SHOP).to_bytes() == bake(SHOP).to_bytes()


def plan_of(source: str, folder: Path) -> Any:
    with module(source, folder) as made:
        return json.loads(bake(the_settings(made), name="x", version="1").to_bytes())["compiled"]


def test_equal_nodes_are_there_once(tmp_path: Path) -> None:
    plan = plan_of(MANY, tmp_path)
    nodes = [json.dumps(node, sort_keys=True) for node in plan["nodes"]]
    assert len(nodes) == len(set(nodes))
    assert {} in plan["nodes"]
    assert not [node for node in plan["nodes"] if False in node.values()]


def test_equal_coercers_are_there_once(tmp_path: Path) -> None:
    plan = plan_of(STRICT, tmp_path)
    used = [node["coerce"] for node in plan["nodes"] if "coerce" in node]
    assert sorted(set(used)) == list(range(len(plan["coercers"])))
    assert sum(coercer == {"type": "bool"} for coercer in plan["coercers"]) == 1


def test_equal_fields_are_there_once(tmp_path: Path) -> None:
    plan = plan_of(MANY, tmp_path)
    root = plan["validator"]["schema"]["fields"]
    assert root["a"] == root["b"]
    assert plan["shared"][root["a"]] == {"schema": {"type": "default", "schema": {"type": "bool"}, "default": False}}
    assert isinstance(root["port"], dict)
    assert isinstance(root["one"], dict)


def test_an_enum_of_texts_is_a_literal_where_nothing_but_text_comes_to_it(tmp_path: Path) -> None:
    root = plan_of(MANY, tmp_path)["validator"]["schema"]["fields"]
    assert root["region"]["schema"]["schema"] == {"type": "literal", "expected": ["eu", "us"]}
    assert root["regions"]["schema"]["schema"]["items_schema"]["type"] == "literal"
    assert root["size"]["schema"]["schema"]["type"] == "literal"
    assert root["number"]["schema"]["schema"]["type"] == "enum"
    assert root["choice"]["schema"]["schema"]["choices"][0]["type"] == "enum"


@pytest.mark.parametrize("source", [WITH_NAMES, STRICT, PARTIAL], ids=["names of members", "strict", "partial"])
def test_an_enum_stays_one_where_more_than_text_comes_to_it(source: str, tmp_path: Path) -> None:
    assert '"literal"' not in json.dumps(plan_of(source, tmp_path)["validator"])


def test_a_default_that_looks_like_a_schema_is_left_alone(tmp_path: Path) -> None:
    looks = plan_of(MANY, tmp_path)["validator"]["schema"]["fields"]["looks"]["schema"]["default"]
    assert looks == {"type": "default", "validate_default": False, "config": {"validate_default": True}}


def test_names_and_what_is_notable_come_from_the_variables(tmp_path: Path) -> None:
    plan = plan_of(MANY, tmp_path)
    assert ["NOTE", "MEMO"] in plan["names"]
    assert [entry["name"] for entry in plan["notable"]] == ["NOTE", "TOKEN"]
    assert plan["notable"][1] == {
        "name": "TOKEN",
        "path": ["token"],
        "required": True,
        "secret": True,
        "vault": "secret/shop#token",
    }


NOTE, ONE = 33, 1  # the place of a name with an alias, and of a node with steps


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (lambda data: data["compiled"]["shared"].pop(), "compiled/validator/"),
        (lambda data: data["compiled"]["names"].pop(), "compiled/names"),
        (lambda data: data["compiled"]["names"][NOTE].append("MORE"), "compiled/names"),
        (lambda data: data["compiled"]["names"].__setitem__(0, ["PORT"]), "compiled/names"),
        (lambda data: data["compiled"]["nodes"][ONE].update(other=99), "compiled/nodes/"),
        (lambda data: data["compiled"]["nodes"][ONE]["next"].update(a=99), "compiled/nodes/"),
        (lambda data: data["compiled"]["nodes"][ONE].pop("next"), "compiled/nodes/"),
        (lambda data: data["compiled"]["notable"][0].update(required=True), "compiled/notable/0"),
    ],
    ids=[
        "a shared field is gone",
        "a name is gone",
        "an alias more",
        "a list of one name",
        "another step to nowhere",
        "a step to nowhere",
        "no steps where there must be",
        "notable is another",
    ],
)
def test_a_part_that_does_not_fit_the_others_is_damage(damage: Any, where: str, tmp_path: Path) -> None:
    with module(MANY, tmp_path) as made:
        data = json.loads(bake(the_settings(made), name="x", version="1").to_bytes())
    assert damage_of(data) is None
    damage(data)
    assert str(damage_of(data)).startswith(where)
