"""On classes and environments drawn at random: what boot accepts, the chart's schema accepts, and its own values too."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import yaml  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator

from confcontract.contract.declared import Declared
from confcontract.platforms.export_input import export_input
from confcontract.platforms.helm.chart_files import export
from confcontract.platforms.workload_options import WorkloadOptions
from confcontract.report.problem import ERROR
from confcontract.verdict.resolve import resolve
from confcontract.verdict.sources.ownfiles import without_own_files
from tests.fidelity.boot import baked
from tests.fidelity.drawing import ENVIRONMENTS_PER_CLASS, for_each_case
from tests.fidelity.spec import Built, script

PAIRS, SEED = 300, 31


def test_the_schema_of_a_chart_accepts_what_boot_accepts() -> None:
    counts: Counter[str] = Counter()

    def check(case: Any) -> None:
        spec, environments = case
        source = spec.source()
        with Built(source) as settings:
            contract = baked(settings).contract
        if contract is None:
            return
        contract, _ = without_own_files(contract)
        declared = Declared(contract)
        for environment in environments:
            values = environment.mapping()
            given = export_input(contract, values)
            if any(problem.severity == ERROR for problem in given.problems):
                counts["refused"] += 1
                continue
            made = export(given, None, WorkloadOptions())
            if any(problem.severity == ERROR for problem in made.problems):
                counts["impossible"] += 1
                continue
            validator = Draft202012Validator(json.loads(made.files["values.schema.json"]))
            written = yaml.load(made.files["values.yaml"], yaml.CSafeLoader)
            wrong = [error.message for error in validator.iter_errors(written)]
            if not resolve(contract, environ=values).ok:
                continue  # something is missing yet
            assert not wrong, f"{wrong}\n\n{script(source, environment)}"
            assert {declared.normal(name): value for name, value in written["config"].items()} == {
                declared.normal(name): value for setting in given.settings for name, value in setting.given
            }
            counts["accepted"] += 1

    for_each_case(check, PAIRS // ENVIRONMENTS_PER_CLASS, SEED, shrink=False)
    assert counts["accepted"] > PAIRS / 10, counts
