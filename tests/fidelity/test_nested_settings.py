"""A settings class as a field of another, given by its parent: by every kind of name, in every place."""

from __future__ import annotations

from itertools import product

import pytest

from tests.support.releases import is_before

from .boot import baked, boot_verdict
from .comparison import disagreement
from .oracle import program_verdict
from .spec import Built, Environment, script

CONFIGURATIONS = (
    "populate_by_name=True",
    "validate_by_name=True",
    "validate_by_name=True, validate_by_alias=False",
    "alias_generator=to_camel, populate_by_name=True",
    "alias_generator=to_shouting, validate_by_name=True, validate_by_alias=False",
    "populate_by_name=True, extra='allow'",
    "populate_by_name=True, case_sensitive=True",
)
FIELDS = (
    "suf_fix: str = 'd'",
    "suf_fix: str = Field('d', alias='other')",
    "suf_fix: str = Field('d', validation_alias=AliasChoices('suf_fix', 'Other'))",
    "suf_fix: str = Field('d', validation_alias=AliasChoices('one', AliasPath('doc', 'k')))",
)
PLACES = (
    "inner: Inner = Field(default_factory=Inner)",
    "inner: Inner",
    "inner: Inner | None = None",
    "inner: list[Inner] = []",
    "inner: dict[str, Inner] = {}",
    "inner: Section",
    "inner: Between = Field(default_factory=Between)",
)
SOURCE = """class Inner(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="IN_", {configuration})
    {field}
    more: int = 3

class Section(BaseModel):
    deep: Inner = Field(default_factory=Inner)

class Between(BaseSettings):
    model_config = SettingsConfigDict({configuration})
    deep: Inner = Field(default_factory=Inner)

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__"{more})
    {place}
"""


def _environments(place: str) -> list[dict[str, str]]:
    way = {"Section": "DEEP__", "Between": "DEEP__", "dict": "K__"}
    head = "INNER__" + next((segment for kind, segment in way.items() if kind in place), "")
    around = {"Section": '{"deep":%s}', "Between": '{"deep":%s}', "dict": '{"k":%s}', "list": "[%s]"}
    whole = next((text for kind, text in around.items() if kind in place), "%s")
    names = ("SUF_FIX", "OTHER", "ONE", "DOC__K", "X_SUF_FIX", "SUFFIX", "MORE")
    documents = ('{"suf_fix":"x"}', '{"other":"x","SUF_FIX":"y"}', '{"sufFix":"x"}', '{"doc":{"k":"x"}}', "{}")
    own = {"IN_SUF_FIX": "a", "OTHER": "b", "ONE": "c", "SUFFIX": "e", "IN_MORE": "9"}
    given = [{head + name: "5"} for name in names] + [{"INNER": whole % text} for text in documents]
    return [{}, own, *given, *(one | own for one in given[::3])]


def _disagreement(source: str, place: str) -> None:
    with Built(source) as settings:
        made = baked(settings)
        assert made.contract is not None, f"{made.refusal or made.crash}\n{source}"
        left_to_chance = any("by chance" in each["name"] for each in made.contract.data["deferred"])
        assert not left_to_chance or is_before("pydantic-settings 2.16")
        for variables in _environments(place):
            environment = Environment(tuple(variables.items()))
            theirs = program_verdict(settings, source, environment)
            wrong = disagreement(settings, theirs, boot_verdict(made.contract, environment))
            if theirs.reason.startswith("NoProgram") and left_to_chance:
                continue  # of the default, too, which is made on import
            assert not wrong, f"{wrong}\n\n{script(source, environment)}"


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_what_a_parent_gives_is_what_the_class_takes(configuration: str) -> None:
    at = CONFIGURATIONS.index(configuration)
    for (one, field), (other, place) in product(enumerate(FIELDS), enumerate(PLACES)):
        if (at + one + other) % 2:  # of three things each two are tried together
            continue
        _disagreement(SOURCE.format(configuration=configuration, field=field, place=place, more=""), place)


@pytest.mark.parametrize("configuration", CONFIGURATIONS[:3])
def test_of_a_default_that_read_the_environment_what_the_parent_does_not_give_stays(configuration: str) -> None:
    partial = ", nested_model_default_partial_update=True"
    for field in FIELDS:
        place = "inner: Inner = Inner()"
        _disagreement(SOURCE.format(configuration=configuration, field=field, place=place, more=partial), place)
