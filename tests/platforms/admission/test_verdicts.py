"""The verdict of a policy is that of `validate --manifest`, for what the policy can see; and it never refuses what boot
accepts, whatever there is that it can't see.

`ADMISSION_SEED=7 pytest tests/platforms/admission` draws other cases.
"""

from __future__ import annotations

import base64
import json
import os
import random
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from confcontract import resolve
from confcontract.contract.artifact import Contract
from confcontract.contract.dotenvtext import quoted
from confcontract.manifests.container_verdict import judge_container
from confcontract.manifests.read_manifests import read_manifests
from confcontract.platforms.admission.judgements import Judgements, ValueJudgement
from confcontract.report.problem import ERROR
from tests.platforms.admission.drawn import VALUES, Drawing, Drawn, shop, without_roles
from tests.platforms.admission.engines import ENGINES, Engine
from tests.platforms.admission.written import container, data_object, enforced_of, pod, refusals, workload

CASES = 2000
SEED = int(os.environ.get("ADMISSION_SEED", "13"))
BY_BOTH = 8  # every so many are evaluated by the other engine too, which takes five times as long
KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")
IN_PLAIN = "secret-in-plain"  # nothing that boot would refuse

Wrong = set[tuple[str, str]]  # variable, code


def by_boot(contract: Contract, drawn: Drawn) -> Wrong:
    """What boot would refuse, if it finds what is drawn."""
    if not drawn.is_boot:
        return set()
    with tempfile.TemporaryDirectory() if drawn.below else nullcontext() as folder:
        files = [] if folder is None else [_written(Path(folder) / "shop.env", drawn.below)]
        found = resolve(contract, environ=drawn.environ, env_files=files, role=drawn.role).problems
    wrong = {(problem.variable or "", problem.code) for problem in found if problem.severity == ERROR}
    return wrong | ({("SHOP_TOKEN", IN_PLAIN)} if has_plain_token(drawn) else set())


def has_plain_token(drawn: Drawn) -> bool:
    """By the last entry of each spelling."""
    last = {each["name"]: each.get("value", "") for each in drawn.spec.get("env", ())}
    return any(value and "$" not in value for name, value in last.items() if name.upper() == "SHOP_TOKEN")


def by_manifest(contract: Contract, drawn: Mapping[int, Drawn], folder: Path) -> dict[int, Wrong]:
    """What `validate --manifest` is sure of, of each."""
    documents = []
    for number, each in drawn.items():
        given = workload(KINDS[number % len(KINDS)], pod(each.spec, volumes=VOLUMES, enableServiceLinks=False))
        documents.append(json.dumps({**given, "metadata": {"name": f"case-{number}"}}))
    (folder / "all.yaml").write_text("\n---\n".join(documents), encoding="utf-8")
    manifests = read_manifests([folder / "all.yaml"])
    assert manifests.problems == ()
    found = {}
    for read in manifests.workloads:
        errors = judge_container(contract, read, read.containers[0]).errors
        wrong = {(each.problem.variable or "", each.problem.code) for each in errors}
        found[int(read.name.removeprefix("case-"))] = wrong
    return found


VOLUMES: list[dict[str, Any]] = [{"name": name, "emptyDir": {}} for name in ("v", "t")]


def by_policy(engine: Engine, contract: Contract, drawn: Drawn, kind: str) -> Wrong:
    side = container(name="side", image="registry.example/side:1")
    spec = pod(drawn.spec, side, volumes=VOLUMES, enableServiceLinks=False)
    if kind == "Job":  # it may also be what runs before the others
        spec = pod(side, init=(drawn.spec,), volumes=VOLUMES, enableServiceLinks=False)
    return _codes(refusals(engine, enforced_of(contract), workload(kind, spec)))


def _written(path: Path, values: Mapping[str, str]) -> Path:
    path.write_text("".join(f"{name}={quoted(value)}\n" for name, value in values.items()), encoding="utf-8")
    return path


def _codes(messages: Iterable[str]) -> Wrong:
    return {(message.split()[0], message.rpartition("[")[2].rstrip("]")) for message in messages}


