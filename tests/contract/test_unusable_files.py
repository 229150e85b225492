"""What stands where a contract should be: every reader says what is wrong and ends with 78, and none waits or crashes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from confcontract.contract.artifact import Contract
from confcontract.contract.artifact_file import MAX_BYTES
from confcontract.report.errors import ContractUnusable
from tests.support.commands import PLAIN_ENVIRON, READERS, SAFETY, assert_refused, read_with, run, said

from .conftest import resealed

GOOD = {"SHOP_PORT": "1"}

pytestmark = pytest.mark.parametrize("reader", READERS)


def test_a_good_contract_is_read(reader: str, contract: Path) -> None:
    done = read_with(reader, contract, GOOD)
    assert done.returncode == 0, said(done)


def test_a_missing_contract(reader: str, tmp_path: Path) -> None:
    done = read_with(reader, tmp_path / "nowhere" / "contract.json")
    assert_refused(done, "nowhere/contract.json", "there is no contract here", "confcontract bake", "CONFCONTRACT_PATH")


def test_a_missing_contract_named_by_the_environment(reader: str, tmp_path: Path) -> None:
    done = run(reader, *READERS[reader], environ={"CONFCONTRACT_PATH": str(tmp_path / "gone.json")})
    assert_refused(done, "gone.json", "there is no contract here")


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\t "])
def test_an_empty_contract(reader: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "contract.json"
    path.write_bytes(content)
    assert_refused(read_with(reader, path), "is empty", "bake again")


def test_a_truncated_contract(reader: str, tmp_path: Path, baked: bytes) -> None:
    path = tmp_path / "contract.json"
    path.write_bytes(baked[: len(baked) // 2])
    assert_refused(read_with(reader, path), "is not JSON", "bake again")


def test_a_contract_beyond_all_measure_is_refused_unread(reader: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.json"
    path.touch()
    os.truncate(path, 1 << 40)  # sparse: nobody could read it in time, or hold it
    assert_refused(read_with(reader, path), f"is larger than {MAX_BYTES} bytes")


def test_a_directory(reader: str, tmp_path: Path) -> None:
    words = "is a directory" if reader == "boot" else "there is no contract.json in this directory"
    assert_refused(read_with(reader, tmp_path), words)


def test_a_fifo_that_nobody_writes_to(reader: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "contract.json")
    assert_refused(read_with(reader, tmp_path / "contract.json"), "is not a regular file")


def test_a_device(reader: str) -> None:
    assert_refused(read_with(reader, "/dev/zero"), "is not a regular file")


def test_a_socket(reader: str) -> None:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{short}/s")
        assert_refused(read_with(reader, f"{short}/s"), "can't be read")


def test_a_path_through_a_file(reader: str, contract: Path) -> None:
    assert_refused(read_with(reader, contract / "contract.json"), "can't be read")


def test_a_loop_of_symlinks(reader: str, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert_refused(read_with(reader, tmp_path / "a"), "can't be read")


def test_a_symlink_to_a_contract_is_followed(reader: str, contract: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(contract)
    assert read_with(reader, tmp_path / "link", GOOD).returncode == 0


def test_a_contract_that_this_user_may_not_read(reader: str, contract: Path) -> None:
    contract.chmod(0)
    identity = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if identity and shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing, and root may read everything")
    command = [sys.executable, "-m", "confcontract", reader, "--contract", str(contract), *READERS[reader]]
    done = subprocess.run([*identity, *command], env=PLAIN_ENVIRON, capture_output=True, text=True, timeout=SAFETY)
    assert_refused(done, "can't be read: Permission denied", f"allow user {os.geteuid()} to read it", "mode 0000")


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("confcontract/v2", "has format confcontract/v2; this release reads confcontract/v1"),
        ("confcontract/v1beta1", "has format confcontract/v1beta1"),
        ("confcontract/v10", "has format confcontract/v10"),
        ("v1", "is not a contract"),
        ("CONFCONTRACT/V1", "is not a contract"),
        (1, "is not a contract"),
        (None, "is not a contract"),
    ],
)
def test_another_format(reader: str, tmp_path: Path, data: Any, version: object, words: str) -> None:
    path = tmp_path / "contract.json"
    path.write_bytes(resealed({**data, "apiVersion": version}))
    assert_refused(read_with(reader, path), words)


def test_the_format_of_a_newer_release_is_told_before_anything_in_it_is_judged(reader: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.json"
    path.write_text(json.dumps({"apiVersion": "confcontract/v2", "settings": {}}))
    assert_refused(read_with(reader, path), "has format confcontract/v2", "install the confcontract release")


@pytest.mark.parametrize("text", ["null", "[]", '"confcontract/v1"', "1", "true", "{}", '{"kind": "Deployment"}'])
def test_other_json(reader: str, tmp_path: Path, text: str) -> None:
    path = tmp_path / "contract.json"
    path.write_text(text)
    assert_refused(read_with(reader, path), "is not a contract")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe{\x00}\x00",
        b"\x7fELF\x02\x01\x01",
        b"apiVersion: confcontract/v1\n",
        b"{" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"apiVersion": "confcontract/v1", "x": "\xff"}',
        b'{"apiVersion": "confcontract/v1", "x": "\\ud800"}',
        b"<html><body>502 Bad Gateway</body></html>",
    ],
)
def test_no_json_at_all(reader: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "contract.json"
    path.write_bytes(content)
    assert_refused(read_with(reader, path), "is not JSON")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 5000])
def test_a_number_that_json_does_not_have(reader: str, tmp_path: Path, baked: bytes, number: str) -> None:
    path = tmp_path / "contract.json"
    path.write_bytes(baked.replace(b'"checks":[]', f'"checks":[{number}]'.encode()))
    assert_refused(read_with(reader, path))


def test_a_contract_that_was_edited(reader: str, tmp_path: Path, data: Any) -> None:
    path = tmp_path / "contract.json"
    data["variables"][0]["required"] = not data["variables"][0]["required"]
    path.write_text(json.dumps(data))
    assert_refused(read_with(reader, path), "changed after bake", "bake again, or restore the file; never edit it")


def test_a_contract_whose_white_space_and_order_alone_changed(reader: str, tmp_path: Path, data: Any) -> None:
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(dict(reversed(data.items())), indent=2))
    assert read_with(reader, path, GOOD).returncode == 0


def test_a_contract_whose_provenance_alone_changed(reader: str, tmp_path: Path, data: Any) -> None:
    path = tmp_path / "contract.json"
    data["provenance"] = {"imageTag": 'shop:1,"provenance":{},'}
    path.write_text(json.dumps(data))
    assert read_with(reader, path, GOOD).returncode == 0


def test_a_contract_for_another_pydantic_core_is_used_with_a_warning(reader: str, tmp_path: Path, data: Any) -> None:
    path = tmp_path / "contract.json"
    data["compiled"]["pydanticCore"] = "2.1.0"
    path.write_bytes(resealed(data))
    done = read_with(reader, path, GOOD)
    assert done.returncode == 0
    if reader != "explain":
        assert "was compiled for pydantic_core 2.1.0" in said(done)
        assert "bake again" in said(done)


@pytest.mark.parametrize(
    "damage",
    [
        {"validator": {"type": "surprise"}},
        {"validator": {"type": "int", "ge": "x"}},
        {"validator": {"type": "definition-ref", "schema_ref": "gone"}},
        {"validator": {}},
        {"validator": None},
        {"validator": []},
        {"hydrate": [[["validator", "nowhere", "at", "all"], "decimal", "1"]]},
        {"hydrate": [[["validator", "type"], "spaceship", None]]},
        {"hydrate": [[["validator", "type"], "function", ["os.system", ["true"]]]]},
        {"hydrate": [[["validator", "type"], "pattern", ["(", 0]]]},
        {"hydrate": None},
        {"hydrate": [[]]},
        {"coercers": [{"type": "surprise"}]},
        {"settings": []},
        {"settings": [{}]},
        {"settings": None},
        {"nodes": []},
        {"nodes": None},
    ],
    ids=str,
)
def test_a_plan_that_cant_be_used_is_refused(reader: str, tmp_path: Path, data: Any, damage: dict[str, Any]) -> None:
    path = tmp_path / "contract.json"
    data["compiled"].update(damage)
    path.write_bytes(resealed(data))
    assert_refused(read_with(reader, path, GOOD), "bake again")


def test_loading_in_python_raises_what_the_command_line_reports(reader: str, tmp_path: Path) -> None:
    with pytest.raises(ContractUnusable) as caught:
        Contract.load(tmp_path / "gone.json")
    assert caught.value.exit_code == 78
    assert caught.value.problems[0].code == "contract-unreadable"
