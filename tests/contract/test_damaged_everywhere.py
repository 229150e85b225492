"""A damaged contract, its digest mended, is called damaged by every command that reads one: exit 78, no traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import forked, run, said

from .conftest import resealed

COMMANDS: dict[str, tuple[str, ...]] = {
    "boot": ("boot", "--timeout", "0.5", "--role", "web"),
    "dry run": ("boot", "--timeout", "0.5", "--dry-run"),
    "validate": ("validate", "--no-environ"),
    "validate as JSON": ("validate", "--format", "json"),
    "explain": ("explain",),
    "describe": ("describe", "SHOP_PORT"),
    "docs": ("docs",),
    "docs html": ("docs", "--format", "html"),
    "docs man": ("docs", "--format", "man"),
    "docs json": ("docs", "--format", "json"),
    "docs dotenv": ("docs", "--format", "dotenv"),
    "secrets check": ("secrets", "check"),
    "secrets policy": ("secrets", "policy"),
}

Damage = Callable[[Any], None]


def at(*path: str | int, value: Any = None) -> Damage:
    def damage(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return damage


def hydrated(pointer: list[str | int], kind: str, *made: Any) -> Damage:
    def damage(data: Any) -> None:
        data["compiled"]["hydrate"].append([pointer, kind, *made])

    return damage


def replaced(schema: Any, *hydrate: Any) -> Damage:
    """The validator of SHOP_HOST is this one, with `hydrate` beside."""

    def damage(data: Any) -> None:
        fields = data["compiled"]["validator"]["schema"]["fields"]
        fields["host"] = {"schema": schema}
        place = ["validator", "schema", "fields", "host", "schema"]
        data["compiled"]["hydrate"] += [[[*place, *where], *rest] for where, *rest in hydrate]

    return damage


CALLS = {"type": "function-plain", "function": {"type": "no-info", "function": None}}
FUNCTION = ["function", "function"]
PLAIN = {"type": "str"}

# What boot reads, too
PLANS: dict[str, Damage] = {
    "a builtin that executes": replaced(CALLS, [FUNCTION, "class", "exec"]),
    "a builtin that imports": replaced(CALLS, [FUNCTION, "class", "__import__"]),
    "a class that is called": replaced(CALLS, [FUNCTION, "class", "list"]),
    "a named tuple that is called": replaced(CALLS, [FUNCTION, "namedTuple", ["x", ["a"]]]),
    "an enum that is called": replaced(CALLS, [FUNCTION, "enum", {"name": "E", "mixin": "", "members": [["A", "a"]]}]),
    "no class at all": replaced({"type": "is-instance", "cls": None}, [["cls"], "class", "Popen"]),
    "a submodule": replaced({"type": "is-instance", "cls": None}, [["cls"], "class", "abc"]),
    "a coercion that there is not": replaced(CALLS, [FUNCTION, "function", ["os.system", ["true"]]]),
    "a coercion's arguments": replaced(CALLS, [FUNCTION, "function", ["ip", [4, "Address.__init__"]]]),
    "a coercion elsewhere": replaced(
        {"type": "default", "schema": PLAIN, "default_factory": None}, [["default_factory"], "function", ["path", []]]
    ),
    "a panic": replaced(
        {"type": "function-after", "function": {"type": "zzz", "function": None}, "schema": PLAIN},
        [FUNCTION, "function", ["regex", []]],
    ),
    "a panic without a function": replaced({**CALLS, "function": {"type": "zzz", "function": None}}),
    "nothing to call": replaced(CALLS),
    "a call": replaced({"type": "call", "function": "x", "arguments_schema": {"type": "any"}}),
    "a type of no contract": replaced({"type": "callable"}),
    "a serializer": replaced({**PLAIN, "serialization": {"type": "to-string"}}),
    "a definition that is not there": replaced({"type": "definition-ref", "schema_ref": "gone"}),
    "a pattern that is none": replaced({"type": "str", "pattern": "("}),
    "a pattern that prints": replaced({"type": "str", "pattern": None}, [["pattern"], "pattern", ["a", 128]]),
    "a kind that there is not": hydrated(["validator", "type"], "spaceship", None),
    "a place that there is not": hydrated(["validator", "nowhere"], "decimal", "1"),
    "an index that there is not": at(
        "compiled", "settings", 0, "fields", 0, value={"name": "a", "names": [], "node": 9}
    ),
    "a field that is none": at("compiled", "settings", 0, "fields", 0, value=3),
    "no program": at("compiled", "settings", value=[]),
}
# What only those who describe a contract read
WORDS: dict[str, Damage] = {
    "a variable that is none": at("variables", 0, value=None),
    "a type without words": at("variables", 1, "type", value={}),
    "a path that is another's": at("variables", 1, "path", value=["port"]),
    "a group that is not its path's": at("variables", 1, "group", value="elsewhere"),
    "a secret that is a text": at("variables", 1, "secret", value="no"),
    "a deferral that is none": at("deferred", 0, value=1),
    "a check that is none": at("checks", 0, value=None),
    "a check of no kind": at("checks", 0, "kind", value="smtp"),
    "a role that is none": at("roles", "web", value=None),
    "a role's needs": at("roles", "web", "needs", value="all"),
    "a provenance that is not text": at("provenance", "python", value={"a": 1}),
    "a member of the provenance": at("provenance", "compiled", value={}),
    "a description": at("description", value=5),
}


def damaged(declared: bytes, damage: Damage) -> bytes:
    data = copy.deepcopy(json.loads(declared))
    damage(data)
    return resealed(data)


@pytest.mark.slow
@pytest.mark.parametrize("title", [*PLANS, *WORDS])
def test_every_command_says_so(declared: bytes, tmp_path: Path, title: str) -> None:
    contract = tmp_path / "contract.json"
    contract.write_bytes(damaged(declared, {**PLANS, **WORDS}[title]))
    whole = title in WORDS or title in list(PLANS)[:: len(PLANS) // 4]
    first = list(PLANS).index(title) if title in PLANS else 0
    for number, (command, words) in enumerate(COMMANDS.items()):
        if title in WORDS and words[0] == "boot":
            continue  # it may never come to it
        if not whole and (number + first) % 3 and words[0] != "boot":
            continue  # what is wrong with a plan is found by the same look: each command takes its turn
        code, text = forked(*words, "--contract", str(contract), environ={"SHOP_PORT": "1"})
        assert code == 78, f"{command}: {code}: {text[:500]}"
        assert "damaged" in " ".join(text.split()), f"{command}: {text[:500]}"
        assert "Traceback" not in text
        assert "internal error" not in text


@pytest.mark.parametrize("title", WORDS)
def test_boot_says_so_or_has_no_use_for_it(declared: bytes, tmp_path: Path, title: str) -> None:
    contract = tmp_path / "contract.json"
    contract.write_bytes(damaged(declared, WORDS[title]))
    for words in (COMMANDS["boot"], COMMANDS["dry run"]):
        code, text = forked(*words, "--contract", str(contract), environ={"SHOP_PORT": "1"})
        assert code in (0, 69, 78), text
        assert "Traceback" not in text
        assert "internal error" not in text


def test_a_panic_as_a_real_process_leaves_the_words_of_no_other_program(declared: bytes, tmp_path: Path) -> None:
    contract = tmp_path / "contract.json"
    contract.write_bytes(damaged(declared, PLANS["a panic"]))
    for command in (("boot", "--dry-run"), ("validate",)):
        done = run(*command, "--contract", str(contract), environ={"SHOP_PORT": "1"})
        assert done.returncode == 78, said(done)
        assert "damaged" in said(done)
        assert "panick" not in said(done)
