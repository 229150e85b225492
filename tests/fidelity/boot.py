"""What confcontract makes of the same class and the same environment."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass, field
from typing import Any

import pytest

from confcontract.contract.artifact import Contract
from confcontract.report.errors import BakeRefused

from .oracle import surroundings
from .spec import Environment


@dataclass(frozen=True)
class Boot:
    accepted: bool
    values: Any = None
    reason: str = ""
    deferred: tuple[tuple[str | int, ...], ...] = ()
    crash: str = ""


@dataclass(frozen=True)
class Baked:
    contract: Contract | None = None
    refusal: str = ""
    crash: str = ""
    kinds: dict[tuple[str | int, ...], str] = field(default_factory=dict)


def baked(settings: type[Any]) -> Baked:
    """Bake on an empty machine, and send the contract through its bytes.

    A third of baking is that the contract is looked at as JSON by the published schema: for drawn classes that is done
    in tests/contract/test_format.py.
    """
    from confcontract import bake
    from confcontract.author import bake as baking

    try:
        with surroundings(Environment(), variables=False), pytest.MonkeyPatch.context() as patched:
            patched.setattr(baking, "check_format", lambda _: None)
            contract = bake(settings, name="case", version="1")
        again = Contract(json.loads(contract.to_bytes()))
    except BakeRefused as refused:
        return Baked(refusal="; ".join(problem.message for problem in refused.problems))
    except Exception:
        return Baked(crash=traceback.format_exc())
    kinds = {tuple(each["path"]): f"{each['kind']} {each.get('name', '')}".strip() for each in again.data["deferred"]}
    return Baked(again, kinds=kinds)


def boot_verdict(contract: Contract, environment: Environment) -> Boot:
    """Boot's verdict; `os.environ` is empty, so that only the mapping can be read."""
    from confcontract import resolve

    with surroundings(environment, variables=False):
        try:
            result = resolve(contract, environ=environment.mapping())
            errors = [problem for problem in result.problems if problem.severity == "error"]
            reason = "; ".join(
                f"{problem.code} {problem.variable}: {problem.message} [{problem.rule}]" for problem in errors
            )
            if result.ok == bool(errors):
                return Boot(result.ok, crash=f"ok is {result.ok}, but the problems are: {reason}")
            deferred = tuple(tuple(each["path"]) for each in result.deferred)
            return Boot(result.ok, result.values, reason, deferred)
        except Exception:
            return Boot(False, crash=traceback.format_exc())
