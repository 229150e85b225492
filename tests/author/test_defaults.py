"""defaults.env reads back to the very defaults, and setting every default explicitly changes nothing."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import KEEP, Enum, Flag, IntFlag
from pathlib import Path
from typing import Annotated, Any

import pytest
from dotenv import dotenv_values
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Separated, bake, resolve
from confcontract.author.baked_files import defaults_file
from confcontract.author.defaults_as_json import project
from tests.fidelity.boot import baked
from tests.fidelity.drawing import for_each_case
from tests.fidelity.spec import Built

# What has a meaning somewhere between the file and the value.
NASTY = (
    "",
    " ",
    " a ",
    "\t",
    "'",
    '"',
    "''",
    "'a'",
    '"a"',
    "\\",
    "\\\\",
    "\\n",
    "a\nb",
    "a\r\nb",
    "a\rb",
    "\n",
    "#",
    "a #b",
    "# a",
    "$X",
    "${X}",
    "${X:-y}",
    "$${X}",
    "\\${X}",
    "${",
    "${:-$}",
    "${:-$}{",
    "$",
    "}",
    "a=b",
    "=",
    "export A=1",
    "`id`",
    "$(id)",
    "%s",
    "é",
    "日本",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\x1b[31m",
    "\x7f",
    "null",
    "None",
    "true",
    "[]",
    "{}",
    "vault:a/b#c",
    "a'b\"c\\d${X}#e\nf",
    "x" * 10_000,
)

TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.sampled_from("'\"\\$X{}#\n\r\t =a:-é"), max_size=12),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
)


def read_back(contract: Contract) -> Mapping[str, str | None]:
    """As an operator's program reads it, with a variable set to which `${X}` would expand."""
    text = defaults_file(contract).decode()
    return dotenv_values(stream=io.StringIO(text), interpolate=True)


def texts_of(contract: Contract) -> dict[str, str]:
    return {variable["name"]: variable["defaultText"] for variable in contract.variables if "defaultText" in variable}


