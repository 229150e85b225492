"""Whatever name changes what `Settings()` reads is declared in the contract, and what is declared is read.

A name is read if some value under it gives another result than no such name, and than a name beside it that means
nothing: `SUB__NOPE=1` makes a section of what would have been its default, whatever NOPE is.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any
from unittest import mock

import pydantic
import pytest
from pydantic_core import ValidationError, to_jsonable_python

from confcontract import Contract
from confcontract.author.release_questions import heeds_configuration_of_models
from confcontract.verdict.sources.fields import gather
from confcontract.verdict.validator import partial_validator, prepare

from .boot import baked
from .drawing import for_each_case, wanted_pairs
from .oracle import Bag, project, same
from .shapes import Field
from .spec import Built, Environment, SettingsSpec

PARTS = 4
CLASSES = ceil(wanted_pairs() / 600)  # each part's: every name of a class costs as much as a pair or more
VALUES = ("1", '["7"]', '{"a": 1}', "true", '{"kind": "a"}')
NOTHING = "zq9"
KINDS = [{"kind": kind} for kind in ("a", "b", 1, 2)]  # of discriminated unions, as tests/fidelity/shapes.py draws them


def outcome(settings: type[Any], environ: Mapping[str, str]) -> Any:
    """The values, or what is wrong and where."""
    with mock.patch.object(os, "environ", dict(environ)), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return project(settings())
        except pydantic.ValidationError as error:
            return {"wrong": Bag(_error(each) for each in error.errors(include_url=False, include_context=False))}
        except Exception as error:
            return {"failed": f"{type(error).__name__} {error}"}


def _error(error: Any) -> str:
    unknown = error["type"] in ("extra_forbidden", "unexpected_keyword_argument")
    where = error["loc"][:-1] if unknown else error["loc"]
    return f"{'.'.join(map(str, where))} {error['type']}"


def is_read(settings: type[Any], base: Mapping[str, str], name: str, delimiter: str, values: Iterable[str]) -> bool:
    """Whether the class makes something of a name: not whether it fails by it."""
    beside = _beside(name, delimiter)
    without = outcome(settings, base)
    for value in values:
        found = outcome(settings, {**base, name: value})
        if same(without, found) or _more_wrong(without, found):
            continue
        if not same(outcome(settings, {**base, beside: value}), found):
            return True
    return False


def first_read(
    settings: type[Any], base: Mapping[str, str], names: Sequence[str], delimiter: str, values: Sequence[str]
) -> str | None:
    """Looked for by halves. What changes nothing together is not read: only what is read can hide what another does."""
    if len(names) == 1:
        return names[0] if is_read(settings, base, names[0], delimiter, values) else None
    without = outcome(settings, base)
    if all(same(without, outcome(settings, {**base, **dict.fromkeys(names, value)})) for value in values):
        return None
    middle = len(names) // 2
    halves = (names[:middle], names[middle:])
    return next(filter(None, (first_read(settings, base, half, delimiter, values) for half in halves)), None)


def _beside(name: str, delimiter: str) -> str:
    return name.rpartition(delimiter)[0] + delimiter + NOTHING if delimiter and delimiter in name[1:] else NOTHING


def _more_wrong(without: Any, found: Any) -> bool:
    """Whether all that was wrong still is, or nothing was."""
    if "failed" in found:
        return True
    return "wrong" in found and (set(without["wrong"]) <= set(found["wrong"]) if "wrong" in without else True)


def _segments(field: Field) -> list[str]:
    parts = [str(part) for key in field.keys for part in key]
    return list(dict.fromkeys([field.name, *parts, *field.strangers]))


def _ways(fields: Iterable[Field], depth: int) -> Iterator[list[str]]:
    for field in fields:
        for key in [*field.keys, *((one,) for one in _segments(field))]:
            way = [str(part) for part in key]
            yield way
            if depth:
                for below in (*_ways(field.shape.members(), depth - 1), ["0"], ["k"]):
                    yield [*way, *below]


def candidates(spec: SettingsSpec) -> list[str]:
    """Names that look as if they reached something."""
    found: dict[str, None] = {}
    for way in _ways(spec.fields, 2):
        for delimiter in dict.fromkeys((spec.delimiter or "__", "_")):
            name = delimiter.join(way)
            for prefix in dict.fromkeys(("", spec.prefix)):
                found[prefix + name] = None
                found[(prefix + name).upper()] = None
    return [name for name in found if name and "=" not in name]


class Known:
    """The names of a contract, as boot tells them apart."""

    def __init__(self, contract: Contract) -> None:
        self.sensitive = contract.compiled["settings"][0]["caseSensitive"]
        self.names = {self.normal(n) for v in contract.variables for n in (v["name"], *v.get("aliases", ()))}
        self.open = tuple(self.normal(head) for head in contract.compiled["open"])

    def normal(self, name: str) -> str:
        return name if self.sensitive else name.lower()

    def __contains__(self, name: str) -> bool:
        return self.normal(name) in self.names or self.normal(name).startswith(self.open)


def _forward(
    settings: type[Any], contract: Contract, spec: SettingsSpec, bases: list[dict[str, str]], values: list[str]
) -> str:
    known = Known(contract)
    heads = [known.normal(name) for variable in contract.variables for name in variable.get("within", ())]
    # below a container's name, names replace what is in it: AliasPath("doc", 0) is lost where DOC__0 is set
    bases = [base for base in bases if not any(known.normal(name) in heads for name in base)]
    unknown = [name for name in candidates(spec) if name not in known]
    for base in bases:
        names = [name for name in unknown if name not in base]
        if names and (name := first_read(settings, base, names, spec.delimiter, values)):
            return f"{name} is read beside {base}, and is not declared"
    return ""


def _wrapped(value: str, within: list[str | int]) -> str:
    for step in reversed(within):
        value = "[" + "0, " * step + value + "]" if isinstance(step, int) else f'{{"{step}": {value}}}'
    return value


def _backward(contract: Contract, spec: SettingsSpec, bases: list[dict[str, str]]) -> str:
    plan, validator = prepare(contract).plan, partial_validator(contract)

    def reading(environ: dict[str, str]) -> Any:
        state = gather(plan, environ).state
        try:
            return to_jsonable_python(validator.validate_python(state), fallback=repr)
        except ValidationError as error:
            return sorted(map(_error, error.errors(include_url=False, include_context=False)))

    for variable in contract.variables:
        path = tuple(variable["path"])
        if "enable_decoding=False" in spec.config and (*path[:-1], "kind") in {
            tuple(v["path"]) for v in contract.variables
        }:
            continue  # no text is the number that chooses among the members of a union
        names = [variable["name"], *variable.get("aliases", ())]
        outer = [other for other in contract.variables if path[: len(other["path"])] == tuple(other["path"])]
        around = [name for other in outer for name in (other["name"], *other.get("aliases", ()))]
        more = [{other: json.dumps(text)} for other in around for text in ({}, *KINDS)]
        more += [{o["name"]: str(c)} for o in contract.variables for c in o.get("constraints", {}).get("enum", ())]
        # a section that is not decoded is there once a part of it is given
        more += [
            {o["name"]: "1"} for o in contract.variables if tuple(o["path"][:-1]) == path[:-1] and o is not variable
        ]
        for name in names:
            within = variable.get("within", {}).get(name)
            values = VALUES if within is None else [_wrapped(value, within) for value in VALUES]
            # a field's own name may look like a part of what is called as it begins
            beside = _beside(name, spec.delimiter if len(path) > 1 else "")
            tries = [{k: v for k, v in base.items() if k.lower() != name.lower()} for base in [*bases, *more]]
            if not any(
                reading({**base, name: value}) not in (reading(base), reading({**base, beside: value}))
                for base in tries
                for value in values
            ):
                return f"{name} is declared for {path}, and is not read"
    return ""


def check(case: tuple[SettingsSpec, tuple[Environment, ...]]) -> None:
    spec, environments = case
    source = spec.source()
    if "ImportString" in source:
        return  # an object that equals nothing, not even itself
    if "validate_by_alias=False" in source and not heeds_configuration_of_models():
        return  # pydantic-settings before 2.16 reads the aliases all the same, and the class refuses what comes of them
    with Built(source) as settings:
        made = baked(settings)
        if made.contract is None:
            return
        bases = [{}, *(environment.mapping() for environment in environments[:2])]
        values = list(dict.fromkeys([*VALUES, *(v for base in bases for v in base.values())]))[:9]
        for wrong in (
            _forward(settings, made.contract, spec, bases, values),
            _backward(made.contract, spec, bases),
        ):
            if wrong:
                listed = {
                    v["name"]: [*v.get("aliases", ()), v.get("within"), v["path"]] for v in made.contract.variables
                }
                pytest.fail(f"{wrong}\n{listed}\nopen {made.contract.compiled['open']}\n\n{source}", pytrace=False)


@pytest.mark.parametrize("number", range(PARTS))
def test_a_name_is_read_if_it_is_declared_and_declared_if_it_is_read(number: int) -> None:
    for_each_case(check, CLASSES, number + 77_000, shrink=False)
