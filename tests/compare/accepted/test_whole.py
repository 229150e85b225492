"""What is decided before a text is decoded, how it is decoded, and what is not shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, create_model
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from confcontract.author.bake import bake
from confcontract.compare.accepted import Aspect, Difference, Inclusion, IndexedPlan, Relation, Side, differences
from confcontract.markers import Separated
from confcontract.verdict.mask import MASK
from tests.compare.accepted.sides import compared, found, side

Commas = Annotated[list[str], Separated(",")]


def only(*all_of_them: Difference) -> Difference:
    assert len(all_of_them) == 1, all_of_them
    return all_of_them[0]


# -- encodings ------------------------------------------------------------------------------------


def test_null_is_not_set_as_json_also_where_the_variable_is_required() -> None:
    """Another source has the value then."""
    numbers = Annotated[list[int], Separated(",")]
    difference = only(*compared(list[int], numbers))
    assert (difference.aspect, difference.refused_by_new) == (Aspect.ENCODING, "null")
    difference = only(*compared(list[str], Commas))  # there, it is an item
    assert (difference.aspect, difference.forward) == (Aspect.ENCODING, Inclusion.HOLDS)


def test_a_separated_list_to_json_refuses_what_was_written_before() -> None:
    difference = only(*compared(Commas, list[str]))
    assert (difference.aspect, difference.forward) == (Aspect.ENCODING, Inclusion.BROKEN)
    assert difference.refused_by_new == "a,b"


def test_json_to_a_separated_list_still_accepts_json() -> None:
    difference = only(*compared(list[str], Commas))
    assert (difference.aspect, difference.forward) == (Aspect.ENCODING, Inclusion.HOLDS)


def test_another_separator_reads_the_same_text_otherwise() -> None:
    difference = only(*compared(Commas, Annotated[list[str], Separated(";")]))
    assert (difference.aspect, difference.relation) == (Aspect.ENCODING, Relation.DIFFERENT)
    assert difference.read_otherwise == "a,b"
    assert difference.forward is difference.rollback is Inclusion.HOLDS  # of the strings themselves, none is refused


def test_a_list_that_is_not_decoded_accepts_no_text() -> None:
    difference = only(*compared(Annotated[list[str], NoDecode], list[str]))
    assert (difference.forward, difference.rollback) == (Inclusion.HOLDS, Inclusion.BROKEN)


def test_the_path_leads_to_the_part_that_differs() -> None:
    old, new = dict[str, list[int]], dict[str, list[Annotated[int, Field(ge=1)]]]
    difference = only(*compared(old, new))
    assert (difference.aspect, difference.path) == (Aspect.RANGE, ("{}", "[]"))
    assert difference.refused_by_new is not None


def test_a_mapping_whose_keys_may_be_anything_is_compared() -> None:
    assert found(dict[Any, Any], str) == [("TYPE", "WIDER")]
    assert found(dict[Any, Any], dict[str, Any]) == []
    assert found(dict[str, int], dict[Any, Any])[0][1] == "WIDER"


def test_a_strict_flag_takes_no_text_and_is_compared_with_texts() -> None:
    difference = only(*compared(Annotated[bool, Field(strict=True)], str))
    assert (difference.aspect, difference.relation) == (Aspect.TYPE, Relation.WIDER)


# -- before a text is decoded ---------------------------------------------------------------------


def test_the_empty_text_counts() -> None:
    difference = only(*compared(str, Annotated[str, Field(min_length=1)]))
    assert (difference.aspect, difference.relation) == (Aspect.EMPTY, Relation.NARROWER)
    assert difference.refused_by_new == ""


def test_an_empty_text_that_is_ignored_on_one_side_only_is_a_difference() -> None:
    ignoring, counting = side(int, default=1, env_ignore_empty=True), side(int, default=1)
    difference = only(*differences(ignoring, counting))
    assert (difference.aspect, difference.relation) == (Aspect.EMPTY, Relation.NARROWER)
    assert differences(side(str, default="", env_ignore_empty=True), side(str, default="")) == ()


def test_an_empty_text_that_is_ignored_leaves_a_required_variable_to_its_other_sources() -> None:
    ignoring, counting = side(int, env_ignore_empty=True), side(int)
    difference = only(*differences(ignoring, counting))
    assert (difference.aspect, difference.relation, difference.refused_by_new) == (Aspect.EMPTY, Relation.NARROWER, "")
    assert differences(side(int, env_ignore_empty=True), side(int, default=1, env_ignore_empty=True)) == ()


def test_an_empty_text_that_is_ignored_is_missing_in_a_section_that_is_set() -> None:
    class Database(BaseModel):
        url: str
        size: int = 1

    old, new = (
        side(Database | None, default=None, env_nested_delimiter="__", env_ignore_empty=ignored)
        for ignored in (False, True)
    )
    old.variable, new.variable = (
        next(each for each in one.plan.contract.variables if each["path"] == ["value", "url"]) for one in (old, new)
    )
    difference = only(*differences(old, new))
    assert (difference.aspect, difference.relation, difference.refused_by_new) == (Aspect.EMPTY, Relation.NARROWER, "")


def test_a_text_for_null_counts_where_null_is_accepted() -> None:
    with_null, without = side(int | None, default=1, env_parse_none_str="none"), side(int | None, default=1)
    difference = only(*differences(with_null, without))
    assert (difference.relation, difference.refused_by_new) == (Relation.NARROWER, "none")


def test_whether_a_variable_has_to_be_set_is_no_matter_of_its_strings() -> None:
    assert differences(side(int), side(int, default=3)) == ()
    assert differences(side(list[int]), side(list[int], default=[])) == ()


def test_null_is_the_same_as_unset_for_a_list() -> None:
    assert found(list[int] | None, list[int]) == []


# -- unions and types -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Literal["a"], str, [("ENUM_PRESENCE", "WIDER")]),
        (str, Literal["a"], [("ENUM_PRESENCE", "NARROWER")]),
        (Literal["a", "b"], Literal["b", "c"], [("ENUM", "NARROWER"), ("ENUM", "WIDER")]),
        (int | str, str, []),
        (int | bool, int, [("TYPE", "NARROWER")]),
        (int, int | bool, [("TYPE", "WIDER")]),
        (int | None, int, []),  # no text is null
        (bool, str, [("TYPE", "WIDER")]),
        (Literal["a"], Literal["a"] | int, [("TYPE", "WIDER")]),
    ],
)
def test_types_are_compared_by_the_strings_they_accept(old: Any, new: Any, expected: list[tuple[str, str]]) -> None:
    assert found(old, new) == expected


# -- deferred to the application ------------------------------------------------------------------


def _checked(value: int) -> int:
    return value


def _checked_too(value: int) -> int:
    return value


def test_what_the_application_checks_as_before_is_said_and_is_no_finding() -> None:
    annotation = Annotated[int, AfterValidator(_checked)]
    difference = only(*compared(annotation, annotation))
    assert (difference.aspect, difference.relation) == (Aspect.DEFERRED, Relation.SAME)
    assert "_checked" in difference.why


def test_of_a_deferred_variable_the_type_beneath_is_compared() -> None:
    old, new = (Annotated[int, Field(ge=n), AfterValidator(_checked)] for n in (0, 1))
    assert found(old, new) == [("RANGE", "NARROWER"), ("DEFERRED", "SAME")]


def test_another_check_of_the_application_is_undecided() -> None:
    old, new = (Annotated[int, AfterValidator(check)] for check in (_checked, _checked_too))
    assert found(old, new) == [("DEFERRED", "UNDECIDED")]
    added = only(*compared(int, old))
    assert (added.forward, added.rollback) == (Inclusion.UNDECIDED, Inclusion.HOLDS)


def test_a_type_that_can_t_be_seen_through_is_undecided() -> None:
    opaque = Annotated[int, BeforeValidator(_checked)]
    assert ("DEFERRED", "UNDECIDED") in found(opaque, int)


# -- what is not shown ----------------------------------------------------------------------------


def test_members_of_a_hidden_variable_are_not_shown() -> None:
    def hidden(*members: str) -> Side:
        """Bake refuses members that are secret; a contract of another release may have them."""
        plain = side(Literal.__getitem__(members))
        return Side(plain.plan, {**plain.variable, "secret": True})

    difference = only(*differences(hidden("tea", "milk"), hidden("tea")))
    assert difference.refused_by_new == MASK
    assert "milk" not in repr(difference)


def test_a_default_in_the_code_is_in_nothing_that_is_said() -> None:
    old, new = (side(Annotated[SecretStr, Field(min_length=n)], default=SecretStr("hunter2-hunter2")) for n in (4, 8))
    assert "hunter2" not in repr(differences(old, new))


# -- variables within sections --------------------------------------------------------------------


class Pool(BaseModel):
    size: int = 1
    tags: list[str] = []


class NewPool(BaseModel):
    size: Annotated[int, Field(le=9)] = 1
    tags: list[str] = []


def sides(pool: type[BaseModel]) -> dict[str, Side]:
    base = type("Base", (BaseSettings,), {"model_config": SettingsConfigDict(env_nested_delimiter="__")})
    cls: type[BaseSettings] = create_model("Settings", __base__=base, pool=(pool, ...), other=(int, 1))
    contract = bake(cls, name="shop", version="1")
    plan = IndexedPlan(contract)
    return {each["name"]: Side(plan, each) for each in contract.variables}


def test_a_member_of_a_section_is_compared_by_itself_and_in_the_section_s_json() -> None:
    old, new = sides(Pool), sides(NewPool)
    assert old.keys() == new.keys()
    differing = {name: differences(old[name], new[name]) for name in old}
    member, section = only(*differing.pop("POOL__SIZE")), only(*differing.pop("POOL"))
    assert (member.aspect, member.refused_by_new) == (Aspect.RANGE, "10")
    assert (section.aspect, section.path) == (Aspect.RANGE, ("size",))
    assert set(differing.values()) == {()}
