"""Make the plan that boot reads at every start smaller: the same verdicts from fewer bytes and fewer objects.

Lowering and names describe each field independently. Here, values that boot assumes by default are removed, repeated
parts are written once, and facts that boot would have to look up elsewhere in the contract are added to the plan.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Pointer = tuple[str | int, ...]

# The keys under which a core schema holds other schemas. Everything else is data, which may look like a schema.
_HOLDERS = (
    "schema",
    "fields",
    "items_schema",
    "keys_schema",
    "values_schema",
    "choices",
    "steps",
    "lax_schema",
    "strict_schema",
    "json_schema",
    "python_schema",
    "extras_schema",
    "extras_keys_schema",
    "definitions",
)
# The members of a variable that boot needs even if everything is valid.
_NOTABLE = (
    *("name", "path", "required", "secret", "vault", "vaultFallback", "vaultOptional", "binding"),
    *("deprecated", "defaultInCode"),
)
# Types that return the text unchanged. Unions are excluded: there the exactness of a member's match counts.
_HANDS_ON = ("typed-dict", "default", "nullable", "list", "dict")
# Boot puts this value where text would be; no text equals it. See verdict/validator.py.
_NO_TEXT = ("enumMember", "enumMembers", "instanceOf")


def compact(compiled: Mapping[str, Any], variables: Sequence[Mapping[str, Any]]) -> Json:
    """Make a smaller plan that gives the same verdicts. `compiled`: a complete plan; compacting the result again
    changes nothing.
    """
    plan: Json = copy.deepcopy(dict(compiled))
    plan["names"] = [names_of(variable) for variable in variables]
    plan["notable"] = [
        {key: variable[key] for key in _NOTABLE if key in variable and (key != "defaultInCode" or _warns(variable))}
        for variable in variables
        if "vault" in variable
        or "binding" in variable
        or "deprecated" in variable
        or (variable["secret"] and variable["required"])
        or _warns(variable)
    ]
    tabulate(plan)
    _enums_to_literals(plan)
    for schema in (plan["validator"], *plan["coercers"], *plan["instances"]):
        _say_less(schema, False)
    _share_coercers(plan)
    _share_nodes(plan)
    for table in _lookups(plan):
        table["fields"] = [_field(field, table, plan["nodes"]) for field in table["fields"]]
    _share_fields(plan)
    return plan


def _lookups(plan: Json) -> list[Json]:
    """The tables of names: those of each settings class, and those of its sources that look names up differently."""
    more = [
        source["reader"] for program in plan["settings"] for source in program.get("sources", ()) if "reader" in source
    ]
    return [*plan["settings"], *more]


def _warns(variable: Mapping[str, Any]) -> bool:
    """Whether boot reports a variable that is left at its default. It does not if only the name suggests a secret."""
    return "defaultInCode" in variable and variable.get("masked") != "name"


def names_of(variable: Mapping[str, Any]) -> str | list[str]:
    """The canonical name; a list that begins with it if there are aliases."""
    aliases = variable.get("aliases")
    return [variable["name"], *aliases] if aliases else str(variable["name"])


def _children(schema: Json) -> Iterator[tuple[Pointer, Json]]:
    """The direct child schemas of a schema, each with its pointer."""
    for key in _HOLDERS:
        held = schema.get(key)
        if key == "fields" and isinstance(held, dict):
            yield from (((key, name, "schema"), field["schema"]) for name, field in held.items() if _is_written(field))
        elif isinstance(held, dict):
            yield (key,), held
        elif isinstance(held, list):
            for index, item in enumerate(held):
                if isinstance(item, list):  # with a label or a tag
                    yield from (((key, index, at), part) for at, part in enumerate(item) if isinstance(part, dict))
                elif key == "fields":
                    yield (key, index, "schema"), item["schema"]
                else:
                    yield (key, index), item


def _is_written(field: Any) -> bool:
    """Whether the field itself is here, not the index of a shared one."""
    return isinstance(field, dict)


# -- enums of text --------------------------------------------------------------------------------


def _enums_to_literals(plan: Json) -> None:
    """Replace an enum of plain texts by a literal: it accepts and returns the same, and boot need not make a class for
    it.

    Only where the input is always text: strict mode, and names that stand for members, need the class.
    """
    if plan["coercers"] or any(entry[1] in _NO_TEXT for entry in plan["hydrate"]):
        return
    enums = {tuple(entry[0][:-1]): entry for entry in plan["hydrate"] if entry[1] == "enum"}
    done = []
    for pointer, schema in _taking_text(plan["validator"], ("validator",)):
        entry = enums.get(pointer)
        if entry is None or schema.get("strict") or entry[2]["mixin"] not in ("", "str") or "further" in entry[2]:
            continue
        texts = [value for _, value in entry[2]["members"]]
        if texts and all(isinstance(text, str) for text in texts):
            schema.clear()
            schema.update(type="literal", expected=list(dict.fromkeys(texts)))  # an alias is not another member
            done.append(entry)
    plan["hydrate"] = [entry for entry in plan["hydrate"] if not any(entry is other for other in done)]


def _taking_text(schema: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    """The schemas that receive the text unchanged, and that need not be distinguished from others."""
    if schema["type"] == "definitions":  # not the definitions themselves: a union may refer to them
        yield from _taking_text(schema["schema"], (*pointer, "schema"))
        return
    yield pointer, schema
    strict = schema.get("strict") or schema.get("config", {}).get("strict")
    if schema["type"] in _HANDS_ON and not strict:
        for where, child in _children(schema):
            yield from _taking_text(child, (*pointer, *where))


# -- flags equal to their defaults ----------------------------------------------------------------


def _say_less(schema: Json, validates: bool) -> None:
    """Keep only the flags that differ from what boot assumes: which defaults are validated, which fields are required.
    `validates`: the setting of the schema around it.
    """
    if "config" in schema:
        validates = schema["config"].pop("validate_default", False)
    if schema["type"] == "default" and schema.pop("validate_default", validates):
        schema["validate_default"] = True
    if schema["type"] == "typed-dict":
        total = schema.pop("total", True)
        schema["total"] = False
        for field in filter(_is_written, schema["fields"].values()):
            field.pop("type", None)
            if field.pop("required", total):
                field["required"] = True
    for _, child in _children(schema):
        _say_less(child, validates)


def _field(field: str | Mapping[str, Any], program: Json, nodes: Sequence[Json]) -> str | Json:
    """The description of a field; only its name, if it has no other names and its text is not converted."""
    if isinstance(field, str):
        return field
    name = field["name"]
    said = {key: value for key, value in field.items() if value is not False and (key, value) != ("aliases", [name])}
    plain = {"name": name, "names": [[name, head_of(program) + name, False]], "node": said["node"]}
    return name if said == plain and not nodes[said["node"]] else said


def head_of(program: Mapping[str, Any]) -> str:
    """The prefix in the form used for lookup."""
    return str(program["prefix"] if program["caseSensitive"] else program["prefix"].lower())


# -- names to nodes, as boot looks them up --------------------------------------------------------


def tabulate(plan: Json) -> None:
    """Make tables of the steps from node to node. If a name occurs in several steps, the first one wins."""
    heads = list(map(head_of, _lookups(plan)))
    for node in plan["nodes"]:
        if not isinstance(node.get("next"), list):
            continue
        table: dict[str, int] = {}
        for names, index in node.pop("next"):
            if names is None:
                node["other"] = index
                break
            for name in names:
                table.setdefault(name, index)
        for head in filter(None, heads):
            rest = {name: index for name, index in table.items() if not _has_twin(name, head, table)}
            if 2 * len(rest) == len(table) and all(table.get(head + name) == index for name, index in rest.items()):
                node["head"], table = head, rest
                break
        if table:
            node["next"] = table
        if node.get("renames") == {name: [name, index] for name, index in table.items()}:
            node["renames"] = True


def _has_twin(name: str, head: str, table: Mapping[str, int]) -> bool:
    """Whether the table has the same entry without the head."""
    return name.startswith(head) and table.get(name.removeprefix(head)) == table[name]


# -- parts that occur many times -------------------------------------------------------------------


def _share_nodes(plan: Json) -> None:
    plan["nodes"] = [{key: value for key, value in node.items() if value is not False} for node in plan["nodes"]]
    while True:  # nodes that lead to equal nodes are equal once those are merged
        to = _merge(plan, "nodes")
        if to is None:
            return
        for node in plan["nodes"]:
            if "next" in node:
                node["next"] = {name: to[index] for name, index in node["next"].items()}
            if "other" in node:
                node["other"] = to[node["other"]]
            if isinstance(node.get("renames"), dict):
                node["renames"] = {name: [key, to[index]] for name, (key, index) in node["renames"].items()}
        for table in _lookups(plan):
            for field in table["fields"]:
                if isinstance(field, dict):
                    field["node"] = to[field["node"]]


def _share_coercers(plan: Json) -> None:
    to = _merge(plan, "coercers")
    if to is None:
        return
    for node in plan["nodes"]:
        if "coerce" in node:
            node["coerce"] = to[node["coerce"]]


def _merge(plan: Json, member: str) -> list[int] | None:
    """Keep the first of equal items of a list, with what boot restores in it; old index → new. None if all differ."""
    notes: dict[int, list[Any]] = {}
    for pointer, *rest in plan["hydrate"]:
        if pointer[0] == member:
            notes.setdefault(pointer[1], []).append([pointer[2:], *rest])
    kept: dict[str, int] = {}
    first: dict[int, int] = {}  # old index of an item that is kept → new
    to = []
    for index, item in enumerate(plan[member]):
        key = json.dumps([item, notes.get(index)], sort_keys=True)
        if key not in kept:
            first[index] = kept[key] = len(kept)
        to.append(kept[key])
    if len(kept) == len(to):
        return None
    plan[member] = [plan[member][index] for index in first]
    plan["hydrate"] = [
        [[member, first[entry[0][1]], *entry[0][2:]], *entry[1:]] if entry[0][0] == member else entry
        for entry in plan["hydrate"]
        if entry[0][0] != member or entry[0][1] in first
    ]
    return to


def _share_fields(plan: Json) -> None:
    """Put equal fields of the validator into "shared", and their index into the sections.

    A large class has few kinds of fields. Fields in which boot restores something stay as they are. So do sections,
    whose own fields are shared.
    """
    sections = list(_typed_dicts(plan["validator"], ("validator",)))
    entered = _prefixes([*(pointer for pointer, _ in sections), *(tuple(entry[0]) for entry in plan["hydrate"])])
    found: dict[str, list[tuple[Json, str]]] = {}
    for pointer, section in sections:
        for name, field in section["fields"].items():
            if _is_written(field) and (*pointer, "fields", name) not in entered:
                found.setdefault(json.dumps(field, sort_keys=True), []).append((section["fields"], name))
    shared = plan.setdefault("shared", [])
    for places in found.values():
        if len(places) > 1:
            fields, name = places[0]
            shared.append(fields[name])
            for fields, name in places:
                fields[name] = len(shared) - 1
    listed = {tuple(entry[0]) for entry in plan["hydrate"] if entry[1] == "shared"}
    sharing = [
        (*pointer, "fields")
        for pointer, section in sections
        if not all(_is_written(field) for field in section["fields"].values())
    ]
    # first of all, and outer ones first: values that boot restores inside fields come on top of them
    plan["hydrate"] = [[list(place), "shared"] for place in sharing if place not in listed] + plan["hydrate"]


def _typed_dicts(schema: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    if schema["type"] == "typed-dict":
        yield pointer, schema
    for where, child in _children(schema):
        yield from _typed_dicts(child, (*pointer, *where))


def _prefixes(pointers: Sequence[Pointer]) -> set[Pointer]:
    return {pointer[:length] for pointer in pointers for length in range(len(pointer) + 1)}
