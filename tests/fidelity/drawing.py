"""How hypothesis is run here: a seed, a number of classes, and no mutation of classes already drawn."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.internal.conjecture import engine

from .spec import NoProgram
from .strategies import cases

ENVIRONMENTS_PER_CLASS = 8
PAIRS_PER_PART = 1000
ORDINARY_PAIRS = 2000
ORDINARY_SEED = 20261101


def wanted_pairs() -> int:
    """FIDELITY_PAIRS=N sets the number of (class, environment) pairs."""
    return int(os.environ.get("FIDELITY_PAIRS", ORDINARY_PAIRS))


def first_seed() -> int:
    """FIDELITY_SEED sets the seed; "random" draws one, and the test's name shows it."""
    stated = os.environ.get("FIDELITY_SEED", "")
    if stated == "random":
        # workers of one run must agree on the tests' names
        shared = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{random.SystemRandom().random()}"
        return random.Random(shared).randrange(10**9)
    return int(stated or ORDINARY_SEED)


@contextmanager
def fresh_classes() -> Iterator[None]:
    """Draw each class anew.

    Hypothesis varies every example five times, for it expects drawing to be cheap beside
    finding a new path. Here a wholly new class finds more than five near copies of the last.
    """
    runner = getattr(engine, "ConjectureRunner", None)
    if hasattr(runner, "generate_mutations_from"):
        with mock.patch.object(runner, "generate_mutations_from", return_value=None):
            yield
    else:
        yield


def for_each_case(check: Callable[[Any], None], classes: int, number: int, *, shrink: bool = True) -> None:
    """Run `check` on so many (spec, environments) pairs of that seed."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]

    @seed(number)
    @settings(
        max_examples=classes,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @given(case=cases(ENVIRONMENTS_PER_CLASS))
    def run(case: Any) -> None:
        with suppress(NoProgram):
            check(case)

    with fresh_classes():
        run()
