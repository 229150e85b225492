"""What is exported, read back by a platform's rules and resolved, gives the same settings as the values did; and no
schema refuses what boot accepts.

On classes and environments drawn at random; `EXPORT_PAIRS=20000 EXPORT_SEED=7 pytest tests/platforms/test_same_settings.py`
for a long run.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator

from confcontract.contract.artifact import Contract
from confcontract.contract.declared import Declared
from confcontract.platforms.export_input import ExportInput, Way, export_input
from confcontract.platforms.export_targets import export
from confcontract.platforms.sorted_values import is_within, sort_values
from confcontract.report.problem import ERROR
from confcontract.verdict.resolve import resolve
from tests.platforms.drawn_contracts import drawn_contracts
from tests.platforms.kubernetes.read_back import from_kubernetes
from tests.platforms.reading_back import Got, from_compose, from_dotenv, from_systemd
from tests.support.tools import helm, run_tool

PAIRS = int(os.environ.get("EXPORT_PAIRS", "1000"))
SEED = int(os.environ.get("EXPORT_SEED", "13"))

READERS: dict[str, Callable[[Mapping[str, str]], Got]] = {
    "dotenv": lambda files: from_dotenv(files[".env"]),
    "compose": lambda files: from_compose(files["compose.yaml"], "case"),
    "systemd": lambda files: from_systemd(files["case.service"]),
    "kubernetes": from_kubernetes,
}


def test_every_target_gives_the_settings_that_the_values_gave(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    for drawn in drawn_contracts(PAIRS, SEED):
        for values, program in drawn.tries():
            try:
                try_pair(drawn.contract, values, tmp_path, counts)
            except AssertionError as error:
                pytest.fail(f"{error}\n\n{program}", pytrace=False)
    assert all(counts[target] > PAIRS / 5 for target in READERS), counts


def try_pair(contract: Contract, values: dict[str, str], folder: Path, counts: Counter[str]) -> None:
    given = export_input(contract, values)
    strangers = {problem.variable for problem in given.problems if problem.code == "name-unknown"}
    before = outcome(contract, {name: value for name, value in values.items() if name not in strangers})
    errors = [problem for problem in given.problems if problem.severity == ERROR]
    if errors:
        assert not before[0] or {each.code for each in errors} & {"name-unknown", "export-impossible"}, errors
        return
    if before[0]:
        assert not [setting.name for process in given.processes for setting in process.of(Way.ASKED)]
    secrets = secret_values(values, contract, given)
    if secrets is None:
        return
    for file in folder.iterdir():
        file.unlink()
    for name, value in secrets.items():
        (folder / name).write_text(f"{value}\n")
    shown = [each.get("defaultText", "") for each in contract.variables]
    plain = "".join([*given.environment.values(), *shown])  # values are drawn from few
    after: dict[tuple[tuple[str, str], ...], tuple[bool, str]] = {}  # several targets give the same
    for target, read in READERS.items():
        exported = export(target, given)
        for value in secrets.values():
            assert len(value) < 8 or value in plain or value not in str(exported.files)
        if any(problem.code == "export-impossible" and problem.variable for problem in exported.problems):
            continue
        got = read(exported.files)
        environ = {name: value for name, value in got.environ.items() if not name.startswith("CONFCONTRACT_")}
        missing = secrets.keys() - set(got.secrets)
        assert not missing, f"{target} has no place for {missing}"
        if (key := tuple(environ.items())) not in after:
            after[key] = outcome(contract, environ, folder)
        assert after[key] == before, f"{target} gives {environ}"
        counts[target] += 1


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
        parts = [
            each for each in values if declared.normal(each).startswith(declared.normal(f"{name}{declared.delimiter}"))
        ]
        if parts or sum(each[: len(path)] == path for each in paths) > 1:
            return None  # the environment outranks files place by place, as one environment does not always
    ways = {setting.name: setting.way for setting in given.settings}
    assert all(ways[name] in (Way.SECRET, Way.GIVEN) for name in files)
    return {name: value for name, value in files.items() if ways[name] is Way.SECRET}


def outcome(contract: Contract, environ: Mapping[str, str], folder: Path | None = None) -> tuple[bool, str]:
    found = resolve(contract, environ=environ, secret_dirs=[folder] if folder else ())
    return found.ok, json.dumps(found.values, sort_keys=True, default=str)


def test_what_a_real_helm_renders_gives_the_settings_that_the_values_gave(tmp_path: Path) -> None:
    """On few: each takes a process."""
    pairs = ((drawn, *each) for drawn in drawn_contracts(PAIRS, SEED) for each in drawn.tries())
    fit = ((drawn, values, program, chart_of(drawn.contract, values)) for drawn, values, program in pairs)
    chosen = list(islice((each for each in fit if each[3] is not None), PAIRS // 100))
    assert len(chosen) == PAIRS // 100
    for number, (drawn, values, program, chart) in enumerate(chosen):
        folder = tmp_path / str(number)
        for name, text in (chart or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
        done = run_tool(helm(), "template", "rel", str(folder), "--set", "image.repository=shop")
        assert done.returncode == 0, f"{done.stderr}\n\n{program}"
        environ = from_kubernetes({"all.yaml": done.stdout}).environ
        ours = {name: value for name, value in environ.items() if not name.startswith("CONFCONTRACT_")}
        assert outcome(drawn.contract, ours) == outcome(drawn.contract, values), f"{ours}\n\n{program}"


def chart_of(contract: Contract, values: dict[str, str]) -> Mapping[str, str] | None:
    """The files of a chart with several values, none of them a secret, that boot takes; None of any others."""
    given = export_input(contract, values) if len(values) > 1 else None
    if given is None or given.problems or not outcome(contract, values)[0]:
        return None
    exported = export("helm", given)
    return None if any(problem.code == "export-impossible" for problem in exported.problems) else exported.files


def test_the_schema_of_the_environment_accepts_what_boot_accepts() -> None:
    counts: Counter[str] = Counter()
    for drawn in drawn_contracts(PAIRS, SEED):
        contract = drawn.contract
        document = export("json-schema", export_input(contract, {})).files["environment.schema.json"]
        validator = Draft202012Validator(json.loads(document))
        declared = Declared(contract)
        names = {name for names in declared.names.values() for name in names}
        for values, program in drawn.tries():
            refused = [error.message for error in validator.iter_errors(values)]
            if not refused:
                counts["accepted"] += 1
                continue
            counts["refused"] += 1
            if any(name not in names and declared.knows(name) for name in values):
                continue  # spelt otherwise than the schema has it
            found = resolve(contract, environ=values)
            unfounded = found.ok and not any(each.code == "name-unknown" for each in found.problems)
            assert not unfounded, f"{refused}\n\n{program}"
    assert min(counts["accepted"], counts["refused"]) > PAIRS / 20, counts


def test_the_schema_of_a_chart_accepts_what_boot_accepts() -> None:
    counts: Counter[str] = Counter()
    for drawn in drawn_contracts(PAIRS, SEED):
        contract, validators = drawn.contract, {}
        declared = Declared(contract)
        for values, program in drawn.tries():
            given = export_input(contract, values)
            if any(problem.severity == ERROR for problem in given.problems):
                counts["refused"] += 1
                continue
            made = export("helm", given)
            if any(problem.severity == ERROR for problem in made.problems):
                counts["impossible"] += 1
                continue
            schema = made.files["values.schema.json"]
            if schema not in validators:
                validators[schema] = Draft202012Validator(json.loads(schema))
            written = yaml.load(made.files["values.yaml"], yaml.CSafeLoader)
            wrong = [error.message for error in validators[schema].iter_errors(written)]
            if wrong and not resolve(contract, environ=values).ok:
                continue  # something is missing yet
            assert not wrong, f"{wrong}\n\n{program}"
            assert {declared.normal(name): value for name, value in written["config"].items()} == {
                declared.normal(name): value for setting in given.settings for name, value in setting.given
            }
            counts["accepted"] += 1
    assert counts["accepted"] > PAIRS / 10, counts
