"""Differences between releases of pydantic-settings, determined by trying the installed one on small classes.

The behaviour of a source answers a question, not a release's number or the names that it has: so a release that is
newer than this code gives correct answers too. Each question is asked at most once, and only for a class for which the
answer matters. There are two kinds: differences in what bake works out (author/names.py asks), and differences that
boot itself must follow, a `Habit`, which is in the contract's program (see docs/how-to/add-a-release.md).
"""

from __future__ import annotations

import functools
import tempfile
import warnings
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from confcontract.author import release_check  # noqa: F401  # refuses releases that would make the imports below fail

# isort: split
from pydantic import AliasPath, BaseModel, ConfigDict, Field, Json, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

Answer = Callable[[], bool]
_PREFIX = "CONFCONTRACT_QUESTION_"  # nothing in the machine's environment has this prefix


class _Asked(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter="__")


# --- at bake


class _Member(BaseModel):
    x: int = 0


class _AliasedMember(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)

    x: int = Field(0, alias="other")


class _WithPath(BaseModel):
    x: str = Field("", validation_alias=AliasPath("path", 0))


class _Color(Enum):
    RED = "r"


def _exploded(cls: type[BaseSettings], below: str, text: str) -> dict[str, Any]:
    name = (_PREFIX + "value").lower()
    return EnvSettingsSource(cls).explode_env_vars("value", cls.model_fields["value"], {f"{name}__{below}": text})


def _prepared(cls: type[BaseSettings], text: str) -> Any:
    return EnvSettingsSource(cls).prepare_field_value("value", cls.model_fields["value"], text, False)


@functools.cache
def reads_unions_in_mappings() -> bool:
    """Whether a member of a mapping is tried as JSON if its type is a union: since 2.16.2."""

    class AskedIfReadsUnionsInMappings(_Asked):
        value: dict[str, list[int] | str] = {}

    return _exploded(AskedIfReadsUnionsInMappings, "a", "[1]") == {"a": [1]}


@functools.cache
def enters_values_of_mappings() -> bool:
    """Whether a name below a mapping may lead past the mapping's key, to a field of its values: until 2.16.1."""
    found: Any = EnvSettingsSource(_Asked).next_field(dict[str, _Member], "x")
    return found is not _Member


@functools.cache
def reads_alias_paths_inside() -> bool:
    """Whether the head of a nested field's alias path is JSON: since 2.15."""

    class AskedIfReadsAliasPathsInside(_Asked):
        value: _WithPath

    return _exploded(AskedIfReadsAliasPathsInside, "path", '["a"]') == {"path": ["a"]}


@functools.cache
def finds_enums_at_any_depth() -> bool:
    """Whether member names are accepted for an enum anywhere in a type, not only at its top: since 2.15."""

    class AskedIfFindsEnumsAtAnyDepth(_Asked):
        model_config = SettingsConfigDict(env_parse_enums=True)

        value: Annotated[_Color, "inside"] | None = None

    return _prepared(AskedIfFindsEnumsAtAnyDepth, "RED") is _Color.RED


@functools.cache
def heeds_configuration_of_models() -> bool:
    """Whether a model's own configuration determines the names under which its fields are found: since 2.16."""
    return EnvSettingsSource(_Asked).next_field(_AliasedMember, "other") is None


@functools.cache
def leaves_json_alone() -> bool:
    """Whether text for `Json` stays text in strict mode: since 2.16."""

    class AskedIfLeavesJsonAlone(_Asked):
        model_config = SettingsConfigDict(strict=True)

        value: Json[int] = 0

    return bool(_prepared(AskedIfLeavesJsonAlone, "1") == "1")


