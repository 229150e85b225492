"""The generator and the oracle alone: every shape occurs, classes build, verdicts are mixed."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest

from .drawing import for_each_case
from .oracle import settings_verdict
from .scalars import FAMILIES
from .spec import Built, NoProgram, SettingsSpec
from .strategies import FEATURES

SHAPES = {
    "list",
    "tuple-any",
    "deque",
    "bare",
    "set",
    "frozenset",
    "dict",
    "tuple",
    "optional",
    "union",
    "union-complex",
    "union-left-to-right",
    "rootmodel",
    "alias-type",
    "secret-of",
    "validator",
    "nodecode",
    "recursive",
    "namedtuple",
    "separated",
    "model",
    "model-inherited",
    "generic",
    "pydantic-dataclass",
    "stdlib-dataclass",
    "typeddict",
    "discriminated",
    "settings",
}
ALIASES = {
    "alias-none",
    "alias-alias",
    "alias-validation",
    "alias-choices",
    "alias-path",
    "alias-choices-path",
    "alias-serialization",
}
CONFIG = {
    "config:" + keyword.split("=")[0] for feature in FEATURES for keyword in feature.split(", ") if "=" in keyword
}
CONFIG |= {"config:env_prefix", "config:env_nested_delimiter"}


@cache
def _drawn() -> tuple[Counter[str], Counter[str], list[str]]:
    tags: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    broken: list[str] = []

    def check(case: tuple[SettingsSpec, Any]) -> None:
        spec, environments = case
        tags.update(spec.tags())
        try:
            with Built(spec.source()) as settings:
                for environment in environments[:4]:
                    verdicts["accepted" if settings_verdict(settings, environment).accepted else "rejected"] += 1
        except NoProgram:
            verdicts["never start"] += 1
        except Exception as error:  # the class itself can't be made
            broken.append(f"{error}\n{spec.source()}")

    for_each_case(check, 200, 1, shrink=False)
    return tags, verdicts, broken


def test_every_class_that_is_drawn_can_be_made() -> None:
    assert _drawn()[2] == []


def test_between_a_third_and_two_thirds_of_the_environments_are_accepted() -> None:
    verdicts = _drawn()[1]
    assert 1 / 3 < verdicts["accepted"] / (verdicts["accepted"] + verdicts["rejected"]) < 2 / 3
    assert verdicts["never start"] < 10


@pytest.mark.parametrize(
    "tag",
    sorted(
        SHAPES
        | ALIASES
        | CONFIG
        | FAMILIES.keys()
        | {"default-factory", "hook:sources", "inherited", "generic-settings"}
    ),
)
def test_the_shape_is_drawn(tag: str) -> None:
    assert _drawn()[0][tag] > 0


def test_one_seed_draws_one_sequence() -> None:
    runs: list[list[str]] = []

    def keep(case: tuple[SettingsSpec, Any]) -> None:
        runs[-1].append(case[0].source())

    for _ in range(2):
        runs.append([])
        for_each_case(keep, 10, 7, shrink=False)
    assert runs[0] == runs[1]
