"""A lower source never wins, in no spelling: two sources × how either writes one place × the shape of the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

import pytest

from confcontract.verdict.explain import rows
from tests.support.booting import PLAIN, Site
from tests.support.spellings import SHAPES, Shape
from tests.verdict.sources.written import LEVELS, Written, at, can_point

# Every pair of levels for every shape; of those with the most spellings only one, the others with pairs of each kind.
SOME = (("conf.d/10", "environment"), ("conf.d/30, NAME_FILE", "env file"), ("env file", "NAME_FILE"))
PRODUCT = [
    pytest.param(name, low, high, marks=[pytest.mark.slow] if (low, high) != SOME[0] else [])
    for name, shape in SHAPES.items()
    for low, high in combinations(LEVELS, 2)
    if name == "section" or len(shape.spellings) < 8 or (low, high) in SOME
]


@pytest.mark.parametrize(("shape", "low", "high"), PRODUCT)
def test_the_higher_source_wins_whatever_the_spelling(
    site: Callable[..., Site], shape: str, low: str, high: str
) -> None:
    described = SHAPES[shape]
    here = site(described.settings)
    written = Written(here)
    wrong: list[tuple[str, str, Any]] = []
    tried = 0
    pairs = list(product(described.spellings.items(), repeat=2))
    if shape != "section":  # each pair of spellings with every other pair of levels, and vice versa
        every_other = list(combinations(LEVELS, 2)).index((low, high)) % 2
        pairs = [pair for number, pair in enumerate(pairs) if number % 2 == every_other or len(pairs) < 10]
    for (low_name, spell_low), (high_name, spell_high) in pairs:
        names = [(low, *spell_low("low")), (high, *spell_high("high"))]
        if not all(can_point(here, name) for level, name, _ in names if level.endswith("NAME_FILE")):
            continue
        tried += 1
        written.clear()
        for level, name, value in names:
            written.put(level, name, value)
        both = f"{low_name} in {low}, {high_name} in {high}"
        wrong += [(both, what, found) for what, found in _wrong(written, described, names)]
    assert not wrong
    assert tried or "NAME_FILE" in low + high


@pytest.mark.parametrize(
    ("one", "other"), [("conf.d/10", "environment"), ("conf.d/10", "env file"), ("environment", "conf.d/10")]
)
@pytest.mark.parametrize("shape", [name for name, shape in SHAPES.items() if shape.besides])
def test_what_two_sources_say_of_two_places_is_put_together(
    site: Callable[..., Site], shape: str, one: str, other: str
) -> None:
    described = SHAPES[shape]
    here = site(described.settings)
    written = Written(here)
    for beside, (spelling, leaf) in product(described.besides, described.spellings.items()):
        written.clear()
        written.put(one, *beside("beside"))
        written.put(other, *leaf("leaf"))
        result = here.resolve(written.environ, written.files)
        assert result.ok, (beside("beside"), spelling)
        application = here.settings_in(result.environ)
        assert at(application, described.leaf) == "leaf", (beside("beside"), spelling)
        assert at(application, described.spare) == "beside", (beside("beside"), spelling)
        assert application == result.values or described.deferred, (beside("beside"), spelling)


def _wrong(written: Written, shape: Shape, names: list[tuple[str, str, str]]) -> Iterator[tuple[str, Any]]:
    """What is not as it should be: the verdict, what the application reads, what is handed over, what is explained."""
    (low, _, low_value), (high, _, _) = names
    result = written.site.resolve(written.environ, written.files)
    if not result.ok:
        yield "refused", result.problems
        return
    application = written.site.settings_in(result.environ)
    values = application if shape.deferred else result.values
    if at(values, shape.leaf) != "high":
        yield "the verdict", values
    if application != values:
        yield "the application", application
    left = {name: value for name, value in result.environ.items() if "low" in value and name not in PLAIN}
    if left:
        yield "left in the environment", left
    source = result.sources[shape.variable]
    if source.kind != _kind(high):
        yield "explained source", source
    twice = any(problem.code == "name-twice" for problem in result.problems)  # NAME and NAME_FILE in one environment
    if not source.overrides and not (twice and (low, high) == ("NAME_FILE", "environment")):
        yield "explained overrides", source
    row = next(row for row in rows(result) if row.name == shape.variable)
    if "low" in row.value:
        yield "explained value", row.value
    if shape.spare and "beside" in low_value and not twice and at(values, shape.spare) != "beside":
        yield "what only the lower source says", values


def _kind(level: str) -> str:
    if level.endswith("NAME_FILE"):
        return "secret-file"
    return {"conf.d": "conf-file", "env fi": "env-file", "enviro": "environment"}[level[:6]]
