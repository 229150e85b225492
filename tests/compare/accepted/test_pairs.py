"""Held to the truth: pairs of annotations, and texts near the edges of both.

A text that OLD accepts and NEW refuses has to be covered by a difference in the forward direction, and the other way
round. Whatever is said to be broken comes with a text that shows it.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from confcontract.compare.accepted import Difference, Inclusion, Relation, Side, differences
from confcontract.compare.accepted.boundaries import boundaries
from confcontract.compare.accepted.spot import Domain
from confcontract.compare.accepted.text_trial import TextTrial
from confcontract.verdict.mask import MASK
from tests.compare.accepted.family import FAMILIES, drawn, sides_of

PAIRS = int(os.environ.get("CONFCONTRACT_PAIRS", "80"))  # of each family; raise it for a long search
ALARMS = 0.02  # of the pairs: undecided, though no text shows a difference


class Tally:
    """What came out of all pairs of a family."""

    def __init__(self) -> None:
        self.pairs = 0
        self.missed: list[str] = []
        self.unshown: list[str] = []
        self.alarms: Counter[str] = Counter()


def texts_for(sides: Sequence[Side]) -> list[str]:
    values = (value for side in sides for shape in side.shapes for value in boundaries(shape, Domain.JSON))
    found: dict[str, None] = {}
    for value in values:
        found.update(dict.fromkeys([value] if isinstance(value, str) else []))
        found[json.dumps(value)] = None
    return [text for text in found if len(text) < 2000]


def examine(annotations: Sequence[Any], pairs: int, seed: int, *, required: bool = True) -> Tally:
    sides = sides_of(annotations, required=required)
    texts = texts_for(sides)
    trials = [TextTrial(side, required=required) for side in sides]
    accepted = [{text for text in texts if trial.accepts(text)} for trial in trials]
    left_out = [{text for text in texts if trial.leaves_out(text)} for trial in trials]  # another source has the value
    every = [(i, j) for i in range(len(sides)) for j in range(len(sides)) if i != j]
    tally = Tally()
    for i, j in random.Random(seed).sample(every, min(pairs, len(every))):
        found = differences(sides[i], sides[j])
        pair = f"{annotations[i]} → {annotations[j]}: {found}"
        tally.pairs += 1
        for lost, inclusions in (
            ((accepted[i] | left_out[i] - left_out[j]) - accepted[j], [each.forward for each in found]),
            ((accepted[j] | left_out[j] - left_out[i]) - accepted[i], [each.rollback for each in found]),
        ):
            if lost and all(each is Inclusion.HOLDS for each in inclusions):
                tally.missed.append(f"{min(lost, key=len)!r} of {pair}")
            if not lost and Inclusion.UNDECIDED in inclusions and Inclusion.BROKEN not in inclusions:
                tally.alarms[next(each.why for each in found if each.relation is Relation.UNDECIDED)] += 1
        tally.unshown += [pair for each in found if not is_shown(each, trials[i], trials[j])]
    return tally


def is_shown(difference: Difference, old: TextTrial, new: TextTrial) -> bool:
    """Whether each text that a difference names shows what it says."""
    by_new, by_old = difference.refused_by_new, difference.refused_by_old
    if MASK in (by_new, by_old):
        return True
    forward = difference.forward is not Inclusion.BROKEN or (
        by_new is not None and (old.accepts(by_new) or old.leaves_out(by_new)) and not new.accepts(by_new)
    )
    return forward and (
        difference.rollback is not Inclusion.BROKEN
        or (by_old is not None and (new.accepts(by_old) or new.leaves_out(by_old)) and not old.accepts(by_old))
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_no_text_that_is_accepted_on_one_side_only_is_missed(name: str) -> None:
    tally = examine(FAMILIES[name], PAIRS, seed=1)
    assert tally.missed == []
    assert tally.unshown == []
    assert sum(tally.alarms.values()) <= ALARMS * 2 * tally.pairs, tally.alarms  # a pair is asked both ways


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_missed_where_the_limits_are_drawn(seed: int) -> None:
    tally = examine(drawn(seed, 24), PAIRS, seed, required=bool(seed % 2))
    assert tally.missed == []
    assert tally.unshown == []
    assert sum(tally.alarms.values()) <= ALARMS * 2 * tally.pairs, tally.alarms
