"""What is exported, read back by a platform's rules and resolved, gives the same settings as the values did.

On classes and environments drawn at random; `EXPORT_PAIRS=20000 EXPORT_SEED=7 pytest tests/platforms/test_same_settings.py`
for a long run.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from confcontract.contract.artifact import Contract
from confcontract.contract.declared import Declared
from confcontract.platforms.export_input import ExportInput, Way, export_input
from confcontract.platforms.export_targets import export
from confcontract.platforms.sorted_values import is_within, sort_values
from confcontract.report.problem import ERROR
from confcontract.verdict.resolve import resolve
from confcontract.verdict.sources.ownfiles import without_own_files
from tests.fidelity.boot import baked
from tests.fidelity.drawing import ENVIRONMENTS_PER_CLASS, for_each_case
from tests.fidelity.spec import Built, script
from tests.platforms.reading_back import Got, from_compose, from_dotenv, from_systemd

PAIRS = int(os.environ.get("EXPORT_PAIRS", "1000"))
SEED = int(os.environ.get("EXPORT_SEED", "13"))

READERS: dict[str, Callable[[Mapping[str, str]], Got]] = {
    "dotenv": lambda files: from_dotenv(files[".env"]),
    "compose": lambda files: from_compose(files["compose.yaml"], "case"),
    "systemd": lambda files: from_systemd(files["case.service"]),
}


def secret_values(values: Mapping[str, str], contract: Contract, given: ExportInput) -> dict[str, str] | None:
    """What an operator would put into the files of the secrets; None where a part of a variable is one."""
    found = sort_values(values, contract, "values")
    declared = Declared(contract)
    withheld = {name: value for name, value in found.judged.items() if name not in found.environment}
    files: dict[str, str] = {}
    for name, value in withheld.items():
        variable = declared.variable(name)
        if variable is None or is_within(name, variable, declared) or variable["name"] in files:
            return None
        files[variable["name"]] = value
    written = [name for owners in found.owners.values() for name in owners]
    paths = [tuple(declared.variables[name]["path"]) for name in (*written, *files)]
    for name in files:
        path = tuple(declared.variables[name]["path"])
        if sum(each[: len(path)] == path for each in paths) > 1:
            return None  # the environment outranks files place by place, as one environment does not always
    ways = {setting.name: setting.way for setting in given.settings}
    assert all(ways[name] in (Way.SECRET, Way.GIVEN) for name in files)
    return {name: value for name, value in files.items() if ways[name] is Way.SECRET}


def outcome(contract: Contract, environ: Mapping[str, str], folder: Path | None = None) -> tuple[bool, str]:
    found = resolve(contract, environ=environ, secret_dirs=[folder] if folder else ())
    return found.ok, json.dumps(found.values, sort_keys=True, default=str)


class Trial:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: Counter[str] = Counter()

    def check(self, case: Any) -> None:
        spec, environments = case
        source = spec.source()
        with Built(source) as settings:
            contract = baked(settings).contract
        if contract is None:
            return
        contract, _ = without_own_files(contract)
        for environment in environments:
            try:
                self.pair(contract, environment.mapping())
            except AssertionError as error:
                pytest.fail(f"{error}\n\n{script(source, environment)}", pytrace=False)

    def pair(self, contract: Contract, values: dict[str, str]) -> None:
        given = export_input(contract, values)
        self.counts["pairs"] += 1
        strangers = {problem.variable for problem in given.problems if problem.code == "name-unknown"}
        before = outcome(contract, {name: value for name, value in values.items() if name not in strangers})
        errors = [problem for problem in given.problems if problem.severity == ERROR]
        if errors:
            self.counts["refused"] += 1
            assert not before[0] or {each.code for each in errors} & {"name-unknown", "export-impossible"}, errors
            return
        secrets = secret_values(values, contract, given)
        if secrets is None:
            self.counts["secret parts"] += 1
            return
        self.counts["secrets"] += bool(secrets)
        plain = "".join(given.environment.values())  # values are drawn from few
        for target, read in READERS.items():
            exported = export(target, given)
            for value in secrets.values():
                assert len(value) < 8 or value in plain or value not in str(exported.files)
            if any(problem.code == "export-impossible" and problem.variable for problem in exported.problems):
                self.counts[f"impossible in {target}"] += 1
                continue
            got = read(exported.files)
            environ = {name: value for name, value in got.environ.items() if not name.startswith("CONFCONTRACT_")}
            missing = secrets.keys() - set(got.secrets)
            assert not missing, f"{target} has no place for {missing}"
            after = outcome(contract, environ, self.laid_out(secrets))
            assert after == before, f"{target} gives {environ}"
            self.counts[target] += 1

    def laid_out(self, secrets: Mapping[str, str]) -> Path:
        for file in self.folder.iterdir():
            file.unlink()
        for name, value in secrets.items():
            (self.folder / name).write_text(f"{value}\n")
        return self.folder


def test_every_target_gives_the_settings_that_the_values_gave(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    for_each_case(trial.check, PAIRS // ENVIRONMENTS_PER_CLASS, SEED, shrink=False)
    print(dict(trial.counts))
    assert all(trial.counts[target] > PAIRS / 5 for target in READERS), trial.counts


def test_the_schema_of_the_environment_accepts_what_boot_accepts() -> None:
    counts: Counter[str] = Counter()

    def check(case: Any) -> None:
        spec, environments = case
        source = spec.source()
        with Built(source) as settings:
            contract = baked(settings).contract
        if contract is None:
            return
        contract, _ = without_own_files(contract)
        document = export("json-schema", export_input(contract, {})).files["environment.schema.json"]
        validator = Draft202012Validator(json.loads(document))
        declared = Declared(contract)
        names = {name for names in declared.names.values() for name in names}
        for environment in environments:
            values = environment.mapping()
            refused = [error.message for error in validator.iter_errors(values)]
            found = resolve(contract, environ=values)
            counts["refused"] += bool(refused)
            spelt = all(name in names or not declared.knows(name) for name in values)
            if found.ok and spelt and not any(each.code == "name-unknown" for each in found.problems):
                counts["accepted"] += 1
                assert not refused, f"{refused}\n\n{script(source, environment)}"

    for_each_case(check, PAIRS // ENVIRONMENTS_PER_CLASS, SEED + 1, shrink=False)
    assert counts["accepted"] > PAIRS / 20, counts
    assert counts["refused"] > PAIRS / 20, counts
