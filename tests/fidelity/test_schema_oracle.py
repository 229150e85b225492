"""The contract's JSON Schema describes what boot resolves; `jsonschema` is the judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from confcontract.contract.artifact import Contract

from .boot import baked, boot_verdict
from .drawing import first_seed, for_each_case
from .oracle import same
from .spec import Built, Environment, SettingsSpec, script
from .test_traps import ALL
from .traps_names import Trap

CLASSES = 80

Judge = jsonschema.Draft202012Validator


def _says(judge: Any, values: object) -> str:
    return "; ".join(f"{error.json_path}: {error.message}" for error in judge.iter_errors(values))


def _hold(contract: Contract, environments: Any, source: str) -> int:
    """Every accepted resolution must satisfy the contract's own schema; how many there were."""
    schema = contract.data["schema"]
    Judge.check_schema(schema)
    judge = Judge(schema)
    held = 0
    for environment in environments:
        ours = boot_verdict(contract, environment)
        if ours.accepted and not ours.crash:
            said = _says(judge, ours.values)
            if said:
                pytest.fail(
                    f"{said}\nvalues: {ours.values!r}\nschema: {json.dumps(schema)}\n\n{script(source, environment)}",
                    pytrace=False,
                )
            held += 1
    return held


def test_what_boot_accepts_satisfies_the_schema_of_the_contract() -> None:
    held = 0

    def check(case: tuple[SettingsSpec, Any]) -> None:
        nonlocal held
        spec, environments = case
        source = spec.source()
        with Built(source) as settings:
            made = baked(settings)
            if made.contract is not None:
                held += _hold(made.contract, environments, source)

    for_each_case(check, CLASSES, first_seed())
    assert held > CLASSES


@pytest.mark.parametrize("case", ALL, ids=[each.sentence.replace("[", "(").replace("]", ")") for each in ALL])
def test_what_boot_accepts_of_a_trap_satisfies_the_schema_of_the_contract(case: Trap) -> None:
    with Built(case.source) as settings:
        made = baked(settings)
        if case.refused:
            return
        assert made.contract is not None, made.refusal or made.crash
        environments = [Environment(tuple(each.environ.items()), tuple(each.files.items())) for each in case.tries]
        _hold(made.contract, environments, case.source)


def test_a_contract_read_back_from_its_file_resolves_alike(tmp_path: Path) -> None:
    def check(case: tuple[SettingsSpec, Any]) -> None:
        spec, environments = case
        with Built(spec.source()) as settings:
            made = baked(settings)
            if made.contract is None:
                return
            made.contract.dump(tmp_path / "contract.json")
            again = Contract.load(tmp_path / "contract.json")
            assert again.to_bytes() == made.contract.to_bytes()
            for environment in environments[:2]:
                one, two = boot_verdict(made.contract, environment), boot_verdict(again, environment)
                assert (one.accepted, one.reason, one.deferred) == (two.accepted, two.reason, two.deferred)
                assert same(one.values, two.values)

    for_each_case(check, 20, first_seed() + 2)


def test_the_same_class_bakes_to_the_same_bytes() -> None:
    def check(case: tuple[SettingsSpec, Any]) -> None:
        source = case[0].source()
        payloads = []
        for _ in range(2):
            with Built(source, name="fidelity_case") as settings:
                made = baked(settings)
                payloads.append(made.contract.data["digest"] if made.contract else made.refusal)
        assert payloads[0] == payloads[1], source

    for_each_case(check, 20, first_seed() + 3)
