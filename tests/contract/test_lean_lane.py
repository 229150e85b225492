"""The shortcuts that make boot fast give what the long way gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract import bake, resolve
from confcontract.contract import artifact_file
from confcontract.contract.artifact import Contract
from confcontract.contract.digest import canonical, digest_of
from confcontract.contract.jsontext import loads
from confcontract.report.errors import ContractUnusable
from tests.contract.lean_settings import LeanSettings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NEARLY_JSON = st.text(alphabet='{}[]",:0123456789.eE+-tfnrualsNIy \t\n\r\\\ufeff\u00a0x\x00', max_size=30)


def outcome(decode: Any, text: str) -> tuple[str, str]:
    """repr, so that NaN equals itself and 1 is not 1.0."""
    try:
        return "value", repr(decode(text))
    except (ValueError, RecursionError) as error:
        return type(error).__name__, str(error)


@given(NEARLY_JSON | st.text() | JSON.map(json.dumps) | JSON.map(lambda value: f" \n{json.dumps(value, indent=1)}\t"))
def test_json_is_decoded_as_by_the_package(text: str) -> None:
    assert outcome(loads, text) == outcome(json.loads, text)


@pytest.mark.parametrize("text", ["9" * 5000, "[" * 100_000, '{"a": 1, "a": 2}', "1e999", "-NaN", '"\ud800"', ""])
def test_json_is_decoded_as_by_the_package_at_its_limits(text: str) -> None:
    assert outcome(loads, text) == outcome(json.loads, text)


# -- a contract that is parsed in parts -----------------------------------------------------------


@pytest.fixture(scope="module")
def baked() -> Contract:
    return bake(LeanSettings, name="lean", version="1")


@pytest.fixture
def contract(baked: Contract, tmp_path: Path) -> Contract:
    baked.dump(tmp_path / "contract.json")
    return Contract.load(tmp_path / "contract.json")


def test_what_boot_leaves_unread_is_there_for_everybody_else(baked: Contract, contract: Contract) -> None:
    assert contract.data["schema"] == baked.data["schema"]
    assert contract.variables == baked.variables
    assert contract.data == json.loads(baked.to_bytes())
    assert list(contract.data) == sorted(contract.data)


def test_a_contract_that_is_read_gives_its_bytes_and_its_digest_again(baked: Contract, contract: Contract) -> None:
    assert contract.to_bytes() == baked.to_bytes()
    assert digest_of(contract.data) == contract.digest


def test_what_looks_like_a_seam_inside_of_a_value_is_none(baked: Contract, tmp_path: Path) -> None:
    """The very bytes at which a canonical file is cut, as text and as structure, before and behind the right place."""
    seams: Any = ['],"version":"', ',"schema":{"$', {"a": 1, "schema": {"$x": 1}}, {"a": [1], "version": "2"}]
    for member in ("description", "checks", "deferred", "roles", "variables"):
        whole = json.loads(baked.to_bytes())
        for seam in seams:
            if isinstance(whole[member], list):
                whole[member].append({"seam": seam})
            elif isinstance(whole[member], dict):
                whole[member][f"seam {seam}"] = {"a": [1], "schema": {"$x": seam}, "version": "x"}
            else:
                whole[member] = str(seam)
            whole["digest"] = digest_of(whole)
            (tmp_path / "contract.json").write_bytes(canonical(whole))
            told = ""
            try:
                assert Contract.load(tmp_path / "contract.json").data == whole
            except ContractUnusable as refused:  # by what reads all of it, where it can't be cut
                told = str(refused)
            assert not told or "damaged" in told


def test_a_member_that_is_damaged_where_boot_does_not_look_is_told_when_it_is_asked_for(
    baked: Contract, tmp_path: Path
) -> None:
    broken = baked.to_bytes().replace(b'},"variables":[', b'},"variables":{},"x":[', 1)
    (tmp_path / "contract.json").write_bytes(broken)
    with pytest.raises(ContractUnusable):
        _ = Contract.load(tmp_path / "contract.json").data


def test_a_boot_that_succeeds_reads_no_more(baked: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact_file, "_READ_AT_ONCE", 0)  # a large contract
    whole = json.loads(baked.to_bytes())
    names = [[variable["name"], *variable.get("aliases", ())] for variable in whole["variables"]]
    whole["compiled"] |= {"names": names, "notable": []}
    whole["digest"] = digest_of(whole)
    (tmp_path / "contract.json").write_bytes(canonical(whole))
    contract = Contract.load(tmp_path / "contract.json")
    good = resolve(contract, environ={"LEAN_PORT": "1", "LEAN_MAIL__HOST": "h", "OTHER": "x"})
    assert good.ok
    assert contract._unread is not None
    assert good.values == {"port": 1, "tags": [], "mail": {"host": "h", "sender": "a@example.com"}}
    assert {name: str(source) for name, source in good.sources.items()}["LEAN_PORT"] == "environment"
    bad = resolve(contract, environ={"LEAN_PORT": "x", "LEAN_MIAL__HOST": "h"})
    assert [(problem.code, problem.variable) for problem in bad.problems] == [
        ("value-invalid", "LEAN_PORT"),
        ("name-unknown", "LEAN_MIAL__HOST"),
    ]


# -- modules that are lent ------------------------------------------------------------------------


def fresh(program: str) -> str:
    """What a program prints in an interpreter of its own, where nothing is imported yet."""
    program = f"import sys; sys.path[:] = {sys.path!r}\n{program}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True
    ).stdout


BUILD = """
from confcontract.contract.engine import SchemaValidator, ValidationError, without_re
with without_re():
    validator = SchemaValidator({"type": "str", "pattern": "^a+$", **OPTIONS})