def _is_founded(refused: tuple[str, str], verdict: Wrong) -> bool:
    """Boot tells by the section's name of what is missing as a whole, or is not JSON."""
    variable, code = refused
    sections = {section for section, said in verdict if said in (code, "value-undecodable")}
    return refused in verdict or any(variable.startswith(f"{section}__") for section in sections)


@cache
def _judged(contract: Contract) -> dict[str, ValueJudgement]:
    return {each.variable: each for each in Judgements(contract).values}


def _is_sure(contract: Contract, drawn: Drawn, wrong: tuple[str, str]) -> bool:
    """Whether a policy has to know of it: docs/how-to/admission.md lists what it can't see."""
    variable, code = wrong
    if code == IN_PLAIN:  # which no other source changes
        return drawn.is_boot
    section = variable.rpartition("__")[0]
    here = [name.upper() for name in drawn.environ]
    if not drawn.is_seen or not drawn.is_boot or variable in drawn.unsure:
        return False
    if code.endswith("-missing"):  # JSON may say that there is nothing after all
        return (not contract.roles or drawn.role == "web") and not {variable, section} & {*here}
    judgement = _judged(contract).get(variable)
    if judgement is None or judgement.accepts is None or section in here:
        return False
    return sum(name.lower() in judgement.names for name in drawn.environ) == 1


def _engines(number: int) -> list[Engine]:
    return [*ENGINES.values()][: 1 if number % BY_BOTH else 2]


@pytest.mark.parametrize("contract", [shop(), without_roles()], ids=["roles", "no roles"])
def test_a_workload_gets_the_verdict_of_its_manifest(contract: Contract, tmp_path: Path) -> None:
    drawing = Drawing(SEED, tuple(contract.roles))
    cases = {number: drawing.container() for number in range(CASES // 2)}
    seen = {number: drawn for number, drawn in cases.items() if drawn.is_seen and drawn.is_boot}
    verdicts = by_manifest(contract, seen, tmp_path)
    unfounded, missed, refused, told = [], [], 0, 0
    for number, drawn in cases.items():
        verdict = verdicts[number] if number in seen else by_boot(contract, drawn)
        kind = KINDS[number % len(KINDS)]
        found = [by_policy(engine, contract, drawn, kind) for engine in _engines(number)]
        assert found[0] == found[-1], drawn
        unfounded += [(drawn, each, verdict) for each in found[0] if not _is_founded(each, verdict)]
        needed = {each for each in verdict if _is_sure(contract, drawn, each)}
        missed += [(drawn, each) for each in needed if each not in found[0]]
        refused, told = refused + bool(found[0]), told + len(needed)
    assert unfounded == []
    assert missed == []
    assert refused > CASES // 5
    assert told > CASES // 8


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_a_config_map_and_a_secret_get_the_verdict_that_boot_gives_of_their_values_alone(kind: str) -> None:
    contract, drawing, chance = without_roles(), Drawing(SEED + 4), random.Random(SEED + 4)
    unfounded, missed, refused = [], [], 0
    for number in range(CASES // 4):
        drawn = Drawn({})
        drawn.environ = {name: drawing.value(name, drawn) for name in VALUES if chance.random() < 0.4}
        data = drawn.environ
        if kind == "Secret":
            data = {name: base64.b64encode(value.encode()).decode() for name, value in data.items()}
        given = data_object(kind, data)
        found = [_codes(refusals(engine, enforced_of(contract), given)) for engine in _engines(number)]
        assert found[0] == found[-1], drawn
        boot = by_boot(contract, drawn)
        if kind == "ConfigMap" and data.get("SHOP_TOKEN"):
            boot.add(("SHOP_TOKEN", IN_PLAIN))
        unfounded += [(drawn, each) for each in found[0] if not _is_founded(each, boot)]
        needed = {each for each in boot if not each[1].endswith("-missing") and _is_sure(contract, drawn, each)}
        if kind == "Secret":  # of which only printable text is looked at
            needed = {each for each in needed if drawn.environ.get(each[0], "").isprintable()}
        missed += [(drawn, each) for each in needed if each not in found[0]]
        refused += bool(found[0])
    assert unfounded == []
    assert missed == []
    assert refused > CASES // 10
