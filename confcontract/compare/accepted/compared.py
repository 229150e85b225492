"""Compare two sides of a variable: proofs come from their plans, and both validators test every claim."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import partial
from itertools import islice

from confcontract.compare.accepted.boundaries import boundaries
from confcontract.compare.accepted.difference import Aspect, Difference, Inclusion, Relation
from confcontract.compare.accepted.limits_alone import differ_in_limits_alone
from confcontract.compare.accepted.same_plan import same_plan, says_the_same
from confcontract.compare.accepted.shape import Shape
from confcontract.compare.accepted.side import Side
from confcontract.compare.accepted.spot import Domain, Spot, Terms
from confcontract.compare.accepted.spots import spots
from confcontract.compare.accepted.text_trial import REFUSED, UNSET, NotAlone, TextTrial, trial_of
from confcontract.compare.accepted.whole import decoding_of, domain_of, takes_every_text, whole_spots
from confcontract.contract.artifact import is_hidden
from confcontract.host.sourcefile import OutOfTime
from confcontract.host.trial import in_time
from confcontract.verdict.mask import MASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

SECONDS = 5.0
_MOST_TRIED = 400  # texts for one spot
_FIRST_PORTION = 5  # number of these to try first
_TOO_LONG = "a pattern in Python's dialect takes too long on a text"
_IN_A_UNION = "the variable is a part of a union: what it accepts depends on other variables"


def differences(
    old: Side, new: Side, *, seconds: float = SECONDS, in_limits_alone: bool | None = None
) -> tuple[Difference, ...]:
    """Where the strings that NEW accepts differ from those that OLD accepts. Empty: proven equal.

    seconds: time limit for deciding the patterns of one variable. in_limits_alone: the result of
    `differ_in_limits_alone`, if it is known. Raises ContractUnusable if this pydantic_core can't run a contract's plan.
    """
    if in_limits_alone is None:
        in_limits_alone = differ_in_limits_alone(old, new)
    if not in_limits_alone and says_the_same(old, new):
        return tuple(_deferred(old, new)) if old.plan.deferrals or new.plan.deferrals else ()
    if len(old.places) != 1 or len(new.places) != 1:
        return (*_within_a_union(old, new, seconds), *_deferred(old, new))
    required = bool(old.variable["required"] and new.variable["required"])
    try:
        trials = trial_of(old, required=required), trial_of(new, required=required)
    except NotAlone:
        return (*_within_a_union(old, new, seconds), *_deferred(old, new))
    try:
        found = _Comparison(old, new, *trials, seconds).found(in_limits_alone=in_limits_alone)
        return (*found, *_deferred(old, new))
    except OutOfTime:
        return (_undecided(old, new, _TOO_LONG), *_deferred(old, new))


def _within_a_union(old: Side, new: Side, seconds: float) -> Iterator[Difference]:
    """The verdict depends on other variables, so it is undecided. Exception: everything that the section around the
    variable may hold is proven to be accepted, and the variable's text gets the same value there.
    """
    told = _undecided(old, new, _IN_A_UNION)
    if same_plan(old.plan, new.plan).same_texts(old, new):
        for size in range(len(old.path) - 1, 0, -1):
            around = [Side(each.plan, {**each.variable, "path": each.path[:size]}) for each in (old, new)]
            if all(len(each.places) == 1 for each in around):
                found = spots(around[0].shapes, around[1].shapes, Terms(Domain.JSON, seconds))
                forward, rollback = (
                    Inclusion.UNDECIDED if any(whys) else Inclusion.HOLDS
                    for whys in ([spot.forward for spot in found], [spot.rollback for spot in found])
                )
                told = replace(told, forward=forward, rollback=rollback)
                break
    if told.relation is not Relation.SAME:
        yield told


def _undecided(old: Side, new: Side, why: str) -> Difference:
    return Difference(Aspect.TYPE, Inclusion.UNDECIDED, Inclusion.UNDECIDED, _type_text(old), _type_text(new), why=why)


def _type_text(side: Side) -> str:
    return str(side.variable["type"]["text"])


def _deferred(old: Side, new: Side) -> Iterator[Difference]:
    """The checks that are deferred to the application. Whether they changed can't be seen in the contract, only in its
    code.
    """
    if not old.deferrals and not new.deferrals:
        return
    before, now = [", ".join(f"{kind} {name}" for kind, name, _ in side.deferrals) or "nothing" for side in (old, new)]
    if old.deferrals == new.deferrals:
        why = f"deferred to the application, as before: {before}"
        yield Difference(Aspect.DEFERRED, Inclusion.HOLDS, Inclusion.HOLDS, before, now, why=why)
        return
    added = [each for each in new.deferrals if each not in old.deferrals]
    removed = [each for each in old.deferrals if each not in new.deferrals]
    yield Difference(
        Aspect.DEFERRED,
        Inclusion.UNDECIDED if added else Inclusion.HOLDS,
        Inclusion.UNDECIDED if removed else Inclusion.HOLDS,
        before,
        now,
        why="deferred to the application: what its code refuses is not in the contract",
    )


class _Direction:
    """What is set for one contract, and how the other contract treats it.

    A text may count as not set (the empty one, or the null of JSON). Then other names and sources determine the
    variable, so it may have a value even if it is required. If only the receiver treats the empty text so, a required
    member is missing as soon as another member of its section is set.
    """

    def __init__(self, sender: Side, receiver: Side, trials: tuple[TextTrial, TextTrial]) -> None:
        self._sends, self._receives = trials
        self._left_out_by_sender = sender.leaves_out_empty and not receiver.leaves_out_empty
        only_receiver = receiver.leaves_out_empty and not sender.leaves_out_empty
        self._missing_if_left_out = only_receiver and "requiredIf" in receiver.variable
        self._uncovers = only_receiver and receiver.has_other_places and not takes_every_text(receiver, receiver.shapes)

    @property
    def uncovers(self) -> bool:
        """Whether the empty text, which the sender accepts, hid the value of another name or source. The receiver reads
        that value and may refuse it.
        """
        return self._uncovers and self.sent("")

    def sent(self, text: str) -> bool:
        if self._sends.accepts(text) or self._sends.leaves_out(text):
            return True
        return not text and self._left_out_by_sender

    def taken(self, text: str) -> bool:
        if not text and self._missing_if_left_out:
            return False
        return self._receives.accepts(text) or (self._sends.leaves_out(text) and self._receives.leaves_out(text))


class _Comparison:
    def __init__(self, old: Side, new: Side, old_trial: TextTrial, new_trial: TextTrial, seconds: float) -> None:
        self.seconds = seconds
        self.backtracks = old.backtracks or new.backtracks
        self.old, self.new = old, new
        self.old_trial, self.new_trial = old_trial, new_trial
        self.upgrade = _Direction(old, new, (old_trial, new_trial))
        self.way_back = _Direction(new, old, (new_trial, old_trial))
        self.domain = domain_of(decoding_of(old), decoding_of(new))

    def found(self, *, in_limits_alone: bool) -> list[Difference]:
        shapes = self.old.shapes, self.new.shapes
        tried = [self._tried(spot) for spot in whole_spots(self.old, self.new, shapes, self.seconds)]
        found = [each for each in tried if each.relation is not Relation.SAME]
        decided = all(Inclusion.UNDECIDED not in (each.forward, each.rollback) for each in found)
        if not (decided and in_limits_alone):
            found += self._contradictions(found, shapes)
        return list(map(_masked, found)) if any(is_hidden(each.variable) for each in (self.old, self.new)) else found

    def _tried(self, spot: Spot) -> Difference:
        by_new = by_old = otherwise = None
        for text in self._in_portions(self._texts(spot.values, spot)):
            if spot.meaning and otherwise is None and self._read_otherwise(text, spot):
                otherwise = text
            if by_new is None and spot.forward is not None and _is_refused(self.upgrade, text):
                by_new = text
            if by_old is None and spot.rollback is not None and _is_refused(self.way_back, text):
                by_old = text
            if (by_new or not spot.forward) and (by_old or not spot.rollback) and (otherwise or not spot.meaning):
                break
        forward = self._inclusion(spot, spot.forward, by_new, spot.all_forward, self.upgrade)
        rollback = self._inclusion(spot, spot.rollback, by_old, spot.all_rollback, self.way_back)
        whys = ((spot.forward, forward), (spot.rollback, rollback))
        why = next((why for why, held in whys if why and held is Inclusion.UNDECIDED), "")
        return Difference(spot.aspect, forward, rollback, spot.old, spot.new, spot.path, by_new, by_old, otherwise, why)

    def _in_portions(self, texts: Iterator[str]) -> Iterator[str]:
        """The same texts in portions. A difference often shows among the first ones; then the others are not tried."""
        at_once = _MOST_TRIED if self.backtracks else _FIRST_PORTION
        while portion := self._bounded([*islice(texts, at_once)]):
            yield from portion
            at_once = _MOST_TRIED

    def _bounded(self, texts: list[str]) -> list[str]:
        """The same texts, tried together. Raises OutOfTime if a backtracking pattern takes too long on one."""
        for side, trial in ((self.old, self.old_trial), (self.new, self.new_trial)):
            if side.backtracks:
                in_time(partial(trial.try_all, texts), 2 * self.seconds)
            else:
                trial.try_all(texts)
        return texts

    def _read_otherwise(self, text: str, spot: Spot) -> bool:
        a, b = self.old_trial.value(text), self.new_trial.value(text)
        if a is REFUSED or b is REFUSED:
            return False
        if not text and UNSET in (a, b) and spot.aspect is not Aspect.EMPTY:  # EMPTY reports the empty text
            return False
        sides = (self.old, a), (self.new, b)
        if any(value is UNSET and "requiredIf" in side.variable for side, value in sides):  # then it is missing
            return False
        one, other = (_default(side) if value is UNSET else value for side, value in sides)
        return _is_another(one, other)

    def _inclusion(
        self,
        spot: Spot,
        why: str | None,
        witness: str | None,
        everything: Sequence[Any] | None,
        direction: _Direction,
    ) -> Inclusion:
        if witness is not None:
            return Inclusion.BROKEN
        if why is None:
            return Inclusion.HOLDS
        if everything is None:
            return Inclusion.UNDECIDED
        written = self._bounded([text for value in everything for text in self._texts([value], spot)])
        texts = [text for text in written if direction.sent(text)]
        if spot.aspect is Aspect.EMPTY and spot.meaning and direction.uncovers:
            return Inclusion.UNDECIDED
        tried = texts or not spot.lifts  # inside another value, possibly no container for it was found
        return Inclusion.HOLDS if tried and all(map(direction.taken, texts)) else Inclusion.UNDECIDED

    def _contradictions(self, found: list[Difference], shapes: tuple[tuple[Shape, ...], ...]) -> Iterator[Difference]:
        """Defence in depth: find a text that shows a difference although none was found."""
        forward = all(each.forward is Inclusion.HOLDS for each in found)
        rollback = all(each.rollback is Inclusion.HOLDS for each in found)
        values = (value for side in shapes for shape in side for value in boundaries(shape, self.domain))
        for text in self._bounded([*self._texts(values)]):
            if (forward and _is_refused(self.upgrade, text)) or (rollback and _is_refused(self.way_back, text)):
                yield _undecided(
                    self.old, self.new, "a text is accepted on one side only, although the plans say otherwise"
                )
                return

    def _texts(self, values: Iterable[Any], spot: Spot | None = None) -> Iterator[str]:
        if spot is not None and spot.lifts:
            values = (each for value in values for each in spot.lifted(value))
        return islice(_each_once(text for value in values for text in self._written(value)), _MOST_TRIED)

    def _written(self, value: Any) -> list[str]:
        texts = [value] if isinstance(value, str) else []
        if self.domain is Domain.JSON or not texts:
            texts.append(json.dumps(value))
        return texts


def _default(side: Side) -> Any:
    """The value of a variable that is not set; if it is unknown, UNSET, which no text gives."""
    return side.variable.get("default", UNSET)


def _is_another(one: Any, other: Any) -> bool:
    """Whether a value has another meaning. An integer that becomes a float has the same one."""
    if {type(one), type(other)} <= {int, float}:
        one, other = _as_float(one), _as_float(other)
    return bool(one != other) and not (one != one and other != other)  # NaN is not equal to itself


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _each_once(texts: Iterable[str]) -> Iterator[str]:
    """Each text once, the empty one last, because other texts explain more."""
    known: set[str] = set()
    for text in texts:
        if text and text not in known:
            yield text
        known.add(text)
    if "" in known:
        yield ""


def _is_refused(direction: _Direction, text: str) -> bool:
    return direction.sent(text) and not direction.taken(text)


_OF_MEMBERS = (Aspect.ENUM, Aspect.ENUM_PRESENCE)


def _masked(difference: Difference) -> Difference:
    """The difference without the members of a closed set, because each of them may be the value."""
    if difference.aspect not in _OF_MEMBERS:
        return difference
    hidden = "values that are not shown"
    by_new, by_old = (None if text is None else MASK for text in (difference.refused_by_new, difference.refused_by_old))
    return replace(difference, old=hidden, new=hidden, refused_by_new=by_new, refused_by_old=by_old)
