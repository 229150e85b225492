"""Of several sources the highest that gives a place wins, whatever the names: classes and sources drawn at random.

What each source says is what `Settings()` reads where it is the only one. Laid over one another, place by place, they
must be what `Settings()` reads in the environment that boot hands over.
`LAYERED_CASES=20000 LAYERED_SEED=7 pytest tests/fidelity/test_layers.py` for a long run.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic
import pytest
from hypothesis import HealthCheck, Phase, Verbosity, assume, given, seed, settings
from pydantic_settings import InitSettingsSource
from pydantic_settings.exceptions import SettingsError

from confcontract import resolve
from confcontract.contract.declared import Declared
from tests.support.own_order import Given, OwnOrder, Sources

from .boot import baked
from .drawing import fresh_classes
from .layers import LEVELS, Layered, layered
from .oracle import surroundings
from .spec import Built, Environment, NoProgram

CASES = int(os.environ.get("LAYERED_CASES", "150"))
PARTS = 2
SEED = int(os.environ.get("LAYERED_SEED", "20261129"))

Place = tuple[str, ...]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_highest_source_that_gives_a_place_wins(part: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    compared = 0

    @seed(SEED + part)
    @settings(
        max_examples=CASES // PARTS,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @given(case=layered())
    def run(case: Layered) -> None:
        nonlocal compared
        try:
            with Built(case.model.source()) as made:
                message = wrong(made, case, tmp_path_factory.mktemp("layers"))
        except NoProgram:
            return
        compared += 1
        if message:
            pytest.fail(f"{case!r}\n{message}", pytrace=False)

    with fresh_classes():
        run()
    assert compared > CASES // PARTS // 3


def wrong(made: type[Any], case: Layered, folder: Path) -> str:
    """What is not as it should be; empty where all is well."""
    alone = {level: (in_file if level == "config file" else read)(made, dict(names)) for level, names in case.levels}
    expected: dict[Place, Any] = {}
    for level in LEVELS:
        found = alone.get(level, {})
        assume(found is not None)  # what the application refuses
        for place, value in (found or {}).items():
            expected = {other: below for other, below in expected.items() if not _clash(other, place)}
            expected[place] = value
    contract = baked(made).contract
    assume(contract is not None)
    assert contract is not None
    result = resolve(contract, **_written(case, Declared(contract), folder))
    application = read(made, result.environ)
    if result.ok and application is not None and not _lost(expected, application, alone, case.model.source()):
        return ""
    return f"expected {expected}\nread     {application}\nhanded over {result.environ}\n{result.problems}"


def _written(case: Layered, declared: Declared, folder: Path) -> dict[str, Any]:
    """The sources, as what `resolve` is called with."""
    given: dict[str, Any] = {"environ": {}, "env_files": [], "conf_files": [], "conf_dir": None}
    levels = dict(case.levels)
    # NAME and NAME_FILE in one environment are told, and have rules of their own
    by_file = [declared.identity(name) for name, _ in levels.get("NAME_FILE", ())]
    by_name = {declared.identity(name) for name, _ in levels.get("environment", ())}
    assume(len(set(by_file)) == len(by_file) and by_name.isdisjoint(by_file))
    for level, names in levels.items():
        text = "".join(f"{name}='{value}'\n" for name, value in names)
        if level == "NAME_FILE":
            assume(all(declared.knows(name) for name, _ in names))
            for number, (name, value) in enumerate(names):
                (folder / f"secret{number}").write_text(value)
                given["environ"][f"{name}_FILE"] = str(folder / f"secret{number}")
        elif level == "environment":
            given["environ"] |= names
        elif level == "config file":
            given["conf_files"] = [folder / pick_ending(names)]
            given["conf_files"][0].write_text(json.dumps(tree_of(dict(names))))
        elif level == "env file":
            (folder / "given.env").write_text(text)
            given["env_files"] = [folder / "given.env"]
        else:
            (folder / "conf.d").mkdir()
            (folder / "conf.d" / "10.env").write_text(text)
            given["conf_dir"] = str(folder / "conf.d")
    return given


def tree_of(names: dict[str, str]) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in names.items()}


def pick_ending(names: tuple[tuple[str, str], ...]) -> str:
    """JSON is YAML as well; tests/verdict/sources/documents has other YAML, and TOML."""
    return f"given.{('json', 'yaml')[len(names) % 2]}"


def in_file(made: type[Any], names: dict[str, str]) -> dict[Place, Any] | None:
    """What the application reads where a file of these keys is its only source; None where it refuses it."""

    class OfFile(OwnOrder, made):  # type: ignore[misc]
        @classmethod
        def in_order(cls, given: Given) -> Sources:
            return (InitSettingsSource(cls, tree_of(names)),)

    return read(OfFile, {})


def read(made: type[Any], environ: dict[str, str]) -> dict[Place, Any] | None:
    """What the application reads in an environment; None where it refuses it."""
    with surroundings(Environment(tuple(environ.items())), variables=True):
        try:
            return dict(leaves(made()))
        except (pydantic.ValidationError, SettingsError):
            return None


def leaves(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Where the values that a source gave have come to; the defaults of the class are "-"."""
    if isinstance(value, pydantic.BaseModel):
        for name in type(value).model_fields:
            yield from leaves(getattr(value, name), (*at, name))
        for name, extra in (value.model_extra or {}).items():
            if name.lower() not in _called(type(value)):  # nobody means it, and it can't be told from the field
                yield from leaves(extra, (*at, f"{name}, an extra"))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*at, f"[{name}]"))
    elif value not in ("-", None, []):
        yield at, value


def _called(model: type[pydantic.BaseModel]) -> set[str]:
    """The names of the fields of a model, in small letters."""
    called = {name.lower() for name in model.model_fields}
    for field in model.model_fields.values():
        alias = field.validation_alias
        for each in alias.choices if isinstance(alias, pydantic.AliasChoices) else [alias]:
            called.add(str(each.path[0] if isinstance(each, pydantic.AliasPath) else each).lower())
    return called


def _lost(expected: dict[Place, Any], application: dict[Place, Any], alone: dict[str, Any], source: str) -> bool:
    """Whether a place has not the value that it should have, nor one of a still higher source: beside the names of
    another source a name may give what it does not give alone. A list that several fields read is one value."""
    lists = re.search(r"AliasPath\('\w+', \d", source) is not None
    for place, value in expected.items():
        level = _level(place, value, alone)
        found = [_level(at, other, alone) for at, other in application.items() if _clash(at, place)]
        if application.get(place) == value or any(other > level for other in found):
            continue
        highest = max(_level(at, other, alone) for at, other in expected.items() if at[0] == place[0])
        if found or not lists or level == highest:
            return True
    return False


def _level(place: Place, value: Any, alone: dict[str, Any]) -> int:
    """The source of a value: texts and lists of texts say it, but for the JSON of a section in which nothing is
    given, but must be text. That is of the highest source that gives it here; -1 where none does."""
    number = re.search(r"(\d)\.\d", str(value))  # a text may be JSON that is not read as such
    if number is not None:
        return int(number[1])
    giving = [LEVELS.index(level) for level, found in alone.items() if (found or {}).get(place) == value]
    return max(giving, default=-1)


def _clash(one: Place, other: Place) -> bool:
    """Whether one is within the other: a text or a list in the place of a section."""
    short = min(len(one), len(other))
    return one[:short] == other[:short]
