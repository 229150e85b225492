"""A secret is one wherever its annotation has it, also where nothing of that is left in what boot validates."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
import uuid
from collections import deque
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, TypeVar

import pytest
from pydantic import (
    BaseModel,
    BeforeValidator,
    ByteSize,
    ImportString,
    IPvAnyAddress,
    Json,
    PlainValidator,
    SkipValidation,
    field_validator,
    model_validator,
)
from pydantic_core import MISSING, core_schema

from confcontract import Contract, Example, Secret, bake, resolve
from confcontract.boot.deliver.secret_names import secret_names
from tests.support.commands import PLAIN_ENVIRON, SAFETY, forked

from .unseen_secrets import SHAPES, ByValidator, Lite, made

CANARY = "zqcanary7431"

VARIABLES = {name: f"SHOP_VALUE{number:02}" for number, name in enumerate(SHAPES)}
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("boot", "--timeout", "0.3", "--policy-dir", "{folder}/policy.d", "--", "true"),
    ("boot", "--timeout", "0.3", "--strict", "--log-format", "json", "--", "true"),
    ("boot", "--dry-run"),
    ("validate", "--format", "json"),
    ("validate", "--format", "github"),
    ("explain",),
    ("explain", "--format", "json"),
)
POLICY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "additionalProperties": {"const": [["!"]]},
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unseen")
    (folder / "policy.d").mkdir()
    (folder / "policy.d" / "strict.schema.json").write_text(json.dumps(POLICY))
    bake(made({name: annotation for name, (annotation, _) in SHAPES.items()}), name="shop", version="1").dump(
        folder / "contract.json"
    )
    return folder / "contract.json"


def leaks_in(text: str) -> list[str]:
    """The lines that show a value, each with what its variable is."""
    return [
        next((name for name, variable in VARIABLES.items() if variable in line), "?") + f": {line}"
        for line in text.splitlines()
        if CANARY in line
    ]


WHOLE = {VARIABLES[name]: text.replace("@", CANARY) for name, (_, text) in SHAPES.items()}
ENVIRONMENTS = {
    "as they should be": WHOLE,
    "malformed": {name: f"{value[:-1]}]}}{CANARY}" for name, value in WHOLE.items()},
    "of another type": {name: json.dumps({CANARY: [CANARY]}) for name in WHOLE},
    "by parts": {f"{name}__HUSH": CANARY for name in WHOLE} | {f"{name}__0": CANARY for name in WHOLE},
}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_secret_that_boot_can_not_see_is_shown_by_no_command(
    environment: str, command: tuple[str, ...], contract: Path
) -> None:
    first, *rest = (part.format(folder=contract.parent) for part in command)
    _, text = forked(first, "--contract", str(contract), *rest, environ=ENVIRONMENTS[environment])
    assert "SHOP_VALUE" in text
    assert "Traceback" not in text
    assert leaks_in(text) == []


@pytest.mark.parametrize("name", ["settings class in a list", "named tuple", "opaque core schema", "Any"])
def test_describe_does_not_show_it_either(name: str, contract: Path) -> None:
    for format in ("text", "json"):
        arguments = ("describe", VARIABLES[name], "--contract", str(contract), "--format", format)
        _, text = forked(*arguments, environ=WHOLE)
        assert VARIABLES[name] in text
        assert CANARY not in text


def test_they_leave_the_environment_where_secrets_are_delivered_as_files(contract: Path) -> None:
    resolution = resolve(Contract.load(contract), environ=WHOLE)
    assert set(WHOLE) - set(secret_names(resolution)) == set()


@pytest.mark.parametrize("format", ["markdown", "html", "dotenv", "man", "json"])
def test_no_documentation_has_an_example_of_it(format: str, tmp_path: Path) -> None:
    types = {name: Annotated[annotation, Example(CANARY)] for name, (annotation, _) in SHAPES.items()}
    bake(made(types), name="shop", version="1").dump(tmp_path / "contract.json")
    _, text = forked("docs", "--contract", str(tmp_path / "contract.json"), "--format", format, environ={})
    assert "SHOP_VALUE00" in text
    assert leaks_in(text) == []


def test_a_real_boot_hands_them_over_as_files_only(tmp_path: Path) -> None:
    bake(ByValidator, name="shop", version="1").dump(tmp_path / "contract.json")
    environ = {**PLAIN_ENVIRON, "SHOP_VALUE": CANARY, "SHOP_HEAD": f'["{CANARY}2"]'}
    command = [sys.executable, "-m", "confcontract", "boot", "--contract", str(tmp_path / "contract.json")]
    show = ["--", "sh", "-c", "env; echo delivered; cat $CONFCONTRACT_SECRETS_FILE"]
    done = subprocess.run([*command, "--deliver", "memfd", *show], env=environ, capture_output=True, timeout=SAFETY)
    before, delivered, after = done.stdout.decode().partition("delivered")
    assert delivered
    assert CANARY not in before + done.stderr.decode()
    assert CANARY in after
    assert CANARY + "2" in after


# -- the other direction: what can be seen through is shown ---------------------------------------


class Color(Enum):
    RED = "red"


class Ten(int):
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(cls)


class Slug(str):
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class Checked(BaseModel):
    port: int = 1
    host: str = "x"

    @model_validator(mode="before")
    @classmethod
    def unpack(cls, value: Any) -> Any:
        return value

    @field_validator("port", mode="plain")
    @classmethod
    def number(cls, value: Any) -> int:
        return int(value)


Number = TypeVar("Number", bound=int)

SEEN_THROUGH: dict[str, tuple[Any, str]] = {
    "int with a plain validator": (Annotated[int, PlainValidator(int)], "731"),
    "int with a before validator": (Annotated[int, BeforeValidator(int)], "731"),
    "text": (str, "plain731"),
    "text with a plain validator": (Annotated[str, PlainValidator(str)], "plain731"),
    "optional text": (str | None, "plain731"),
    "text beside MISSING": (str | MISSING, "plain731"),
    "text, not validated": (SkipValidation[str], "plain731"),
    "text of a class of its own": (Slug, "plain731"),
    "number of a class of its own": (Ten, "731"),
    "enum": (Color, "red"),
    "literal": (Literal["red", "blue"], "red"),
    "NewType": (NewType("Port", int), "731"),
    "type variable": (Number, "731"),
    "list": (list[int], "[731]"),
    "deque": (deque[str], '["plain731"]'),
    "Sequence": (Sequence[str], '["plain731"]'),
    "mapping": (dict[str, int], '{"a":731}'),
    "list of models": (list[Checked], '[{"port":731}]'),
    "union of models": (Checked | Lite, '{"port":731,"host":"x"}'),
    "JSON": (Json[list[int]], "[731]"),
    "size": (ByteSize, "731"),
    "address": (IPvAnyAddress, "10.7.3.1"),
    "path": (pathlib.Path, "/plain731"),
    "pattern": (re.Pattern[str], "plain731"),
    "UUID": (uuid.UUID, "6b2d1a0e-7f14-4b0e-9d7e-0d3c6f1f7310"),
    "place of an object": (ImportString, "os.path:join"),
    "Any that is none": (Annotated[Any, Secret(False)], "plain731"),
    "mapping to Any that is none": (Annotated[dict[str, Any], Secret(False)], '{"a":731}'),
}


def test_what_is_no_secret_still_shows(tmp_path: Path) -> None:
    types = {name: annotation for name, (annotation, _) in SEEN_THROUGH.items()}
    bake(made(types), name="shop", version="1").dump(tmp_path / "contract.json")
    environ = {f"SHOP_VALUE{number:02}": value for number, (_, value) in enumerate(SEEN_THROUGH.values())}
    _, text = forked("explain", "--contract", str(tmp_path / "contract.json"), environ=environ)
    hidden = [name for name, value in environ.items() if f"{name}={value}  # environment" not in text]
    assert [list(SEEN_THROUGH)[int(name[-2:])] for name in hidden] == []


def test_one_open_member_hides_its_section_as_a_whole_and_not_the_other_members(tmp_path: Path) -> None:
    class Section(BaseModel):
        more: Any = None
        port: int = 1

    contract = bake(made({"one": Section}), name="shop", version="1")
    by_name = {variable["name"]: variable.get("masked") for variable in contract.variables}
    assert by_name == {"SHOP_VALUE00": "type", "SHOP_VALUE00__MORE": "type", "SHOP_VALUE00__PORT": None}
    contract.dump(tmp_path / "contract.json")
    environ = {"SHOP_VALUE00": json.dumps({"more": CANARY, "port": 731})}
    _, text = forked("explain", "--contract", str(tmp_path / "contract.json"), environ=environ)
    assert CANARY not in text
    assert "SHOP_VALUE00__PORT=731" in text
