"""Every name that the plan reads is declared: members by whatever way they are reached, and what is open below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from confcontract.author.release_questions import heeds_configuration_of_models
from confcontract.contract.damage import damage_of
from confcontract.report.errors import BakeRefused
from tests.support.modules import module
from tests.support.releases import is_before

CONFIG = 'model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")'
PAIR = "from typing import NamedTuple\nclass Pair(NamedTuple):\n    user: str\n    token: SecretStr\n"
TREE = "class Tree(BaseModel):\n    name: str = ''\n    child: 'Tree | None' = None\n"
MANY = "class Many(BaseModel):\n    auth_key: str = ''\n    auth_key_file: str = ''\n"
KINDS = (
    "class Card(BaseModel):\n    kind: Literal['card']\n    number: SecretStr\n"
    "class Bill(BaseModel):\n    kind: Literal['bill']\n    number: int = Field(1, alias='no')\n"
)
INNER = (
    "class Deep(BaseModel):\n    x: int = 1\n"
    "class Inner(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='IN_')\n"
    "    size: int = Field(1, validation_alias=AliasChoices('size', 'Extent'))\n    deep: Deep = Deep()\n"
)
TYPED = "class Typed(TypedDict):\n    user: Annotated[str, Vault('secret/app#user')]\n    More: str\n"
SPLIT = 'model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="_", env_nested_max_split=1)'
UNDERSCORE = CONFIG.replace("__", "_")


def declared(tmp_path: Path, before: str, *lines: str, config: str = CONFIG) -> dict[str, dict[str, Any]]:
    source = before + "\nclass Settings(BaseSettings):\n" + "".join(f"    {line}\n" for line in (config, *lines))
    with module(source, tmp_path) as made:
        contract = bake(made.Settings, name="app")
    assert damage_of(contract.data) is None
    return {".".join(variable["path"]): variable for variable in contract.variables}


def names(found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    return {path: [entry["name"], *entry.get("aliases", ())] for path, entry in found.items()}


def test_a_part_may_hold_the_delimiter_where_splitting_is_bounded(tmp_path: Path) -> None:
    found = declared(tmp_path, MANY, "auth: Many = Many()", config=SPLIT)
    assert names(found) == {
        "auth": ["APP_AUTH"],
        "auth.auth_key": ["APP_AUTH_AUTH_KEY"],
        "auth.auth_key_file": ["APP_AUTH_AUTH_KEY_FILE"],
    }


def test_an_alias_path_is_a_name_of_several_parts_and_a_container(tmp_path: Path) -> None:
    found = declared(
        tmp_path,
        "class Sub(BaseModel):\n    a: str = Field('', validation_alias=AliasPath('doc', 'k', 'j'))\n"
        "    b: str = Field('', validation_alias=AliasPath('doc', 'k', 0))\n",
        "top: str = Field('', validation_alias=AliasPath('doc', 'k'))",
        "sub: Sub = Sub()",
    )
    if not heeds_configuration_of_models():  # before pydantic-settings 2.16 the parts of a path are looked up as names
        assert names(found)["top"] == ["DOC"]
        return
    assert names(found) == {
        "top": ["DOC__K", "DOC"],
        "sub": ["APP_SUB"],
        "sub.a": ["APP_SUB__DOC__K__J", "APP_SUB__DOC"],
        "sub.b": ["APP_SUB__DOC"],
    }
    assert [found[path].get("within") for path in found] == [
        {"DOC": ["k"]},
        None,
        {"APP_SUB__DOC": ["k", "j"]},
        {"APP_SUB__DOC": ["k", 0]},
    ]


def test_the_parts_of_a_named_tuple_and_of_a_typed_dict_are_variables(tmp_path: Path) -> None:
    found = declared(tmp_path, PAIR + TYPED, "auth: Pair", "typed: Typed", "pairs: list[Pair] = []")
    assert names(found) == {
        "auth": ["APP_AUTH"],
        "auth.user": ["APP_AUTH__USER"],
        "auth.token": ["APP_AUTH__TOKEN"],
        "typed": ["APP_TYPED"],
        "typed.user": ["APP_TYPED__USER"],  # and not typed.More: pydantic-settings spells no keys of a TypedDict
        "pairs": ["APP_PAIRS"],
    }
    assert [found[path]["secret"] for path in ("auth.token", "auth.user")] == [True, False]
    assert found["typed.user"]["vault"] == "secret/app#user"


def test_a_member_of_several_models_has_the_names_and_types_of_all(tmp_path: Path) -> None:
    found = declared(
        tmp_path, KINDS, "pay: Annotated[Union[Card, Bill], Field(discriminator='kind')]", "other: Union[Bill, Card]"
    )
    for section in ("pay", "other"):
        number = found[f"{section}.number"]
        assert set(names(found)[f"{section}.number"]) == {
            f"APP_{section.upper()}__NUMBER",
            f"APP_{section.upper()}__NO",
        }
        assert number["secret"]
        assert number["type"]["kind"] == "union"
    assert found["pay.kind"]["constraints"] == {"enum": ["card", "bill"]}


def test_a_parent_reaches_a_settings_class_by_its_own_delimiter_and_all_aliases(tmp_path: Path) -> None:
    found = declared(tmp_path, INNER, "inner: Inner = Field(default_factory=Inner)")
    assert names(found) == {
        "inner": ["APP_INNER"],
        "inner.size": ["APP_INNER__SIZE", "APP_INNER__EXTENT", "SIZE", "EXTENT"],
        "inner.deep": ["APP_INNER__DEEP", "IN_DEEP"],
        "inner.deep.x": ["APP_INNER__DEEP__X"],
    }


def test_what_has_no_names_of_its_own_is_open(tmp_path: Path) -> None:
    found = declared(
        tmp_path,
        TREE + "class Loose(BaseModel):\n    model_config = ConfigDict(extra='allow')\n    x: int = 1\n",
        "tree: Tree = Tree()",
        "shards: dict[str, int] = {}",
        "loose: Loose = Loose()",
        "word: str | dict[str, int] = ''",
        "text: Json[dict[str, int]]",
        "anything: Any = None",
        "items: list[str] = []",
    )
    assert {path: entry["open"] for path, entry in found.items() if "open" in entry} == {
        "tree.child": ["APP_TREE__CHILD__"],
        "shards": ["APP_SHARDS__"],
        "loose": ["APP_LOOSE__"],
        "word": ["APP_WORD__"],
    }
    assert "tree.name" in found
    assert "loose.x" in found


def test_a_variable_that_feeds_two_fields_is_one_text(tmp_path: Path) -> None:
    source = "class Db(BaseModel):\n    host: Annotated[str, Vault('secret/app#host')]\n"
    found = declared(tmp_path, source, "db_host: str = 'h'", "db: Db", config=UNDERSCORE)
    assert names(found) == {"db_host": ["APP_DB_HOST"], "db": ["APP_DB"], "db.host": ["APP_DB_HOST"]}
    for path in ("db_host", "db.host"):
        assert found[path]["secret"]
        assert found[path]["vault"] == "secret/app#host"
    assert "default" not in found["db_host"]


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (
            "a: Annotated[str, Vault('secret/app#a')] = Field(validation_alias=AliasPath('doc', 0))",
            "part of what DOC",
        ),
        ("a: Pairs", "no text is a list"),
    ],
)
def test_a_marker_that_could_not_work_is_refused(tmp_path: Path, field: str, reason: str) -> None:
    before = (
        "from typing import NamedTuple\n"
        "class Pairs(NamedTuple):\n    many: Annotated[list[str], Vault('secret/app#many')]\n"
    )
    if field == "a: Pairs" and is_before("pydantic 2.14"):  # which checks a named tuple by a function of its own
        assert declared(tmp_path, before, field)["a.many"]["deferred"]
        return
    with pytest.raises(BakeRefused) as refused:
        declared(tmp_path, before, field)
    assert reason in refused.value.problems[0].message


def test_two_places_in_vault_for_one_variable_are_refused(tmp_path: Path) -> None:
    before = "class Db(BaseModel):\n    host: Annotated[str, Vault('secret/app#host')]\n"
    with pytest.raises(BakeRefused) as refused:
        declared(
            tmp_path,
            before,
            "db_host: Annotated[str, Vault('secret/app#other')]",
            "db: Db",
            config=UNDERSCORE,
        )
    assert "another place in Vault" in refused.value.problems[0].message
