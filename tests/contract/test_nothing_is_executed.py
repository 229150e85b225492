"""Whatever a contract's plan says, who reads it executes, imports, opens and reaches nothing that it names."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import PLAIN_ENVIRON, SAFETY

from .conftest import resealed

ROUNDS = 1000
# Runs in a process of its own: an audit hook stays for good.
READER = """
import json, os, sys
import confcontract.cli, confcontract.verdict.explain, confcontract.verdict.problems.invalid, confcontract.verdict.problems.warnings
import confcontract.verdict.problems.locator, confcontract.verdict.roles, confcontract.verdict.sources.references, confcontract.verdict.sources.ownfiles
import confcontract.contract.grammar.fault, confcontract.docs.html, confcontract.docs.man, jsonschema, ipaddress
import datetime, decimal, enum, re, _strptime, fractions, uuid, collections.abc, confcontract.report.did_you_mean
from confcontract import cli
from confcontract.cli.common import refuse_what_was_damaged
from confcontract.report.errors import ConfcontractError

place, watched, allowed = sys.argv[1], [], ()
# not os.fork: a copy of the reader itself tries what a pattern may take for ever on
LOUD = ("exec", "compile", "os.system", "subprocess", "os.exec", "os.posix_spawn", "socket", "ctypes")
FILES = ("open", "os.listdir", "os.scandir", "os.chmod", "os.remove", "os.rename", "os.mkdir")

def hook(event, arguments):
    if event == "import":
        name = str(arguments[0])
        if not name.startswith(("confcontract", "encodings.", "_")) and name not in sys.stdlib_module_names:
            watched.append((event, name))
    elif event in FILES and not isinstance(arguments[0], int):  # a descriptor names nothing
        path = str(arguments[0])
        if path != place and not path.startswith((sys.prefix, sys.base_prefix, HERE, "/etc/confcontract", "/run/secrets", "/dev/null")):
            watched.append((event, path))
    elif event.startswith(LOUD) and event != "socket.gethostname":
        if event in ("exec", "compile"):
            code = arguments[0]
            file = getattr(code, "co_filename", None) or str(arguments[1] if len(arguments) > 1 else "")
            if file.startswith((sys.prefix, sys.base_prefix, HERE, "<frozen")):
                return
        watched.append((event, str(arguments)[:200]))

HERE = os.path.dirname(os.path.dirname(confcontract.cli.__file__)).rsplit("/confcontract", 1)[0]
COMMANDS = {
    "explain": lambda: cli.explain(contract=place),
    "validate": lambda: cli.validate(contract=place),
    "describe": lambda: cli.describe("SHOP_PORT", contract=place),
    "docs": lambda: cli.docs(contract=place, format="html"),
    "secrets policy": lambda: sys.modules["confcontract.cli.secrets"].policy(contract=place),
}
out = os.open(os.devnull, os.O_WRONLY)
answers = os.dup(1)
os.dup2(out, 1)
os.dup2(out, 2)


def one(command):
    try:
        try:
            return str(COMMANDS[command]() or 0)
        except ConfcontractError:
            raise
        except Exception:  # as the command line does
            refuse_what_was_damaged()
            raise
    except ConfcontractError as error:
        return str(error.exit_code)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

for number, line in enumerate(sys.stdin.buffer):
    with open(place, "wb") as stream:
        stream.write(line)
    cli.common.loaded.clear()
    if number < len(COMMANDS):  # the contract as it was baked: what is imported late is imported here
        one(list(COMMANDS)[number])
        continue
    if number == len(COMMANDS):
        sys.addaudithook(hook)
    watched.clear()
    command = list(COMMANDS)[number % len(COMMANDS)]
    end = one(command)
    os.write(answers, (json.dumps([command, end, watched]) + "\\n").encode())
"""
DATA: list[Any] = [
    None, True, 0, -1, 7, 1e300, "", "x", "exec", "os.system", "/etc/passwd", "class", "function", "call", [], {},
    ["x"], {"type": "any"}, {"type": "call", "function": None}, {"type": "zzz", "function": None}, ["class", "eval"],
    {"type": "function-plain", "function": {"type": "no-info", "function": None}}, {"$ref": "http://127.0.0.1:9/x"},
    {"type": "is-instance", "cls": None}, {"type": "default", "schema": {"type": "any"}, "default_factory": "exec"},
]  # fmt: skip
HYDRATED: list[list[Any]] = [
    ["class", "exec"], ["class", "__import__"], ["class", "open"], ["class", "list"], ["function", ["path", []]],
    ["function", ["ip", [4, "Address"]]], ["namedTuple", ["x", ["a"]]], ["pattern", ["(a+)+$", 0]], ["decimal", "1e9"],
    ["enum", {"name": "E", "mixin": "", "members": [["mro", 1]]}], ["instance", None], ["map"], ["pair"], ["shared"],
]  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in children for place in places(value, (*path, key)))]


def mutated(compiled: Any, found: list[tuple[Any, ...]], choose: random.Random) -> Any:
    compiled = copy.deepcopy(compiled)
    for _ in range(choose.randint(1, 3)):
        path = choose.choice(found)
        parent = compiled
        try:
            for key in path[:-1]:
                parent = parent[key]
            if choose.random() < 0.3 and path[0] != "hydrate":
                parent[path[-1]] = None
                compiled["hydrate"].append([list(path), *choose.choice(HYDRATED)])
            elif choose.random() < 0.2:
                del parent[path[-1]]
            else:
                parent[path[-1]] = copy.deepcopy(choose.choice(DATA))
        except (LookupError, TypeError, AttributeError):
            continue  # an earlier one has taken the place away
    return compiled


@pytest.mark.slow
def test_a_thousand_prepared_plans(declared: bytes, tmp_path: Path) -> None:
    choose = random.Random(20261129)
    data = json.loads(declared)
    found = [path for path in places(data["compiled"]) if path]
    written = [resealed({**data, "compiled": mutated(data["compiled"], found, choose)}) for _ in range(ROUNDS)]
    done = subprocess.run(
        [sys.executable, "-c", READER, str(tmp_path / "contract.json")],
        input=declared * 5 + b"".join(written),
        env={**PLAIN_ENVIRON, "SHOP_PORT": "1", "SHOP_TAGS": "a,b", "SHOP_TREE": "{}"},
        capture_output=True,
        timeout=SAFETY * 8,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == ROUNDS
    assert not [answer for answer in answers if answer[2]][:5]
    assert not [answer for answer in answers if answer[1] not in ("0", "64", "66", "78")][:5]
    assert {"0", "78"} <= {end for _, end, _ in answers}  # neither all of them refused, nor none
