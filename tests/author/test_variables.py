"""What the contract says of each variable of a class that uses everything."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from confcontract import Contract, bake, resolve
from confcontract.author.baked_files import schema_file
from tests.support.commands import run, said
from tests.support.modules import PRELUDE, module
from tests.support.sample import SHOP

SEPARATED = """
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    tags: Annotated[list[str], Separated(",")] = ["x"]
    ports: Annotated[set[int], Separated(";")] = {1}
    pair: Annotated[tuple[int, str], Separated(":")] = (1, "a")
    maybe: Annotated[list[int] | None, Separated(",")] = None
    sub: Sub = Sub()
""".replace(
    "class Settings",
    'class Sub(BaseModel):\n    words: Annotated[list[str], Separated("|")] = []\n\nclass Settings',
)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(SHOP)


@pytest.fixture(scope="module")
def variables(contract: Contract) -> Mapping[str, dict[str, Any]]:
    return {variable["name"]: variable for variable in contract.variables}


def test_every_name_is_the_one_that_an_operator_writes(variables: Mapping[str, Any]) -> None:
    assert list(variables)[:3] == ["SHOP_DATABASE", "SHOP_DATABASE__URL", "SHOP_DATABASE__POOL"]
    for name in (
        "SHOP_PAYMENT__KIND",
        "SHOP_PAYMENT__NUMBER",
        "SHOP_PAYMENT__LIMIT",
        "SHOP_TREE__CHILDREN",
        "SHOP_TAGS",
    ):
        assert name in variables
    assert variables["SHOP_PORT"]["aliases"] == ["PORT"]
    assert variables["SHOP_PORT"]["path"] == ["port"]
    assert variables["SHOP_ALL"]["path"] == ["first"]
    assert "CACHE_HOST" in (variables["SHOP_CACHE__HOST"]["name"], *variables["SHOP_CACHE__HOST"]["aliases"])
    assert variables["SHOP_DATABASE__URL"]["group"] == "database"
    assert variables["SHOP_PORT"]["group"] == ""


def test_what_is_required_and_when(variables: Mapping[str, Any]) -> None:
    assert [name for name, variable in variables.items() if variable["required"]] == ["SHOP_PORT"]
    assert variables["SHOP_DATABASE__URL"]["requiredIf"] == "SHOP_DATABASE"
    assert "requiredIf" not in variables["SHOP_DATABASE__POOL"]


@pytest.mark.parametrize(
    ("name", "kind", "encoding"),
    [
        ("SHOP_DATABASE", "object", "json"),
        ("SHOP_DATABASE__URL", "url", "plain"),
        ("SHOP_DATABASE__POOL", "integer", "plain"),
        ("SHOP_LEVEL", "enum", "plain"),
        ("SHOP_TAGS", "list", "separated"),
        ("SHOP_LIMITS", "mapping", "json"),
        ("SHOP_OPTIONS", "json", "plain"),
        ("SHOP_TIMEOUT", "duration", "plain"),
        ("SHOP_DAY", "date", "plain"),
        ("SHOP_SIZE", "size", "plain"),
        ("SHOP_PLACE", "path", "plain"),
        ("SHOP_TOKEN", "string", "plain"),
        ("SHOP_PAYMENT__LIMIT", "decimal", "plain"),
    ],
)
def test_types_and_how_they_are_written(variables: Mapping[str, Any], name: str, kind: str, encoding: str) -> None:
    variable = variables[name]
    assert variable["type"]["kind"] == kind
    if name != "SHOP_OPTIONS":
        assert variable["encoding"] == encoding
    assert variable["type"]["text"]


def test_constraints_units_examples_and_words(variables: Mapping[str, Any]) -> None:
    assert variables["SHOP_DATABASE__POOL"]["constraints"] == {"minimum": 1, "maximum": 50, "multipleOf": 5}
    assert variables["SHOP_LEVEL"]["constraints"] == {"enum": ["low", "high"]}
    assert variables["SHOP_MOTTO"]["constraints"] == {"maxLength": 20}
    assert variables["SHOP_HOST"]["constraints"] == {"pattern": "^[a-z]+$"}
    assert variables["SHOP_TIMEOUT"]["unit"] == "seconds"
    assert variables["SHOP_TIMEOUT"]["examples"] == ["PT5S"]
    assert variables["SHOP_PORT"]["description"] == "Where it listens."
    assert variables["SHOP_TAGS"]["separator"] == ","
    deprecated = variables["SHOP_MOTTO"]["deprecated"]
    assert (deprecated["message"], deprecated["replacedBy"]) == ("use SHOP_SLOGAN", "SHOP_SLOGAN")


def test_what_is_secret_and_where_it_lives(variables: Mapping[str, Any]) -> None:
    secret = {name for name, variable in variables.items() if variable["secret"]}
    assert {"SHOP_DATABASE__URL", "SHOP_PAYMENT__NUMBER", "SHOP_TOKEN"} <= secret
    assert not {"SHOP_PORT", "SHOP_TAGS", "SHOP_PAYMENT__LIMIT", "SHOP_DATABASE__POOL"} & secret
    assert variables["SHOP_DATABASE__URL"]["vault"] == "secret/shop#database_url"
    assert variables["SHOP_DATABASE__URL"]["credentials"] is True


def test_defaults_as_data_and_as_text(variables: Mapping[str, Any]) -> None:
    assert (variables["SHOP_TIMEOUT"]["default"], variables["SHOP_TIMEOUT"]["defaultText"]) == ("PT30S", "PT30S")
    assert (variables["SHOP_TAGS"]["default"], variables["SHOP_TAGS"]["defaultText"]) == (["a", "b"], "a,b")
    assert (variables["SHOP_SIZE"]["default"], variables["SHOP_SIZE"]["defaultText"]) == (1024, "1024")
    assert variables["SHOP_DATABASE__POOL"]["default"] == 5
    assert variables["SHOP_STARTED"]["computed"] is True
    assert "default" not in variables["SHOP_STARTED"]
    assert variables["SHOP_DATABASE"]["default"] is None


def test_what_only_the_application_checks_is_listed(contract: Contract, variables: Mapping[str, Any]) -> None:
    deferred = {(item["kind"], *item["variables"]) for item in contract.data["deferred"]}
    assert ("validator", "SHOP_HOST") in deferred
    assert ("default-factory", "SHOP_STARTED") in deferred
    assert variables["SHOP_HOST"]["deferred"] is True
    assert "deferred" not in variables["SHOP_PORT"]


def test_the_schema_file_is_the_contracts_schema_and_valid(contract: Contract) -> None:
    schema = json.loads(schema_file(contract))
    assert schema == json.loads(contract.to_bytes())["schema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    result = resolve(contract, environ={"SHOP_PORT": "1", "SHOP_DATABASE__URL": "postgres://h/d"})
    assert result.ok, result.problems
    Draft202012Validator(schema).validate(result.values)
    assert not Draft202012Validator(schema).is_valid({**result.values, "port": "x"})
    assert schema["properties"]["token"]["writeOnly"] is True
    assert schema["properties"]["port"]["description"] == "Where it listens."


ENVIRONMENTS = [
    {},
    {"SHOP_TAGS": "a,b,c"},
    {"SHOP_TAGS": ""},
    {"SHOP_TAGS": "  "},
    {"SHOP_TAGS": " a , b "},
    {"SHOP_TAGS": "a,,b"},
    {"SHOP_TAGS": ","},
    {"SHOP_TAGS": '["a", "b,c"]'},
    {"SHOP_TAGS": "[a,b"},
    {"SHOP_TAGS": '"a,b"'},
    {"SHOP_PORTS": "80;443;80"},
    {"SHOP_PORTS": "80;x"},
    {"SHOP_PORTS": "[80, 443]"},
    {"SHOP_PAIR": "5:x"},
    {"SHOP_PAIR": "5"},
    {"SHOP_PAIR": "5:x:y"},
    {"SHOP_MAYBE": "1,2"},
    {"SHOP_MAYBE": ""},
    {"SHOP_MAYBE": "null"},
    {"SHOP_SUB__WORDS": "a|b"},
    {"SHOP_SUB__WORDS": '["a|b"]'},
    {"SHOP_SUB": '{"words": ["a", "b"]}'},
    {"SHOP_SUB": '{"words": "a|b"}'},
    {"SHOP_SUB": '{"words": "a|b"}', "SHOP_SUB__WORDS": "c|d"},
]


@pytest.mark.parametrize("environ", ENVIRONMENTS, ids=str)
def test_a_separated_list_is_one_to_settings_and_to_boot(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with module(SEPARATED, tmp_path) as made:
        contract = bake(made.Settings, name="shop", version="1")
        result = resolve(contract, environ=environ)
        try:
            theirs = json.loads(made.Settings().model_dump_json())
        except ValueError:
            theirs = None
    assert result.ok == (theirs is not None), result.problems
    if theirs is not None:
        for values in (theirs, result.values):
            values["ports"] = sorted(values["ports"])
        assert result.values == theirs


def test_a_separated_list_from_the_process_to_the_application(tmp_path: Path) -> None:
    program = "from app_settings import Settings\nprint(Settings().model_dump_json())\n"
    (tmp_path / "app_settings.py").write_text(PRELUDE + SEPARATED)
    (tmp_path / "app.py").write_text(program)
    assert run("bake", "app_settings:Settings", cwd=tmp_path).returncode == 0
    environ = {"SHOP_TAGS": "a,b", "SHOP_SUB__WORDS": "x|y", "SHOP_PORTS": "7"}
    done = run("boot", "--contract", "contract.json", "--", sys.executable, "app.py", cwd=tmp_path, environ=environ)
    assert done.returncode == 0, said(done)
    values = json.loads(done.stdout)
    assert (values["tags"], values["sub"]["words"], values["ports"]) == (["a", "b"], ["x", "y"], [7])


CHOICES = """
class Colour(Enum):
    RED = 1
    GREEN = "green"

