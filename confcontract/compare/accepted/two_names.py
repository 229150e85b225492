"""Two names of one variable that are set to different texts: one contract reads the first, the other the second."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial

from confcontract.compare.accepted.boundaries import boundaries
from confcontract.compare.accepted.difference import Inclusion
from confcontract.compare.accepted.text_trial import NotAlone, TextTrial, trial_of
from confcontract.compare.accepted.whole import decoding_of, domain_of, takes_every_text
from confcontract.host.sourcefile import OutOfTime
from confcontract.host.trial import in_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.compare.accepted.side import Side

SECONDS = 10.0


@dataclass(frozen=True)
class OtherName:
    """Whether the receiver accepts everything that the sender accepts if both names are set. If not, the texts of the
    sender's name and of the receiver's name that show it, tried with both validators.
    """

    accepted: Inclusion
    texts: tuple[str, str] | None = None


def other_name_counts(sender: Side, receiver: Side, names: tuple[str, str], *, seconds: float = SECONDS) -> OtherName:
    """names: the one that the sender uses if both are set, and the one that the receiver uses."""
    if len(sender.places) != 1 or len(receiver.places) != 1:
        return OtherName(Inclusion.UNDECIDED)
    try:
        trials = [trial_of(side, required=bool(side.variable["required"])) for side in (sender, receiver)]
        found = _found(sender, receiver, (trials[0], trials[1]), names, seconds)
    except (NotAlone, OutOfTime):
        return OtherName(Inclusion.UNDECIDED)
    if found is not None:
        return OtherName(Inclusion.BROKEN, found)
    proven = takes_every_text(receiver, receiver.shapes) and not receiver.deferrals
    return OtherName(Inclusion.HOLDS if proven else Inclusion.UNDECIDED)


def _found(
    sender: Side, receiver: Side, trials: tuple[TextTrial, TextTrial], names: tuple[str, str], seconds: float
) -> tuple[str, str] | None:
    texts = _texts(sender), _texts(receiver)
    if sender.backtracks or receiver.backtracks:
        in_time(partial(_first_refused, *trials, names, *texts), seconds)
    return _first_refused(*trials, names, *texts)


def _first_refused(
    ours: TextTrial, theirs: TextTrial, names: tuple[str, str], taken: Sequence[str], refused: Sequence[str]
) -> tuple[str, str] | None:
    good = next((text for text in taken if ours.accepts_set({names[0]: text})), None)
    if good is None:
        return None
    for bad in refused:
        pair = ((names[0], good), (names[1], bad))
        for both in (dict(pair), dict(pair[::-1])):  # if the names differ only in case, the last one set is used
            if ours.accepts_set(both) and not theirs.accepts_set(both):
                return good, bad
    return None


def _texts(side: Side) -> list[str]:
    """The empty one last, because other texts explain more."""
    domain = domain_of(decoding_of(side))
    values = [value for shape in side.shapes for value in boundaries(shape, domain)]
    texts = dict.fromkeys(text for value in values for text in _written(value))
    return sorted(texts, key=lambda text: not text.strip())


def _written(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [json.dumps(value)]
