"""No two contracts have one digest: it is over what is read, and nothing is there twice, in any spelling, anywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field, create_model
from pydantic_settings import BaseSettings

from confcontract import bake
from confcontract.contract.artifact import Contract
from confcontract.contract.damage import refuse_damaged
from confcontract.contract.digest import canonical, sha256
from confcontract.report.errors import ContractUnusable
from tests.support.commands import READERS, assert_refused, read_with
from tests.support.sample import SHOP

from .conftest import resealed

MANY: Any = {f"field_{number}": (int, Field(number, description="x" * 100)) for number in range(200)}


@pytest.fixture(scope="module")
def large() -> bytes:
    """So large that boot does not read all of it."""
    cls = create_model("Many", __base__=BaseSettings, **MANY)
    raw = bake(cls, name="many", version="1").to_bytes()
    assert len(raw) > 64 * 1024
    return raw


@pytest.fixture(scope="module", params=["small", "large"])
def raw(request: pytest.FixtureRequest, large: bytes) -> bytes:
    return large if request.param == "large" else bake(SHOP).to_bytes()


def sealed_over_bytes(raw: bytes) -> bytes:
    """As somebody would mend the digest who hashes the text, whatever is in it twice."""
    hashed = re.sub(rb'"digest":"[^"]*",|"provenance":\{[^}]*\},', b"", raw)
    return re.sub(rb'"digest":"[^"]*"', b'"digest":"' + sha256(hashed).encode() + b'"', raw)


def escaped(name: str) -> str:
    return f'"{name[:2]}\\u{ord(name[2]):04x}{name[3:]}"'


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def load_all(path: Path) -> Contract:
    contract = Contract.load(path)
    assert contract.data  # what boot leaves out, too
    return contract


INSIDE = [
    b'"apiVersion":', b'"compiled":{', b'"type":"typed-dict"', b'"hydrate":', b'"checks":', b'"provenance":{',
    b'"pydanticCore":"', b'"variables":[{', b'"$schema":', b'"version":"',
]  # fmt: skip
SMUGGLED = [
    '"compiled":{}', '"checks":[]', '"name":"other"', '"provenance":{}', '"digest":"x"', '"variables":[]',
    '"type":"any"', '"secret":false', '"required":false',
]  # fmt: skip


@pytest.mark.parametrize("anchor", INSIDE)
@pytest.mark.parametrize("smuggled", SMUGGLED)
@pytest.mark.parametrize("seal", [bytes, sealed_over_bytes])
def test_what_is_put_in_twice_is_refused_or_the_contract_is_another_one(
    raw: bytes, tmp_path: Path, anchor: bytes, smuggled: str, seal: Any
) -> None:
    path = tmp_path / "contract.json"
    at = raw.index(anchor)
    name, _, value = smuggled.partition(":")
    for spelling in (name, escaped(name[1:-1])):
        for place in (at, at + len(anchor)) if anchor.endswith(b"{") else (at,):
            text = f"{spelling}:{value},".encode()
            path.write_bytes(seal(raw[:place] + text + raw[place:]))
            try:
                found = load_all(path)
                refuse_damaged(found.data)
            except ContractUnusable:
                continue
            assert found.digest != json.loads(raw)["digest"]
            json.loads(path.read_bytes(), object_pairs_hook=each_once)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("spelling", ["provenance", "pr\\u006fvenance"])
def test_a_second_plan_behind_the_provenance(tmp_path: Path, raw: bytes, reader: str, spelling: str) -> None:
    data = json.loads(raw)
    other = json.dumps({**data["compiled"], "validator": {"type": "any"}}, separators=(" , ", ":")).replace("},", "} ,")
    end = raw.index(b"}", raw.index(b'"provenance":{'))
    smuggled = f'}} ,"compiled":{other} ,"{spelling}":{{"python":"3"'.encode()
    path = tmp_path / "contract.json"
    path.write_bytes(raw[:end] + smuggled + raw[end:])
    assert_refused(read_with(reader, path, {"SHOP_PORT": "1"}), "changed after bake")


@pytest.mark.parametrize("member", ["x", "Compiled", "compiled ", ""])
def test_a_member_that_the_format_does_not_have(tmp_path: Path, raw: bytes, member: str) -> None:
    path = tmp_path / "contract.json"
    path.write_bytes(resealed({**json.loads(raw), member: {}}))
    with pytest.raises(ContractUnusable, match="has no member"):
        Contract.load(path)


@pytest.mark.parametrize("tail", [b"\0", b"{}", b"x", b"//", b",", b"\n{}"])
def test_bytes_behind_the_document(tmp_path: Path, raw: bytes, tail: bytes) -> None:
    path = tmp_path / "contract.json"
    for edited in (raw + tail, raw[:-1] + tail + b"\n"):
        path.write_bytes(sealed_over_bytes(edited))
        with pytest.raises(ContractUnusable):
            load_all(path)


PIECES = [b'"x":1,', b",", b"}", b"{", b" ", b'"', b'"provenance":{},', b'},"roles":{', b'],"version":"1"', b"\\u0061"]


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(choice=st.data())
def test_whatever_has_the_same_digest_is_the_same_contract(raw: bytes, tmp_path: Path, choice: st.DataObject) -> None:
    edited = bytearray(raw)
    around = raw.index(b'"digest"') if choice.draw(st.booleans()) else 0
    for _ in range(choice.draw(st.integers(1, 2))):
        at = choice.draw(st.integers(around, min(around + 800, len(edited)) if around else len(edited)))
        edited[at : at + choice.draw(st.integers(0, 4))] = choice.draw(st.sampled_from(PIECES))
    path = tmp_path / "contract.json"
    path.write_bytes(edited)
    try:
        found = dict(load_all(path).data)
    except ContractUnusable:
        return
    original = json.loads(raw)
    if found["digest"] == original["digest"]:
        assert {**found, "provenance": None} == {**original, "provenance": None}
        assert json.loads(bytes(edited)) == found


def test_numbers_that_another_writer_writes_otherwise_are_canonical_all_the_same(tmp_path: Path) -> None:
    fields: Any = {f"f{number}": (float, number * 1e-7) for number in range(400)}
    contract = bake(create_model("Floats", __base__=BaseSettings, **fields), name="floats", version="1")
    contract.dump(tmp_path / "contract.json")
    again = load_all(tmp_path / "contract.json")
    assert canonical(again.data) == (tmp_path / "contract.json").read_bytes()