def errors_of(result: Any) -> list[Any]:
    return [problem for problem in result.problems if problem.severity == "error"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(values=st.lists(TEXTS, min_size=1, max_size=4))
@example(values=list(NASTY))
def test_text_of_any_kind_is_read_back_by_python_dotenv(values: list[str]) -> None:
    fields: Any = {f"value_{number}": (str, value) for number, value in enumerate(values)}
    model: Any = create_model("Made", __base__=BaseSettings, **fields)
    contract = bake(model, name="app", version="1")
    wanted = {f"VALUE_{number}": value for number, value in enumerate(values)}
    assert texts_of(contract) == wanted
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("X", "expanded")
        assert read_back(contract) == wanted


def test_each_default_is_an_assignment_of_its_own_line_count(tmp_path: Path) -> None:
    class Settings(BaseSettings):
        first: str = "a\nSECOND=no\n# x"
        second: str = "yes"
        needed: str
        made: str = Field(default_factory=lambda: "x")

    contract = bake(Settings, name="app", version="1")
    (tmp_path / "defaults.env").write_bytes(defaults_file(contract))
    assert dotenv_values(tmp_path / "defaults.env") == {"FIRST": "a\nSECOND=no\n# x", "SECOND": "yes"}
    text = defaults_file(contract).decode()
    assert "# NEEDED is required\n" in text
    assert "# MADE is computed at start\n" in text


class Shade(Enum):
    DARK = "dark"


class Sub(BaseModel):
    word: str = "it's"
    parts: list[int] = [1, 2]


class Rich(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")

    flag: bool = True
    number: int = 5
    huge: int = 2**80
    real: float = 1.5
    whole: float = 2.0
    tiny: float = 5e-324
    endless: float = float("inf")
    amount: Decimal = Decimal("10.50")
    wait: timedelta = timedelta(days=2, seconds=3, microseconds=4)
    shade: Shade = Shade.DARK
    words: list[str] = ["a,b", 'c"d', "é"]
    parts: Annotated[list[str], Separated(",")] = ["a", "b"]
    commas: Annotated[list[str], Separated(",")] = ["a,b", " c "]
    bracket: Annotated[list[str], Separated(",")] = ["[x", "y"]
    table: dict[str, dict[str, int]] = {"k": {"metadata": 1, "x": 2}}
    nothing: str | None = None
    data: bytes = b"\x00\xff"
    text: bytes = b"abc"
    sub: Sub = Sub(word="${X}")
    metadata: str = "kept"


def test_every_default_given_explicitly_leads_to_the_same_values() -> None:
    contract = bake(Rich, name="app", version="1")
    texts = texts_of(contract)
    plain = resolve(contract, environ={})
    given_explicitly = resolve(contract, environ=texts)
    assert not errors_of(plain)
    assert not errors_of(given_explicitly)
    assert given_explicitly.values == plain.values
    assert plain.values["metadata"] == "kept"
    assert read_back(contract) == texts
    assert {"APP_FLAG", "APP_HUGE", "APP_ENDLESS", "APP_AMOUNT", "APP_WAIT", "APP_PARTS", "APP_SUB__WORD"} <= set(texts)


def test_of_any_class_defaults_env_leads_to_the_same_values() -> None:
    compared = 0

    def check(case: Any) -> None:
        nonlocal compared
        spec, _ = case
        source = spec.source()
        with Built(source) as built:
            made = baked(built)
        if made.contract is None:
            return
        contract = made.contract
        texts = {name: text or "" for name, text in read_back(contract).items()}
        assert texts.items() <= texts_of(contract).items(), source
        plain, again = resolve(contract, environ={}), resolve(contract, environ=texts)
        if errors_of(plain) or any(not entry["path"] for entry in contract.deferred if entry["kind"] != "source"):
            return  # what only the application knows: of the whole document, too, where a validator comes before it
        if len({name.casefold() for name in texts}) < len(texts) or "env_ignore_empty" in source:
            return  # names that only case tells apart can't all be given
        compared += 1
        assert not errors_of(again), f"{texts}\n{source}"
        assert again.values == plain.values, f"{texts}\n{source}"

    for_each_case(check, 150, 20261123)
    assert compared > 5


def test_a_default_that_no_text_can_give_has_none(tmp_path: Path) -> None:
    class Settings(BaseSettings):
        data: bytes = b"\xff"
        nul: str = "a\0b"
        nothing: int | None = None

    contract = bake(Settings, name="app", version="1")
    assert texts_of(contract) == {}
    assert dotenv_values(stream=io.StringIO(defaults_file(contract).decode())) == {}
    assert json.loads(contract.to_bytes())


class Right(IntFlag):
    READ = 1
    WRITE = 2


class Access(Flag, boundary=KEEP):
    READ = 1
    WRITE = 2


@pytest.mark.parametrize("kind", [Right, Access])
@pytest.mark.parametrize("value", [0, 1, 3, 8, 9, -2])
@pytest.mark.parametrize("environ", [{}, {"PORT__HOST": "x"}], ids=["untouched", "a part is set"])
def test_bits_that_have_no_name_of_their_own_are_the_default_of_a_part(
    kind: type[Flag], value: int, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    part = create_model("Part", may=(kind, kind(value)), host=(str, ""))

    class Given(BaseSettings):
        model_config = SettingsConfigDict(nested_model_default_partial_update=True, env_nested_delimiter="__")

        port: part = part()  # type: ignore[valid-type]

    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    expected = Given().model_dump(mode="json")
    result = resolve(bake(Given, name="app", version="1"), environ=environ)
    assert (result.ok, result.values) == (True, expected)


@pytest.mark.parametrize(
    "days, written",
    [(3650, "P3650D"), (400, "P400D"), (365, "P365D"), (364, "P364D"), (-400, "-P400D"), (400.5, "P400DT12H")],
)
def test_a_duration_of_years_is_written_in_days_and_means_the_same(days: float, written: str) -> None:
    value = timedelta(days=days)
    assert project(value) == written
    assert TypeAdapter(timedelta).validate_python(written) == value


class Mail(BaseModel):
    """The server that
    takes our mail.

    Its port is another.
    """

    host: str = "mail"


@dataclasses.dataclass
class Plain:
    host: str = "mail"


class WithSections(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    mail: Mail = Mail()
    other: Mail = Field(default=Mail(), description="For the day after")
    plain: Plain = Field(default_factory=Plain)


def test_a_section_without_a_description_has_the_docstring_of_its_class() -> None:
    variables = bake(WithSections, name="a", version="1").variables
    said = {variable["name"]: variable.get("description") for variable in variables}
    assert (said["MAIL"], said["OTHER"]) == ("The server that takes our mail.", "For the day after")
    assert said["PLAIN"] is None