@functools.cache
def chooses_defaults_by_tag() -> bool:
    """Whether the default of a discriminated union is merged with the values that are set, except for another member:
    since 2.16.
    """

    class Cat(BaseModel):
        kind: Literal["cat"] = "cat"
        lives: int = 9

    class Dog(BaseModel):
        model_config = ConfigDict(extra="forbid")

        kind: Literal["dog"] = "dog"

    class AskedIfChoosesDefaultsByTag(_Asked):
        model_config = SettingsConfigDict(nested_model_default_partial_update=True)

        value: Cat | Dog = Field(Cat(lives=7), discriminator="kind")

    same_member: dict[str, Any] = {"value": {"kind": "cat"}}
    another: dict[str, Any] = {"value": {"kind": "dog"}}
    try:
        return (
            AskedIfChoosesDefaultsByTag(**same_member).value == Cat(lives=7)
            and AskedIfChoosesDefaultsByTag(**another).value == Dog()
        )
    except ValidationError:
        return False


@functools.cache
def takes_empty_encoding() -> bool:
    """Whether an empty `env_file_encoding` means UTF-8: until 2.15."""
    try:
        _from_env_file(_Asked, "", encoding="")
    except LookupError:
        return False
    return True


# --- for boot


class Habit(Enum):
    """Behaviour of a release that differs from the newest known one, as it is in the contract's program."""

    EXACT_ARGUMENTS = "exact-arguments"
    UNDECODABLE_FAILS = "undecodable-fails"
    CLAIMS_BEGINNINGS = "claims-beginnings"
    PREFIX_AS_WRITTEN = "prefix-as-written"
    FOLLOWS_LINKS = "follows-links"


def habits_among(asked: Iterable[Habit]) -> list[str]:
    """The given habits that the installed release has, in alphabetical order."""
    return sorted(habit.value for habit in asked if QUESTIONS[habit]())


@functools.cache
def _matches_arguments_exactly() -> bool:
    class AskedIfMatchesArgumentsExactly(_Asked):
        value: int = 0

    return "value" not in InitSettingsSource(AskedIfMatchesArgumentsExactly, {"VALUE": 1})()


@functools.cache
def _fails_over_undecodable() -> bool:
    class AskedIfFailsOverUndecodable(_Asked):
        model_config = SettingsConfigDict(strict=True)

        value: int = 0

    try:
        return bool(_prepared(AskedIfFailsOverUndecodable, "no number") != "no number")
    except ValueError:
        return True


@functools.cache
def _claims_beginnings() -> bool:
    class AskedIfClaimsBeginnings(_Asked):
        value: list[int] = []

    return not _from_env_file(AskedIfClaimsBeginnings, f"{_PREFIX}VALUES=x\n")


@functools.cache
def _compares_prefix_as_written() -> bool:
    class AskedIfComparesPrefixAsWritten(_Asked):
        model_config = SettingsConfigDict(extra="ignore")

    return "other" not in _from_env_file(AskedIfComparesPrefixAsWritten, f"{_PREFIX}OTHER=x\n")


@functools.cache
def _follows_links() -> bool:
    class AskedIfFollowsLinks(_Asked):
        value: str = ""

    with tempfile.TemporaryDirectory() as place:
        outside, inside = Path(place, "outside"), Path(place, "inside")
        outside.write_text("x", encoding="utf-8")
        inside.mkdir()
        (inside / (_PREFIX + "value").lower()).symlink_to(outside)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(SecretsSettingsSource(AskedIfFollowsLinks, secrets_dir=inside)())


QUESTIONS: dict[Habit, Answer] = {
    Habit.EXACT_ARGUMENTS: _matches_arguments_exactly,
    Habit.UNDECODABLE_FAILS: _fails_over_undecodable,
    Habit.CLAIMS_BEGINNINGS: _claims_beginnings,
    Habit.PREFIX_AS_WRITTEN: _compares_prefix_as_written,
    Habit.FOLLOWS_LINKS: _follows_links,
}


def _from_env_file(cls: type[BaseSettings], text: str, encoding: str | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "asked.env")
        file.write_text(text, encoding="utf-8")
        return DotEnvSettingsSource(cls, env_file=file, env_file_encoding=encoding)()
