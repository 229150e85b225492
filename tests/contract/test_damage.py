"""A contract damaged anywhere is refused with 78, or still means something: never a traceback, never exit 70."""

from __future__ import annotations

import copy
import json
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confcontract.contract.artifact import Contract
from confcontract.report.errors import ContractUnusable
from tests.support.commands import forked, run, said

from .conftest import resealed

BROKEN = {
    "SHOP_PORT": "x",
    "SHOP_LEVEL": "x",
    "SHOP_TAGS": "a,b",
    "SHOP_TREE": '{"children": [{"title": 1}]}',
    "SHOP_DATABASE__POOL": "7",
    "SHOP_PAYMENT__KIND": "cash",
    "SHOP_LIMITS": "{",
    "SHOP_MOTO": "typo",
    "SHOP_TOKEN": "canary-5d2f",
}
WHOLE = {"SHOP_PORT": "1", "SHOP_TAGS": "a,b", "CACHE_HOST": "h"}
REPLACEMENTS: list[Any] = [None, [], {}, "", "x", 0, -1, 2**70, 0.5, True, [1], [[]], ["x"], {"a": 1}, "vault:a/b#c"]
ALLOWED = {0, 64, 66, 69, 78}


def places(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    children: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        found += places(value, (*path, key))
    return found


def damaged(data: Any, path: tuple[str | int, ...], replacement: Any, *, delete: bool) -> Any:
    copied = copy.deepcopy(data)
    parent = copied
    for key in path[:-1]:
        parent = parent[key]
    if delete:
        del parent[path[-1]]
    else:
        parent[path[-1]] = replacement
    return copied


BOOT = ("boot", "--timeout", "0.5", "--role", "web")
DRY = ("boot", "--timeout", "0.5", "--dry-run")
EXPLAIN = ("explain", "--format", "json")
COMMANDS = [
    (BOOT, BROKEN),
    (DRY, WHOLE),
    (("validate",), BROKEN),
    (BOOT, WHOLE),
    (EXPLAIN, BROKEN),
    (DRY, BROKEN),
    (("explain",), BROKEN),
]


class Scratch:
    """A contract file, and the commands that read it: three for each damage, and each of them as often as the others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.turns = cycle(COMMANDS)

    def check(self, content: bytes, words: str) -> None:
        self.path.write_bytes(content)
        for command, environ in islice(self.turns, 3):
            code, text = forked(*command, "--contract", str(self.path), environ=environ)
            title = " ".join(command)
            assert code in ALLOWED, f"{words}: {title} ended with {code}: {text[:300]}"
            assert "Traceback" not in text, f"{words}: {title}: {text[:300]}"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    return Scratch(tmp_path_factory.mktemp("damage") / "contract.json")


MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.mark.slow
@MANY
@given(choice=st.data())
def test_one_member_replaced_or_gone_under_a_mended_digest(
    choice: st.DataObject, declared: bytes, scratch: Scratch
) -> None:
    data = json.loads(declared)
    path = choice.draw(st.sampled_from(places({key: data[key] for key in data if key != "digest"})))
    delete = choice.draw(st.booleans())
    replacement = None if delete else choice.draw(st.sampled_from(REPLACEMENTS))
    words = f"{'/'.join(map(str, path))} {'deleted' if delete else f'= {replacement!r}'}"
    scratch.check(resealed(damaged(data, path, replacement, delete=delete)), words)


@pytest.mark.slow
@pytest.mark.parametrize("member", ["variables", "deferred", "checks", "roles", "provenance", "schema", "compiled"])
@pytest.mark.parametrize("replacement", REPLACEMENTS, ids=repr)
def test_a_whole_member_replaced(declared: bytes, scratch: Scratch, member: str, replacement: Any) -> None:
    data = json.loads(declared)
    scratch.check(resealed({**data, member: replacement}), f"{member} = {replacement!r}")


@pytest.mark.slow
@MANY
@given(choice=st.data())
def test_bytes_changed_anywhere(choice: st.DataObject, declared: bytes, scratch: Scratch) -> None:
    raw = bytearray(declared)
    for _ in range(choice.draw(st.integers(1, 3))):
        raw[choice.draw(st.integers(0, len(raw) - 1))] = choice.draw(st.integers(0, 255))
    scratch.check(bytes(raw), "bytes changed")


def test_cut_anywhere(declared: bytes, scratch: Scratch) -> None:
    for offset in range(0, len(declared) - 2, 37):
        scratch.path.write_bytes(declared[:offset])
        with pytest.raises(ContractUnusable):
            Contract.load(scratch.path)


def test_doubled_or_with_something_behind_it(declared: bytes, scratch: Scratch) -> None:
    for tail in (declared, b"{}", b"x", b"\0"):
        scratch.path.write_bytes(declared + tail)
        with pytest.raises(ContractUnusable):
            Contract.load(scratch.path)


@pytest.mark.parametrize("smuggled", [b'"compiled":{},', b'"variables":[],', b'"extra":1,', b'"checks":[],'])
@pytest.mark.parametrize("behind", [b'"digest":"%s",', b'"provenance":{'])
def test_what_is_put_in_twice_is_an_edit(declared: bytes, scratch: Scratch, smuggled: bytes, behind: bytes) -> None:
    digest = json.loads(declared)["digest"].encode()
    anchor = behind % digest if b"%s" in behind else behind
    assert anchor in declared
    if behind.endswith(b"{"):
        edited = declared.replace(anchor, smuggled + anchor, 1)
    else:
        edited = declared.replace(anchor, anchor + smuggled, 1)
    scratch.path.write_bytes(edited)
    with pytest.raises(ContractUnusable):
        Contract.load(scratch.path)


SOME = [
    (("variables", 0), None),
    (("variables", 0, "name"), 7),
    (("variables", 0, "path"), "x"),
    (("variables", 0, "type"), None),
    (("variables", 4, "secret"), "yes"),
    (("deferred", 0), 1),
    (("deferred", 0, "kind"), None),
    (("compiled", "settings", 0, "prefix"), None),
    (("compiled", "settings", 0, "fields", 0), 3),
    (("compiled", "settings", 0, "fields", 0, "node"), 10_000),
    (("compiled", "nodes", 0), None),
    (("compiled", "sections"), [1]),
    (("compiled", "open"), 5),
    (("compiled", "pydanticCore"), 5),
]


@pytest.mark.parametrize(("path", "replacement"), SOME, ids=str)
def test_as_real_processes(data: Any, tmp_path: Path, path: tuple[str | int, ...], replacement: Any) -> None:
    contract = tmp_path / "contract.json"
    contract.write_bytes(resealed(damaged(data, path, replacement, delete=False)))
    done = run("boot", "--contract", str(contract), "--", "true", environ=BROKEN)
    assert done.returncode in ALLOWED, said(done)
    assert "internal error" not in said(done)
    assert "Traceback" not in said(done)


@pytest.mark.parametrize(
    ("member", "damage"),
    [("roles", {"web": None}), ("roles", {"web": {"command": 5}}), ("checks", [None]), ("checks", [{"kind": "smtp"}]),
     ("checks", [{"name": "x", "kind": "tcp"}])],
)  # fmt: skip
def test_damaged_roles_and_checks_as_real_processes(declared: bytes, tmp_path: Path, member: str, damage: Any) -> None:
    contract = tmp_path / "contract.json"
    contract.write_bytes(resealed({**json.loads(declared), member: damage}))
    done = run("boot", "--contract", str(contract), "--role", "web", environ={"SHOP_PORT": "1"})
    assert done.returncode == 78, said(done)
    assert "internal error" not in said(done)
