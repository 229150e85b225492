"""Which keys are one member: recorded where the plan does not know it, and nowhere else."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.contract.damage import damage_of
from tests.support.spellings import SHAPES

ANYTHING = {"schema": {"type": "any"}}


def named(*keys: Any) -> dict[str, Any]:
    return {**ANYTHING, "validation_alias": [[key] if isinstance(key, str) else list(key) for key in keys]}


class Known(BaseModel):
    url: str = Field("", validation_alias=AliasChoices("url", "uri"))


class Made(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    url: str = Field("", validation_alias=AliasChoices("link", AliasPath("parts", 0)))
    port: int = 0

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


class Plain(BaseModel):
    port: int = 0

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


MADE = {"type": "typed-dict", "fields": {"url": named("link", ("parts", 0), "url"), "port": ANYTHING}}


def keys_of(annotation: Any, **config: Any) -> Any:
    namespace = {
        "__annotations__": {"part": annotation},
        "model_config": SettingsConfigDict(**config),  # type: ignore[typeddict-item]
        "__module__": __name__,
    }
    settings: type[BaseSettings] = type("Settings", (BaseSettings,), namespace)
    return bake(settings).compiled.get("keys")


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Made, MADE),
        (Made | None, MADE),
        (dict[str, Made], {"type": "dict", "values_schema": MADE}),
        (dict[str, list[Made]], None),  # a list is replaced as a whole
        (Annotated[Known, PlainValidator(Known.model_validate)], {"type": "typed-dict", "fields": {"url": named("url", "uri")}}),
        (Known, None),
        (dict[str, Known], None),
        (dict[str, Plain], None),
        (int, None),
    ],
)  # fmt: skip
def test_what_the_plan_does_not_know_is_recorded(annotation: Any, expected: Any) -> None:
    assert keys_of(annotation) == (None if expected is None else {"part": expected})


def test_the_names_of_variables_tell_as_much() -> None:
    hidden = Annotated[Known, BeforeValidator(lambda value: value)]
    assert keys_of(hidden, env_nested_delimiter="__") is None
    assert keys_of(hidden) is not None


def test_other_case_is_another_key_of_the_same_member() -> None:
    """pydantic-settings spells the keys of a section as its model does, unless the case is meant."""
    assert keys_of(Plain) == {"part": {"type": "typed-dict", "fields": {"port": ANYTHING}}}
    assert keys_of(Plain, case_sensitive=True) is None


def test_a_recursive_model_is_recorded_once() -> None:
    (found,) = bake(SHAPES["recursive model that makes itself"].settings).compiled["keys"].values()
    assert found["schema"] == {"type": "definition-ref", "schema_ref": "tree:0:Tree"}
    (tree,) = found["definitions"]
    inside = tree["fields"]["inside"]
    assert inside["validation_alias"] == [["inside"], ["within"]]
    assert inside["schema"] == {"type": "dict", "values_schema": found["schema"]}


def _as_code(keys: dict[str, Any]) -> None:
    keys["made"]["fields"]["url"]["schema"] = {"type": "call", "function": None}


@pytest.mark.parametrize("damage", [_as_code, dict.clear])
def test_keys_of_another_form_are_damage(damage: Callable[[dict[str, Any]], None]) -> None:
    data = copy.deepcopy(bake(SHAPES["model that makes itself"].settings).data)
    assert damage_of(data, thorough=True) is None
    damage(data["compiled"]["keys"])
    assert str(damage_of(data, thorough=True)).startswith("compiled/keys")
