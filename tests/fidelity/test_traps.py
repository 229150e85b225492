"""The known traps of pydantic-settings, one named case each.

First the expectation is held against `Settings()` itself, so that a change of pydantic's behaviour
is noticed; then boot must say the same.
"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_core import PydanticSerializationError

from tests.support.releases import is_before

from .boot import baked, boot_verdict
from .comparison import disagreement
from .oracle import program_verdict, same, settings_verdict
from .spec import Built, Environment, script
from .traps_bounds import BOUNDS, DEFERRED
from .traps_files import FILES
from .traps_names import NAMES, REJECTED, Trap, Try
from .traps_values import VALUES

ALL = NAMES + FILES + VALUES + BOUNDS + DEFERRED
each_trap = pytest.mark.parametrize(
    "case", ALL, ids=[each.sentence.replace("[", "(").replace("]", ")") for each in ALL]
)


def _environment(attempt: Try) -> Environment:
    return Environment(tuple(attempt.environ.items()), tuple(attempt.files.items()))


@each_trap
def test_pydantic_does(case: Trap) -> None:
    wrong = [] if _can_be_declared(case) else ["the class can't be declared"]
    if not wrong:
        with Built(case.source) as settings:
            wrong = [told for attempt in case.tries if (told := _told(settings, attempt))]
    if is_before(case.since):
        assert wrong, f"true before {case.since}, too"
    else:
        assert not wrong


def _can_be_declared(case: Trap) -> bool:
    """Always, but where a release is too old for the sentence: it may know nothing of such a class."""
    try:
        with Built(case.source):
            return True
    except PydanticSerializationError:
        if not is_before(case.since):
            raise
        return False


def _told(settings: type[Any], attempt: Try) -> str:
    """How the class does not do as is expected of it; empty where it does."""
    verdict = settings_verdict(settings, _environment(attempt))
    if attempt.expected is REJECTED:
        return f"{attempt.environ} {attempt.files} is accepted: {verdict.values}" if verdict.accepted else ""
    if attempt.expected is None:
        return ""
    if not verdict.accepted:
        return f"{attempt.environ} {attempt.files} is rejected: {verdict.reason}"
    return "" if same(verdict.values, attempt.expected) else f"{attempt.environ}: {verdict.values}"


@each_trap
def test_boot_does_as_pydantic_does(case: Trap) -> None:
    if not _can_be_declared(case):
        return  # said by test_pydantic_does, and there is nothing to bake
    with Built(case.source) as settings:
        made = baked(settings)
        if case.refused:
            assert case.refused in made.refusal
            return
        assert made.contract is not None, f"{made.refusal or made.crash}\n{case.source}"
        wrong = []
        program = ""
        for attempt in case.tries:
            environment = _environment(attempt)
            found = disagreement(
                settings, program_verdict(settings, case.source, environment), boot_verdict(made.contract, environment)
            )
            if found:
                wrong.append(f"{attempt.environ!r} {attempt.files!r}\n{found}")
                program = script(case.source, environment)
        assert not wrong, "\n\n".join(wrong) + "\n\n" + program


@pytest.mark.parametrize("case", BOUNDS + DEFERRED, ids=[each.sentence for each in BOUNDS + DEFERRED])
def test_a_bound_is_deferred_only_where_boot_does_not_hold_the_value(case: Trap) -> None:
    if not _can_be_declared(case):
        return
    with Built(case.source) as settings:
        contract = baked(settings).contract
    assert contract is not None
    assert bool(contract.data["deferred"]) == (case in DEFERRED or is_before(case.judged_since))


def test_every_sentence_is_said_once() -> None:
    sentences = [each.sentence for each in ALL]
    assert len(sentences) == len(set(sentences))
