"""Names that an application accepts none of, and parts of mappings: told by the name that was written, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract import Contract, bake, resolve
from confcontract.report.problem import Problem
from tests.support.modules import module

SETTINGS = """
class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9

class Dog(BaseModel):
    kind: Literal["dog"]
    name: str = ""

class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    host: str = "h"

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__", env_file="own.env", extra="forbid")
    inner: Inner = Inner()
    pets: dict[str, Annotated[Union[Cat, Dog], Field(discriminator="kind")]] = {}
    port: int = 1

class Matching(Settings):
    model_config = SettingsConfigDict(dotenv_filtering="match_prefix")
"""


@pytest.fixture(scope="module", params=["Settings", "Matching"])
def contract(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contract]:
    with module(SETTINGS, tmp_path_factory.mktemp("made")) as made:
        yield bake(getattr(made, request.param), name="app")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def the_problem(contract: Contract, **environ: str) -> Problem:
    (problem,) = resolve(contract, environ=environ).problems
    return problem


def test_an_unknown_name_in_the_applications_env_file_is_told_with_its_place(
    contract: Contract, elsewhere: Path
) -> None:
    (elsewhere / "own.env").write_text("APP_PORTT=2\n", encoding="utf-8")
    problem = the_problem(contract)
    assert (problem.code, problem.variable, problem.severity) == ("name-unknown", "APP_PORTT", "error")
    assert problem.source == "the application's env file own.env, line 1"
    assert problem.hint == "did you mean APP_PORT?"


def test_the_environment_is_not_blamed_for_what_the_file_says(contract: Contract, elsewhere: Path) -> None:
    (elsewhere / "own.env").write_text("APP_ODD=2\n", encoding="utf-8")
    problems = resolve(contract, environ={"APP_ODD": "1"}).problems
    assert [problem.source for problem in problems] == ["the application's env file own.env, line 1"]


def test_an_unknown_part_of_a_section_is_one_error_and_no_warning(contract: Contract, elsewhere: Path) -> None:
    problem = the_problem(contract, APP_INNER__HOSTT="x")
    assert (problem.variable, problem.source) == ("APP_INNER__HOSTT", "environment")
    assert problem.hint == "did you mean APP_INNER__HOST?"


def test_an_unknown_part_within_json_is_told_by_the_variable(contract: Contract, elsewhere: Path) -> None:
    problem = the_problem(contract, APP_INNER='{"hostt": "x"}')
    assert (problem.variable, problem.source) == ("APP_INNER", "environment")
    assert "'hostt' is not a setting" in problem.message


def test_a_part_of_a_mapping_is_to_be_corrected_and_not_removed(contract: Contract, elsewhere: Path) -> None:
    problem = the_problem(contract, APP_PETS__REX__KIND="cow")
    assert "does not match any of the expected tags: 'cat', 'dog'; got 'cow'" in problem.message
    assert problem.hint == "correct APP_PETS__REX__KIND, which is a part of APP_PETS (mapping to section)"
    problem = the_problem(contract, APP_PETS__TOM__KIND="cat", APP_PETS__TOM__LIVES="nine")
    assert problem.source == "environment, as APP_PETS__TOM__LIVES"
    assert problem.hint == "correct APP_PETS__TOM__LIVES, which is a part of APP_PETS (mapping to section)"