class Level(int, Enum):
    LOW = 1
    HIGH = 2

class Settings(BaseSettings):
    by_value: Colour = Colour.GREEN
    number: Level = Level.LOW
    word: Literal["auto", 1, True] = "auto"
    never: Literal[1, 2] = 1
    several: list[Colour] = []
    mixed: Literal[Level.LOW, "auto"] = "auto"

class ByName(Settings):
    model_config = SettingsConfigDict(env_parse_enums=True)
    by_name: Colour | None = Colour.RED
"""


def test_choices_are_those_that_an_operator_can_write(tmp_path: Path) -> None:
    with module(CHOICES, tmp_path) as made:
        plain, named = bake(made.Settings, name="app"), bake(made.ByName, name="app")
    assert {variable["name"]: variable["type"]["text"] for variable in plain.variables} == {
        "BY_VALUE": "green",
        "NUMBER": "one of 1, 2",
        "WORD": "auto",
        "NEVER": "one of 1, 2; can't be given as text: change the settings class",
        "SEVERAL": "list of one of 1, green",
        "MIXED": "one of 1, auto",
    }
    assert resolve(plain, environ={"MIXED": "1"}).ok
    by_name = {variable["name"]: variable for variable in named.variables}
    assert by_name["BY_NAME"]["type"]["text"] == "one of RED, green"
    assert by_name["BY_NAME"]["constraints"] == {"enum": ["RED", "green"]}
    for text in by_name["BY_NAME"]["constraints"]["enum"]:
        assert resolve(named, environ={"BY_NAME": text}).ok
    (problem,) = resolve(named, environ={"BY_NAME": "1"}).problems
    assert problem.hint == "set one of RED, green"
