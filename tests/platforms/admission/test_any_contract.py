"""No policy of any contract refuses what boot accepts: on the traps of pydantic, and on classes drawn at random.

`ADMISSION_CLASSES=3000 pytest tests/platforms/admission/test_any_contract.py` for a long run;
ADMISSION_SEED draws others.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from confcontract import resolve
from confcontract.contract.artifact import Contract
from confcontract.report.problem import ERROR
from tests.fidelity.drawing import for_each_case
from tests.fidelity.spec import SettingsSpec
from tests.fidelity.traps_names import NAMES
from tests.fidelity.traps_values import VALUES
from tests.platforms.admission.engines import ENGINES
from tests.platforms.admission.written import container, data_object, pod, policies, refusals, workload, written
from tests.platforms.drawn_contracts import contract_of

CLASSES = int(os.environ.get("ADMISSION_CLASSES", "20"))
SEED = int(os.environ.get("ADMISSION_SEED", "13"))


class Held:
    """How often a policy refused, and where boot did not."""

    def __init__(self) -> None:
        self.tried = 0
        self.refused = 0
        self.wrong: list[Any] = []

    def hold(self, contract: Contract, environments: Iterable[Mapping[str, str]], source: str) -> None:
        found = policies(written(contract, plain_secrets=True))  # which boot accepts
        for environ in environments:
            if any("\0" in text or re.search("[\ud800-\udfff]", text) for text in (*environ, *environ.values())):
                continue  # no object of Kubernetes has these
            given = workload("Pod", pod(container(dict(environ)), enableServiceLinks=False))
            data = data_object("ConfigMap", dict(environ), name="case")
            said = [words for each in (given, data) for words in refusals(ENGINES["c++"], found, each)]
            self.tried += 1
            if not said:
                continue
            self.refused += 1
            told = [each for each in resolve(contract, environ=environ).problems if each.severity == ERROR]
            codes = {_family(each.code) for each in told}  # a member is told with its section, which may hold a secret
            unfounded = [each for each in said if _family(each.rpartition("[")[2].rstrip("]")) not in codes]
            if unfounded:
                self.wrong.append((unfounded, environ, [each.as_dict() for each in told], source))


def _family(code: str) -> str:
    return "missing" if code.endswith("-missing") else code


def test_traps_of_pydantic() -> None:
    held = Held()
    for trap in (trap for trap in NAMES + VALUES if not trap.refused):
        if (contract := contract_of(trap.source)) is not None:
            held.hold(contract, [attempt.environ for attempt in trap.tries if not attempt.files], trap.source)
    assert held.wrong == []
    assert held.refused > 30


def test_classes_drawn_at_random() -> None:
    held = Held()

    def check(case: tuple[SettingsSpec, Any]) -> None:
        spec, environments = case
        if (contract := contract_of(spec.source())) is not None:
            given = [each.mapping() for each in environments if not each.files]
            held.hold(contract, given, spec.source())

    for_each_case(check, CLASSES, SEED)
    assert held.wrong == []
    assert held.refused > CLASSES // 2
