"""What an export gives a container is what the values were: the same settings, whatever stands in them.

Generated contracts and values, written, read back as Kubernetes reads them, and resolved as boot does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import OnChange, Role, Separated, bake, declare, resolve
from confcontract.contract.artifact import Contract
from confcontract.platforms.kubernetes.expansion import literal
from tests.platforms.kubernetes.exported import exported
from tests.platforms.kubernetes.read_back import Container, container_of, expanded, objects_of, one
from tests.platforms.yaml_cases import NASTY

TYPES: dict[str, tuple[Any, st.SearchStrategy[str]]] = {
    "text": (str, NASTY),
    "number": (int, st.integers(-(2**63), 2**63).map(str)),
    "flag": (bool, st.sampled_from(["yes", "no", "on", "off", "true", "0", "Y"])),
    "mapping": (dict[str, str], st.dictionaries(NASTY, NASTY, max_size=2).map(json.dumps)),
    "list": (Annotated[list[str], Separated(",")], st.lists(NASTY, max_size=2).map(json.dumps)),
    "secret": (SecretStr, NASTY.filter(lambda text: not text.endswith("\n"))),  # of files, boot takes one off
}
CHANGES = [None, "ignore", "files", "SIGHUP"]
NAMES = ["a", "b_file", "on", "null", "x_1", "_y", "A-b", "c.d", "ä"]


@cache
def contract_of(fields: tuple[tuple[str, str, str | None], ...], prefix: str) -> Contract:
    """fields: (name of the variable, type, OnChange)."""
    made: dict[str, Any] = {}
    for number, (name, kind, change) in enumerate(fields):
        type_ = Annotated[TYPES[kind][0], OnChange(change)] if change else TYPES[kind][0]
        made[f"f{number}"] = (type_ | None, Field(None, validation_alias=f"{prefix}{name}"))
    config = SettingsConfigDict(extra="ignore", case_sensitive=True)
    base = type("Base", (BaseSettings,), {"model_config": config})
    model: type[BaseSettings] = create_model("Generated", __base__=base, **made)
    return bake(declare(model, name="made", version="1", roles={"web": Role(command=["run", "$(a)", "$$(b)"])}))


@st.composite
def contracts(draw: st.DrawFn) -> tuple[Contract, dict[str, str], dict[str, str]]:
    """A contract, values that are not secrets, and values that are."""
    shape = draw(st.sampled_from(SHAPES))
    prefix = draw(st.sampled_from(["", "APP_"]))
    plain: dict[str, str] = {}
    hidden: dict[str, str] = {}
    for name, kind, _ in shape:
        if draw(st.booleans()):
            (hidden if kind == "secret" else plain)[f"{prefix}{name}"] = draw(TYPES[kind][1])
    return contract_of(shape, prefix), plain, hidden


def _shapes() -> list[tuple[tuple[str, str, str | None], ...]]:
    kinds = list(TYPES)
    return [
        tuple(
            (name, kinds[(number + at) % len(kinds)], CHANGES[(number * 3 + at) % len(CHANGES)])
            for at, name in enumerate(NAMES[number % 4 : number % 4 + 5])
        )
        for number in range(12)
    ]


SHAPES = _shapes()


def _resolved(contract: Contract, read: Container) -> tuple[Any, dict[str, str]]:
    """As boot does in the container: with its files."""
    with TemporaryDirectory() as folder:
        environ = dict(read.environment)
        for name, value in read.environment.items():
            if value in read.files:
                environ[name] = str(Path(folder, value.rpartition("/")[2]))
                Path(environ[name]).write_bytes(read.files[value].encode())
        made = resolve(contract, environ=environ)
        return made.document, made.environ


@settings(max_examples=250)
@given(contracts())
def test_a_container_finds_the_settings_that_were_given(case: tuple[Contract, dict[str, str], dict[str, str]]) -> None:
    contract, plain, hidden = case
    wanted = resolve(contract, environ={**plain, **hidden})
    if not wanted.ok:
        return
    made = exported({**plain, **hidden}, contract=contract)
    told = [each for each in hidden.values() if len(each) > 20 and not any(each in given for given in plain.values())]
    assert not any(value in text for text in made.files.values() for value in told)
    if any(each.severity == "error" for each in made.problems):
        assert {each.variable for each in made.problems} <= {name for name in plain | hidden if not name.isascii()}
        return
    read_in = objects_of(made.files)
    read = container_of(one(read_in, "Deployment"), read_in, {"made": plain | hidden})
    document, environ = _resolved(contract, read)
    assert document == wanted.document
    assert {name: environ.get(name) for name in plain | hidden} == plain | hidden
    assert read.args == ["run", "$(a)", "$$(b)"]


@settings(max_examples=100)
@given(st.text("$(){}aX_ ", max_size=12), st.dictionaries(st.sampled_from(["a", "X"]), NASTY))
def test_nothing_in_a_value_is_expanded(text: str, environment: Mapping[str, str]) -> None:
    assert expanded(literal(text), environment) == text
    assert ("$(" in text or "$$" in text) or literal(text) == text
