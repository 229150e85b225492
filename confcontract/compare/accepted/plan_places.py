"""Places in a plan: a schema, together with the values that boot restores in it."""

from __future__ import annotations

from confcontract.compare.accepted.put_back import below
from confcontract.compare.accepted.shape import CONFIG_OF_VALUES
from confcontract.verdict.validator import AROUND_SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.compare.accepted.put_back import PutBack
    from confcontract.compare.accepted.side import IndexedPlan

    Place = tuple[Any, PutBack | None]


def root_of(plan: IndexedPlan) -> Place:
    return plan.compiled["validator"], below(plan.put_back, "validator")


def definition_of(plan: IndexedPlan, ref: str) -> Place:
    (*_, number), definition = plan.definitions[ref]
    return definition, below(plan.put_back, "validator", "definitions", number)


def section_of(plan: IndexedPlan, place: Place) -> Place | None:
    """The section inside a schema, without the schemas around it."""
    node, put = place
    for _ in range(30):
        if node["type"] == "typed-dict":
            return node, put
        if node["type"] == "definition-ref":
            node, put = definition_of(plan, node["schema_ref"])
        elif node["type"] in AROUND_SECTIONS:
            node, put = node["schema"], below(put, "schema")
        else:
            return None
    return None


def member_of(plan: IndexedPlan, section: Place, name: str) -> Place:
    field = section[0]["fields"][name]
    if isinstance(field, int):
        return plan.compiled["shared"][field], below(plan.put_back, "shared", field)
    return field, below(section[1], "fields", name)


def schema_of(field: Place) -> Place:
    return field[0]["schema"], below(field[1], "schema")


def without_names(field: Place) -> Place:
    """A field without the names under which it is found, because other rules report these."""
    return {key: value for key, value in field[0].items() if key != "validation_alias"}, field[1]


def around(node: Any) -> list[str]:
    """The types of the schemas around a section, except defaults."""
    found = []
    while node["type"] in AROUND_SECTIONS:
        if node["type"] not in ("default", "definitions"):
            found.append(node["type"])
        node = node["schema"]
    return found


def same_around(ours: Place, theirs: Place) -> tuple[Place, Place] | None:
    """Two sections that a quick look finds equal except for their members; with everything around them."""
    (a, at_a), (b, at_b) = ours, theirs
    while (
        a["type"] == b["type"]
        and a["type"] in AROUND_SECTIONS
        and _only_has(at_a, "schema")
        and _only_has(at_b, "schema")
    ):
        if a.keys() != b.keys() or any(value != b[key] for key, value in a.items() if key not in ("schema", "default")):
            return None
        if a.get("on_error") == "default" and a.get("default") != b.get("default"):
            return None
        a, at_a, b, at_b = a["schema"], below(at_a, "schema"), b["schema"], below(at_b, "schema")
    same = (
        a["type"] == b["type"] == "typed-dict"
        and a.keys() == b.keys()
        and all(value == b[key] for key, value in a.items() if key != "fields")
        and _only_has(at_a, "fields")
        and _only_has(at_b, "fields")
    )
    return ((a, at_a), (b, at_b)) if same else None


def _only_has(put: PutBack | None, key: str) -> bool:
    """Whether boot restores nothing in a node itself, and below it only at this key."""
    return put is None or put.keys() <= {key}


def functions(wrappers: Sequence[str]) -> list[str]:
    return [each for each in wrappers if each != "nullable"]


def unlike_policies(section: Mapping[str, Any], other: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """The names of the options, besides the members, that differ between two sections at a path."""
    ours, theirs = (_flat(policy_of(each, path)) for each in (section, other))
    return sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))


def _flat(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {**policy["config"], **{key: value for key, value in policy.items() if key != "config"}}


def limits_in_config(section: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a section's configuration that applies to the values of its members."""
    return {key: value for key, value in (section.get("config") or {}).items() if key in CONFIG_OF_VALUES}


_BY_NAME = ("validate_by_name", "validate_by_alias", "populate_by_name")


def policy_of(section: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The relevant options of a section, besides its members: whether it refuses unknown members (keeping them is
    irrelevant), and the names under which members with other names are found. For variables at the top, the contract
    lists the names. Limits on the values of members are reported for the members.
    """
    kept = {key: value for key, value in section.items() if key not in ("fields", "ref", "definitions")}
    config = {key: value for key, value in (kept.pop("config", None) or {}).items() if key not in CONFIG_OF_VALUES}
    extra = (kept.pop("extra_behavior", None), config.pop("extra_fields_behavior", None))
    aliased = any(isinstance(each, int) or "validation_alias" in each for each in section["fields"].values())
    if not path or not aliased:
        config = {key: value for key, value in config.items() if key not in _BY_NAME}
    return {**kept, "config": config, "forbids": "forbid" in extra}
