"""Contracts of classes drawn at random, each with environments to try on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from confcontract.contract.artifact import Contract
from confcontract.verdict.sources.ownfiles import without_own_files
from tests.fidelity.boot import baked
from tests.fidelity.drawing import ENVIRONMENTS_PER_CLASS, for_each_case
from tests.fidelity.spec import Built, Environment, script


@dataclass(frozen=True)
class DrawnContract:
    """source: of the class."""

    source: str
    contract: Contract
    environments: tuple[Environment, ...]

    def tries(self) -> Iterator[tuple[dict[str, str], str]]:
        """Values, and a program that shows boot's verdict on them."""
        for environment in self.environments:
            yield environment.mapping(), script(self.source, environment)


def contract_of(source: str) -> Contract | None:
    """None where bake refuses the class. Raises NoProgram where pydantic does."""
    with Built(source) as settings:
        return baked(settings).contract


@cache
def drawn_contracts(pairs: int, seed: int) -> list[DrawnContract]:
    """Drawn once for all the tests of a module. Without files of the application's own, which no platform brings."""
    found: list[DrawnContract] = []

    def keep(case: Any) -> None:
        spec, environments = case
        source = spec.source()
        if (contract := contract_of(source)) is not None:
            found.append(DrawnContract(source, without_own_files(contract)[0], tuple(environments)))

    for_each_case(keep, pairs // ENVIRONMENTS_PER_CLASS, seed, shrink=False)
    return found