print("re" in sys.modules, end=" ")
for text in ("aa", "b"):
    try:
        print(validator.validate_python(text), end=" ")
    except ValidationError as error:
        print(error.errors()[0]["type"], end=" ")
import re
print(re.compile("a").match("a") is not None, type(re) is type(sys))
"""


def test_a_pattern_is_compiled_without_re() -> None:
    assert fresh(f"OPTIONS = {{}}\n{BUILD}") == "False aa string_pattern_mismatch True True\n"


def test_a_pattern_in_pythons_dialect_still_finds_re() -> None:
    program = BUILD.replace("**OPTIONS})", "**OPTIONS}, {'regex_engine': 'python-re'})")
    assert fresh(f"OPTIONS = {{}}\n{program}") == "True aa string_pattern_mismatch True True\n"


def test_where_re_is_there_it_is_not_replaced() -> None:
    program = (
        "import re as before\nfrom confcontract.contract.engine import without_re\nwith without_re():\n import re\n"
    )
    assert fresh(f"{program}print(re is before)\nimport re\nprint(re is before)") == "True\nTrue\n"


def test_a_module_that_imports_re_meanwhile_gets_all_of_it() -> None:
    program = (
        "from confcontract.contract.engine import without_re\n"
        "with without_re():\n"
        "  import fractions, re\n"
        "  from re import IGNORECASE, Pattern\n"
        "print(fractions.Fraction('1/3'), isinstance(re.compile('a', IGNORECASE), Pattern))\n"
        "import re as real\n"
        "print(real.Pattern is Pattern, type(real) is type(sys))"
    )
    assert fresh(program) == "1/3 True\nTrue True\n"


def test_re_is_given_back_where_building_fails() -> None:
    program = (
        "from confcontract.contract.engine import SchemaError, SchemaValidator, without_re\n"
        "try:\n"
        "  with without_re(): SchemaValidator({'type': 'str', 'pattern': '('})\n"
        "except SchemaError: print('re' in sys.modules)"
    )
    assert fresh(program) == "False\n"


def test_the_engine_leaves_datetime_to_whoever_imports_it() -> None:
    """Where it is dear: from Python 3.12 on `datetime` executes nothing in Python, and the engine imports it."""
    program = (
        "import confcontract.contract.engine as engine\n"
        "print('datetime' in sys.modules)\n"
        "import datetime\n"
        "day = engine.SchemaValidator({'type': 'date'}).validate_python('2024-02-29')\n"
        "print(day == datetime.date(2024, 2, 29), type(day) is datetime.date, hasattr(datetime, 'timedelta'))"
    )
    assert fresh(program) == f"{sys.version_info >= (3, 12)}\nTrue True True\n"


def test_the_engine_leaves_types_to_whoever_imports_it() -> None:
    program = (
        "import confcontract.contract.engine as engine\n"
        "print('types' in sys.modules)\n"
        "import types\n"
        "print(type(types) is type(sys), types.SimpleNamespace is type(sys.implementation), types.FunctionType)"
    )
    assert fresh(program) == "False\nTrue True <class 'function'>\n"


def test_a_module_that_imports_types_while_the_engine_is_loaded_gets_all_of_it() -> None:
    program = (
        "from confcontract.contract.engine import Lent, _Types\n"
        "stand_in = _Types()\n"
        "with Lent('types', stand_in):\n"
        "  import types\n"
        "  print(types is stand_in, types.SimpleNamespace, types.FunctionType)\n"
        "import types\n"
        "print(type(types) is type(sys))"
    )
    assert fresh(program) == "True <class 'types.SimpleNamespace'> <class 'function'>\nTrue\n"
