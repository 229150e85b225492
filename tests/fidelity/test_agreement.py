"""Boot gives the verdict and the values that `Settings()` gives, on classes and environments drawn at random.

`FIDELITY_PAIRS=100000 FIDELITY_SEED=random pytest tests/fidelity/test_agreement.py` for a long run.
A disagreement prints the class, the environment and both verdicts as a program.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest

from .boot import baked, boot_verdict
from .comparison import TALLY, Tally, disagreement
from .drawing import ENVIRONMENTS_PER_CLASS, PAIRS_PER_PART, first_seed, for_each_case, wanted_pairs
from .oracle import program_verdict
from .refusals import becomes_secret, reason_of
from .spec import Built, SettingsSpec, script

PARTS = ceil(wanted_pairs() / PAIRS_PER_PART)
SEED = first_seed()

# Of the fields compared, so many may be deferred; a change that defers a shape anew shows here. Of all parts so far: one of
# a hundred has more by chance.
MOST_DEFERRED = 0.25


def check(case: tuple[SettingsSpec, Any], tally: Tally) -> None:
    spec, environments = case
    source = spec.source()
    with Built(source) as settings:
        made = baked(settings)
        assert not made.crash, f"bake crashed\n{made.crash}\n{source}"
        if made.contract is None:
            reason = reason_of(settings, spec, made.refusal)
            tally.refusals[reason] += 1
            return
        tally.counts["classes"] += 1
        tally.deferred_kinds.update({kind.split()[0] for kind in made.kinds.values()})
        for environment in environments:
            theirs = program_verdict(settings, source, environment)
            ours = boot_verdict(made.contract, environment)
            tally.note(spec, theirs, ours, made.kinds)
            wrong = disagreement(settings, theirs, ours)
            if wrong and ("secret default" in spec.flaws() or becomes_secret(settings)):
                wrong = disagreement(settings, theirs, ours, secret_defaults=True)
            if wrong:
                pytest.fail(f"{wrong}\n\n{script(source, environment)}", pytrace=False)


@pytest.mark.parametrize("number", [SEED + part for part in range(PARTS)])
def test_boot_and_settings_agree(number: int) -> None:
    tally = Tally()
    want = min(PAIRS_PER_PART, wanted_pairs())
    round_ = 0
    while tally.counts["pairs"] < want:  # a refused class gives no pairs, so it may take a second round
        missing = ceil((want - tally.counts["pairs"]) / ENVIRONMENTS_PER_CLASS * 1.1)
        for_each_case(lambda case: check(case, tally), missing, number + 1_000_003 * round_)
        round_ += 1
        assert round_ < 20, f"nearly every class is refused: {tally.refusals}"
    TALLY.add(tally.as_dict())
    assert not tally.unexplained, f"deferred without need: {tally.unexplained}"
    assert TALLY.counts["fields deferred"] <= MOST_DEFERRED * TALLY.counts["fields"], TALLY.report()
