"""Up to six sources at once, each with any spelling of one of two places: each place has the value of the highest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.booting import Site
from tests.support.spellings import SHAPES, Shape, Spelling
from tests.verdict.sources.written import LEVELS, Written, at, can_point

_SLOW = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Site]:
    made: dict[str, Site] = {}

    def site(name: str) -> Site:
        if name not in made:
            made[name] = Site(tmp_path_factory.mktemp("site"), SHAPES[name].settings)
            made[name].conf_dir.mkdir()
        return made[name]

    return site


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@_SLOW
@given(data=st.data())
def test_each_place_has_the_value_of_the_highest_source(
    sites: Callable[[str], Site], shape: str, data: st.DataObject
) -> None:
    described, here = SHAPES[shape], sites(shape)
    written = Written(here)
    written.clear()
    expected: dict[tuple[str | int, ...], str] = {}
    for number, level in enumerate(LEVELS):
        drawn = data.draw(st.sampled_from(_choices(described)), label=level)
        if drawn is None:
            continue
        way, spelling = drawn
        name, value = spelling(f"value{number}")
        if level.endswith("NAME_FILE") and not can_point(here, name):
            continue
        written.put(level, name, value)
        expected[way] = f"value{number}"
        if way == described.leaf and described.spare and "beside" in value:
            expected[described.spare] = "beside"
    result = here.resolve(written.environ, written.files)
    assert result.ok, result.problems
    application = here.settings_in(result.environ)
    assert application == result.values or described.deferred
    if any(problem.code == "name-twice" for problem in result.problems):
        return  # NAME and NAME_FILE in one environment: the file is not read
    assert {way: at(application, way) for way in expected} == expected


def _choices(shape: Shape) -> list[tuple[tuple[str | int, ...], Spelling] | None]:
    leaves: list[Any] = [(shape.leaf, spelling) for spelling in shape.spellings.values()]
    return [None, *leaves, *((shape.spare, spelling) for spelling in shape.besides)]


def test_all_levels_at_once(sites: Callable[[str], Site], tmp_path: Path) -> None:
    """What a higher source outranks comes back where that one is outranked itself."""
    here = sites("section")
    written = Written(here)
    written.clear()
    written.put("conf.d/20", "S_OUTER", '{"db": {"uri": "low", "spare": "low"}}')
    written.put("env file", "S_OUTER", '{"db": {"spare": "middle"}}')
    written.put("environment", "S_OUTER__DB", '{"spare": "high"}')
    result = here.resolve(written.environ, written.files)
    assert result.values == {"outer": {"db": {"url": "low", "spare": "high"}}}


def test_a_renamed_section_is_not_given_up_for_a_lower_one(sites: Callable[[str], Site]) -> None:
    """The middle source calls the section otherwise than the highest, and so does the lowest."""
    here = sites("section of two names")
    written = Written(here)
    written.clear()
    written.put("env file", "S_OUTER__DATABASE", '{"url": "low", "spare": "low"}')
    written.put("NAME_FILE", "S_OUTER__DATABASE", '{"url": "middle", "spare": "middle"}')
    written.put("environment", "S_OUTER__DB__URL", "high")
    result = here.resolve(written.environ, written.files)
    assert here.settings_in(result.environ) == result.values == {"outer": {"db": {"url": "high", "spare": "middle"}}}
