"""Sections that are put together from several sources: what they hold, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault
from confcontract.author.release_questions import heeds_configuration_of_models
from confcontract.verdict.explain import rows
from tests.support.booting import CANARY, Site
from tests.support.memory import Memory
from tests.verdict.sources.test_parts_of_parts import CONFIG


class Pool(BaseModel):
    sizes: list[int] = []


class Inner(BaseModel):
    name: str = "default"
    url: str = "default"
    pool: Pool = Pool()
    options: dict[str, str] = {}


class WithPassword(Inner):
    password: Annotated[str, Vault("secret/shop#password")] = "default"


class FromVault(BaseSettings):
    model_config = CONFIG

    section: WithPassword = WithPassword()


class Settings(BaseSettings):
    """`limit` is called like a member of the section."""

    model_config = CONFIG

    section: Inner = Inner()
    free: dict[str, Any] = {}
    limit: int = Field(5, validation_alias="S_SECTION__LIMIT")


class Nested(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="NEST_")

    url: str = "default"


class Outer(BaseSettings):
    model_config = CONFIG

    nest: Nested = Nested()


class Ambiguous(BaseModel):
    pool: str = "default"


class ByOneLine(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="_", extra="ignore")

    db: Ambiguous = Ambiguous()
    db_pool: str = "default"


class WithSecrets(BaseSettings):
    model_config = SettingsConfigDict(**{**CONFIG, "secrets_dir": "kept"})

    section: Inner = Inner()


class Linked(BaseModel):
    url: str = Field("default", validation_alias="x")


class NamedWithin(BaseSettings):
    """S_DB_X is a name of the mapping, and beside S_DB a part of it as well."""

    model_config = SettingsConfigDict(
        env_prefix="S_", env_nested_delimiter="_", extra="ignore", populate_by_name=True, env_prefix_target="all"
    )

    db: dict[str, Linked] = Field({}, validation_alias=AliasChoices("db_x", "x"))


class Shop(BaseModel):
    name: str = "default"
    token: Annotated[str, Vault("secret/shop#token")]


class NameFirst(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")

    shop: Shop = Field(validation_alias=AliasChoices("shop", AliasPath("all", "shop")))


class PathFirst(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")

    shop: Shop = Field(validation_alias=AliasChoices(AliasPath("all", "shop"), "shop"))


class Resolved:
    """The verdict of a site, and what the application reads."""

    def __init__(
        self,
        here: Site,
        environ: Mapping[str, str],
        env_file: str = "",
        files: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        here.conf_dir.mkdir()
        pointers = {name: str(here.file(name, text)) for name, text in (files or {}).items()}
        env_files = [here.file("given.env", env_file)] if env_file else []
        self.result = here.resolve({**environ, **pointers}, env_files, **more)
        self.rows = {row.name: row for row in rows(self.result)}
        self.codes = [(problem.code, problem.variable) for problem in self.result.problems]
        self.read = here.settings_in(self.result.environ) if self.result.ok else None


def test_a_part_that_can_not_be_decoded_is_told_as_such(site: Callable[..., Site]) -> None:
    found = Resolved(site(Settings), {"S_SECTION__POOL__SIZES": "5,6"}, "S_SECTION__URL=low\n")
    assert ("value-undecodable", "S_SECTION__POOL__SIZES") in found.codes
    assert ("source-conflict", None) not in found.codes


def test_a_variable_that_is_called_like_a_part_stays(site: Callable[..., Site]) -> None:
    environ = {"S_SECTION__LIMIT": "7", "S_SECTION__OPTIONS__Z": "hi"}
    found = Resolved(site(Settings), environ, files={"S_SECTION__OPTIONS_FILE": '{"q": "low"}'})
    assert found.read == found.result.values
    assert found.result.values["limit"] == 7
    assert found.result.values["section"]["options"] == {"z": "hi", "q": "low"}


def test_a_name_of_two_places_of_which_one_is_outranked_is_refused(site: Callable[..., Site]) -> None:
    found = Resolved(site(ByOneLine), {"DB": '{"pool": "high"}'}, "DB_POOL=low\n")
    assert found.codes == [("source-conflict", "DB")]
    assert "DB_POOL" in found.result.problems[0].message


def test_what_two_names_give_is_handed_over_by_a_name_that_is_no_part_of_another(site: Callable[..., Site]) -> None:
    found = Resolved(site(NamedWithin), {"S_DB_X": '{"k": {"url": "no key"}}'}, 'S_DB=\'{"k": {"x": "low"}}\'\n')
    assert found.codes == []
    assert found.result.values["db"]["k"] == {"url": "low"}
    assert found.read == found.result.values


@pytest.mark.parametrize(
    ("environ", "env_file", "files", "expected"),
    [
        ({"S_FREE__Z": "hi"}, "", {"S_FREE_FILE": '{"k": "vault:x"}'}, {"z": "hi", "k": "vault:x"}),
        ({}, 'S_FREE=\'{"low": "x"}\'\n', {"S_FREE_FILE": '{"k": "vault:x"}'}, {"low": "x", "k": "vault:x"}),
    ],
)
def test_a_secret_that_begins_like_a_reference_is_put_together_like_any_other(
    site: Callable[..., Site], environ: dict[str, str], env_file: str, files: dict[str, str], expected: Any
) -> None:
    found = Resolved(site(Settings), environ, env_file, files)
    assert found.codes == []
    assert found.result.values["free"] == expected
    assert found.read == found.result.values
    assert found.rows["S_FREE"].value == "***"


def test_a_value_that_is_no_number_is_put_together_like_any_other(site: Callable[..., Site]) -> None:
    found = Resolved(site(Settings), {"S_FREE": '{"n": NaN}'}, 'S_FREE=\'{"low": "x"}\'\n')
    assert found.result.values["free"]["low"] == "x"
    assert math.isnan(found.result.values["free"]["n"])


@pytest.mark.parametrize("text", ["x\\ud800", "\\u20ac"])
def test_json_that_is_written_anew_can_be_encoded_in_every_locale(site: Callable[..., Site], text: str) -> None:
    section = f'S_SECTION=\'{{"name": "{text}", "url": "low"}}\'\n'.replace("\\u", "\\\\u")
    found = Resolved(site(Settings), {"S_SECTION__URL": "high"}, section)
    assert found.result.environ["S_SECTION"].isascii()
    assert found.result.values["section"]["name"] == text.encode().decode("unicode_escape")


def test_vault_outranks_what_a_lower_source_gave_to_a_section_that_was_put_together(site: Callable[..., Site]) -> None:
    environ = {"S_SECTION__OPTIONS__Z": "hi"}
    files = {"S_SECTION__OPTIONS_FILE": '{"q": "low"}'}
    store = Memory({"secret/shop": {"password": "from Vault"}})
    found = Resolved(site(FromVault), environ, 'S_SECTION=\'{"password": "low"}\'\n', files, vault=store)
    assert found.result.values["section"] | {"pool": {}} == {
        "name": "default",
        "options": {"q": "low", "z": "hi"},
        "password": "from Vault",
        "pool": {},
        "url": "default",
    }
    assert found.result.sources["S_SECTION__PASSWORD"].kind == "vault"


@pytest.mark.parametrize("settings", [NameFirst, PathFirst])
@pytest.mark.parametrize(
    "beside", [{}, {"SHOP": '{"name": "n"}'}, {"ALL": '{"shop": {"name": "n"}}'}, {"SHOP__NAME": "n"}]
)
def test_a_secret_of_a_section_with_two_ways_to_it_is_handed_over_by_the_one_that_is_read(
    site: Callable[..., Site], settings: type[BaseSettings], beside: dict[str, str]
) -> None:
    found = Resolved(site(settings), beside, vault=Memory({"secret/shop": {"token": "from Vault"}}))
    assert found.codes == []
    assert found.result.values["shop"]["token"] == "from Vault"
    assert found.read == found.result.values | {"shop": {"name": "default"} | found.result.values["shop"]}


@pytest.mark.parametrize("settings", [NameFirst, PathFirst])
def test_the_first_name_of_a_part_is_one_that_is_read_by_itself(
    site: Callable[..., Site], settings: type[BaseSettings]
) -> None:
    here = site(settings)
    (name,) = (each["name"] for each in here.contract.variables if each["path"] == ["shop", "name"])
    found = Resolved(here, {name: "n"}, vault=Memory({"secret/shop": {"token": "from Vault"}}))
    assert found.read == {"shop": {"name": "n", "token": "from Vault"}}


def test_a_secret_of_a_nested_settings_class_that_begins_like_a_reference(site: Callable[..., Site]) -> None:
    found = Resolved(site(Outer), {}, files={"NEST_URL_FILE": "vault:hunter2"})
    assert found.codes == []
    assert found.result.values == {"nest": {"url": "vault:hunter2"}}
    assert found.result.environ["NEST_URL"] == "vault:hunter2"


def test_a_reference_in_the_env_file_of_a_nested_settings_class_is_told_by_its_name(site: Callable[..., Site]) -> None:
    found = Resolved(site(Outer), {"NEST_URL": "Vault:secret/x#y"})
    assert all("\0" not in (problem.variable or "") + problem.message for problem in found.result.problems)


class Pooled(BaseModel):
    pool: str = "default"
    host: str = "default"


class Single(BaseModel):
    socket: str = "default"
    host: str = "default"


class OfTwoKinds(BaseSettings):
    model_config = CONFIG

    db: Pooled | Single = Pooled()


@pytest.mark.parametrize(
    ("low", "expected"),
    [
        ('{"pool": "low"}', {"socket": "high", "host": "default"}),
        ('{"pool": "low", "host": "low"}', {"socket": "high", "host": "low"}),
        ('{"host": "low"}', {"socket": "high", "host": "low"}),
    ],
)
def test_a_member_of_another_class_of_a_union_does_not_choose_that_class(
    site: Callable[..., Site], low: str, expected: dict[str, str]
) -> None:
    found = Resolved(site(OfTwoKinds), {"S_DB__SOCKET": "high"}, f"S_DB='{low}'\n")
    assert found.result.values["db"] == expected
    assert found.read == found.result.values


class OfOneName(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")

    head: str = Field("default", validation_alias=AliasPath("ALL", "head"))
    tail: str = Field("default", validation_alias=AliasPath("ALL", "tail"))


@pytest.mark.parametrize(
    ("whole", "head"), [('{"other": "o"}', "filed"), ('{"tail": "t"}', "filed"), ('{"head": "whole"}', "whole")]
)
def test_a_secret_file_of_a_part_of_what_alias_paths_lead_into(
    site: Callable[..., Site], whole: str, head: str
) -> None:
    found = Resolved(site(OfOneName), {"ALL": whole}, "ALL__HEAD=low\n", {"ALL__HEAD_FILE": "filed"})
    if head == "filed" and not heeds_configuration_of_models():
        head = "default"  # before pydantic-settings 2.16 ALL__HEAD says nothing in a source that has no ALL
    assert found.result.values["head"] == head
    assert found.result.values["tail"] == ("t" if "tail" in whole else "default")
    assert found.read == found.result.values
    assert "filed" not in str(found.rows["ALL__HEAD"].value)


def test_what_the_secrets_dir_has_of_a_section_is_masked(site: Callable[..., Site]) -> None:
    here = site(WithSecrets)
    here.file("kept/s_section", f'{{"options": {{"a": "{CANARY}"}}}}')
    found = Resolved(here, {"S_SECTION": '{"options": {"z": "hi"}}', "S_SECTION__NAME": "shown"})
    assert found.result.values["section"]["options"] == {"a": CANARY, "z": "hi"}
    assert CANARY not in "".join(str(row.value) for row in found.rows.values())
    assert found.rows["S_SECTION__NAME"].value == "shown"


@pytest.mark.parametrize("text", [f'{{"{CANARY}": 3}}', f'{{"{CANARY}": {{}}}}'])
def test_a_key_that_came_from_a_secret_file_is_not_shown(site: Callable[..., Site], text: str) -> None:
    found = Resolved(site(Settings), {}, files={"S_SECTION__OPTIONS_FILE": text})
    assert [code for code, _ in found.codes] == ["value-invalid"]
    assert CANARY not in repr(found.result.problems)


def test_a_member_that_no_source_gives_is_at_its_default(site: Callable[..., Site]) -> None:
    environ = {"S_SECTION__OPTIONS__Z": "hi"}
    found = Resolved(site(Settings), environ, files={"S_SECTION__OPTIONS_FILE": '{"q": "low"}'})
    assert (found.rows["S_SECTION__NAME"].value, found.result.sources["S_SECTION__NAME"].kind) == ("default", "default")
    assert found.rows["S_SECTION__OPTIONS"].value == "***"


def test_a_class_as_a_default_is_baked_whatever_methods_it_has(site: Callable[..., Site]) -> None:
    assert site(OfClasses).contract.variables[0]["name"] == "KIND"


class HasMethods:
    def get_secret_value(self) -> str:
        raise NotImplementedError

    def unicode_string(self) -> str:
        raise NotImplementedError


class OfClasses(BaseSettings):
    kind: type[HasMethods] = HasMethods


class OfOneKey(BaseModel):
    """Both fields read `old`, and each has a way of its own."""

    db: dict[str, str] = Field(default={}, validation_alias=AliasChoices("old", "other"))
    url: dict[str, str] = Field(default={}, validation_alias=AliasChoices("old", AliasPath("x", "b")))


class OfOneKeyOnly(BaseModel):
    """`db` has no other way than the key that `url` reads first."""

    db: str = Field(default="-", validation_alias=AliasPath("old", "b"))
    url: dict[str, str] = Field(default={}, validation_alias=AliasChoices("old", "x"))


class OfOneKeyWithin(BaseSettings):
    model_config = CONFIG

    box: OfOneKey = OfOneKey()
    other: OfOneKeyOnly = OfOneKeyOnly()


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        ('{"old": {"k": "high"}}', '{"x": {"b": {"l": "low"}}}', ({"k": "high"}, {"k": "high", "l": "low"})),
        ('{"old": {"k": "high"}}', '{"other": {"l": "low"}}', ({"k": "high", "l": "low"}, {"k": "high"})),
        ('{"x": {"b": {"k": "high"}}}', '{"old": {"k": "low"}}', ({"k": "low"}, {"k": "high"})),
    ],
)
def test_fields_that_read_one_key_are_handed_over_by_ways_of_their_own(
    site: Callable[..., Site], high: str, low: str, expected: tuple[dict[str, str], dict[str, str]]
) -> None:
    found = Resolved(site(OfOneKeyWithin), {"S_BOX": high}, f"S_BOX='{low}'\n")
    assert found.codes == []
    assert found.result.values["box"] == dict(zip(("db", "url"), expected, strict=True))
    assert found.read == found.result.values


def test_a_field_is_called_as_another_has_to_be_where_both_read_that_key(site: Callable[..., Site]) -> None:
    low = 'S_OTHER=\'{"old": {"b": "low"}}\'\n'
    found = Resolved(site(OfOneKeyWithin), {"S_OTHER": '{"x": {"k": "high"}}'}, low)
    assert found.codes == []
    assert found.result.values["other"] == {"db": "low", "url": {"b": "low", "k": "high"}}
    assert found.read == found.result.values


class Note(BaseModel):
    text: str = "default"


class Named(BaseModel):
    note: Note | None = Field(default=None, validation_alias=AliasPath("old", "b"))
    pooled: Pooled = Field(default=Pooled(), validation_alias=AliasChoices("old", "x"))


class OfEmpty(BaseSettings):
    model_config = CONFIG

    box: Named = Named()


def test_an_empty_section_takes_nothing_from_the_values_of_lower_sources(site: Callable[..., Site]) -> None:
    found = Resolved(site(OfEmpty), {"S_BOX": '{"old": {"b": {}}}'}, 'S_BOX=\'{"x": {"pool": "low"}}\'\n')
    assert found.read == found.result.values
    assert found.result.values["box"]["pooled"]["pool"] == "low"


class OpenSection(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str = "default"


class OfKeyWithin(BaseModel):
    """`note` is a member of what `whole` keeps as a member that it does not know."""

    note: Note = Field(default=Note(), validation_alias=AliasPath("x", "b"))
    whole: OpenSection = Field(default=OpenSection(), validation_alias="x")
    head: str = "default"


class OfExtra(BaseSettings):
    model_config = CONFIG

    box: OfKeyWithin = OfKeyWithin()


def test_what_one_field_reads_another_may_keep_as_a_member_that_it_does_not_know(site: Callable[..., Site]) -> None:
    low = 'S_BOX=\'{"x": {"b": {"text": "low"}}}\'\n'
    found = Resolved(site(OfExtra), {"S_BOX": '{"head": "high"}'}, low)
    assert found.codes == []
    assert found.read == found.result.values
    assert found.result.values["box"] == {
        "note": {"text": "low"},
        "whole": {"name": "default", "b": {"text": "low"}},
        "head": "high",
    }
