"""Compare a variable in two contracts as data: in the JSON of its section, or in a file of the settings class.

Data contain numbers where a variable of its own has text: a setting that changes from a number to text accepts all
texts that it accepted before, and refuses `{"port": 5432}`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial

from confcontract.compare.accepted.boundaries import boundaries
from confcontract.compare.accepted.difference import Aspect, Difference, Inclusion
from confcontract.compare.accepted.same_plan import says_the_same
from confcontract.compare.accepted.spot import Domain, Terms
from confcontract.compare.accepted.spots import spots
from confcontract.compare.accepted.text_trial import NotAlone, TextTrial, trial_of
from confcontract.compare.keys_in_files import key_at, key_paths_in_files, keys_below
from confcontract.host.sourcefile import OutOfTime
from confcontract.host.trial import in_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.compare.accepted.shape import Shape
    from confcontract.compare.accepted.side import Side
    from confcontract.compare.accepted.spot import Spot

SECONDS = 5.0
_ENCODE = json.JSONEncoder().encode
_UNTRIED = "no example value was found, but none was excluded either"


@dataclass(frozen=True)
class _Place:
    """Where a variable occurs in data. keys: the path to it. in_section: in the JSON of its section, else in a file.
    has_null: whether it can be null there. asked: for each side, the function that tries a text of such data.
    """

    keys: tuple[str, ...]
    in_section: bool
    has_null: bool
    asked: Sequence[Callable[[TextTrial, str], bool]]


def difference_in_json(old: Side, new: Side, *, seconds: float = SECONDS) -> Difference | None:
    """Whether values in the JSON of a section are still accepted. None if nothing differs, or if this variable alone
    does not determine it, which `differences` reports.
    """
    before, now = _section_name(old), _section_name(new)
    if before is None or now is None or says_the_same(old, new):
        return None
    if len(old.places) != 1 or len(new.places) != 1:
        return None
    keys = keys_below(old, 1)
    if keys is None or keys != keys_below(new, 1):  # the keys differ, which is reported for its names
        return None
    asked = [_in_section(before), _in_section(now)]
    return _difference_of_data(old, new, _Place(keys, True, True, asked), seconds)


def difference_in_file(old: Side, new: Side, *, seconds: float = SECONDS) -> Difference | None:
    """The same for the TOML, YAML and JSON files that the settings class, or a class nested in it, reads. For the files
    of a section that is a variable with JSON, `difference_in_json` compares the values.
    """
    if None not in (_section_name(old), _section_name(new)) or says_the_same(old, new):
        return None
    if len(old.places) != 1 or len(new.places) != 1:
        return None
    before, now = key_paths_in_files(old), key_paths_in_files(new)
    kinds = {keys: before[keys] & now[keys] for keys in before if keys in now and before[keys] & now[keys]}
    whole = keys_below(old, 0), keys_below(new, 0)
    if not kinds or whole[0] is None or whole[1] is None:
        return None
    keys = max(kinds, key=lambda each: not kinds[each].isdisjoint(_WITH_NULL))
    asked = [_in_file(each[: len(each) - len(keys)]) for each in whole if each is not None]
    has_null = not kinds[keys].isdisjoint(_WITH_NULL)
    return _difference_of_data(old, new, _Place(keys, False, has_null, asked), seconds)


_WITH_NULL = ("yaml", "json")


def _in_section(name: str) -> Callable[[TextTrial, str], bool]:
    return lambda trial, text: trial.accepts_within(name, text)


def _in_file(around: Sequence[str]) -> Callable[[TextTrial, str], bool]:
    """around: the keys of the settings class itself in the data of the outermost one."""
    return lambda trial, text: trial.accepts_data(text, around)


def _without_none(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    return tuple(shape for shape in shapes if shape.kind != "none")


def _difference_of_data(old: Side, new: Side, place: _Place, seconds: float) -> Difference | None:
    required = bool(old.variable["required"] and new.variable["required"])
    try:
        trials = trial_of(old, required=required), trial_of(new, required=required)
        return _compared(old, new, trials, place, seconds)
    except NotAlone:
        return None
    except OutOfTime:
        return _difference(old, new, Inclusion.UNDECIDED, Inclusion.UNDECIDED, why="a pattern takes too long")


def _section_name(side: Side) -> str | None:
    """The variable whose JSON may contain the member."""
    if len(side.path) == 1:
        return None
    section = side.plan.with_json.get(side.path[0])
    return None if section is None else str(section["name"])


def _compared(
    old: Side,
    new: Side,
    trials: tuple[TextTrial, TextTrial],
    place: _Place,
    seconds: float,
) -> Difference | None:
    shapes = old.shapes, new.shapes
    keys = place.keys
    if not place.has_null:
        shapes = _without_none(shapes[0]), _without_none(shapes[1])
    found = spots(*shapes, Terms(Domain.JSON, seconds))
    if not found:
        return None
    accepts = [partial(asked, trial) for asked, trial in zip(place.asked, trials, strict=True)]
    outer = _outermost_key(old, new) if place.in_section else None
    texts = _texts_to_try(found, shapes, place)
    if outer is not None and not old.backtracks and not new.backtracks:
        unproven = any(spot.forward for spot in found), any(spot.rollback for spot in found)
        decided = _shown_by_data(trials, accepts, texts, outer, unproven)
        if decided is not None:
            inclusions = [Inclusion.BROKEN if witness else Inclusion.HOLDS for witness in decided]
            return _difference(old, new, inclusions[0], inclusions[1], *decided, why=_UNTRIED)
    for side, accepted_by in zip((old, new), accepts, strict=True):
        if side.backtracks:
            in_time(partial(_try_all, accepted_by, texts), 2 * seconds)
    accepted = [[accepted_by(text) for text in texts] for accepted_by in accepts]
    by_new, by_old = _witness(texts, accepted), _witness(texts, accepted[::-1])
    known = [dict(zip(texts, each, strict=True)) for each in accepted]
    forward = _inclusion(by_new, [_whole(spot, spot.all_forward, keys) for spot in found if spot.forward], *known)
    rollback = _inclusion(
        by_old, [_whole(spot, spot.all_rollback, keys) for spot in found if spot.rollback], *known[::-1]
    )
    return _difference(old, new, forward, rollback, by_new, by_old, why=_UNTRIED)


def _texts_to_try(found: Sequence[Spot], shapes: tuple[Sequence[Shape], ...], place: _Place) -> list[str]:
    """The possible content of a section or a file, as text; each text once."""
    values = (value for value in _values_to_try(found, shapes) if value is not None or place.has_null)
    return list(dict.fromkeys(_written(value, place.keys) for value in values))


def _values_to_try(found: Sequence[Spot], shapes: tuple[Sequence[Shape], ...]) -> Iterator[Any]:
    for spot in found:
        for value in spot.values:
            yield from spot.lifted(value)
    for spot in found:
        yield from spot.all_forward or ()
        yield from spot.all_rollback or ()
    for side in shapes:
        for shape in side:
            yield from boundaries(shape, Domain.JSON)


def _witness(texts: Sequence[str], accepted: Sequence[Sequence[bool]]) -> str | None:
    """The first text that one accepts and the other refuses."""
    return next((text for text, ours, theirs in zip(texts, *accepted, strict=True) if ours and not theirs), None)


def _outermost_key(old: Side, new: Side) -> str | None:
    """The key of the section, in both contracts, in the data that is validated."""
    key = key_at(old, 0)
    return key if key == key_at(new, 0) else None


def _shown_by_data(
    trials: tuple[TextTrial, TextTrial],
    accepts: Sequence[Callable[[str], bool]],
    texts: Sequence[str],
    outer: str,
    unproven: Sequence[bool],
) -> tuple[str | None, str | None] | None:
    """Texts that one accepts and the other refuses, in both directions; None if a direction without a proof has no
    such text. All are validated together as data, which is much faster than through the environment; a text that is
    found is then also tried through the environment.
    """
    states = [{outer: data} for data in json.loads(f"[{','.join(texts)}]")]
    accepted = [trial.accepts_all_data(states) for trial in trials]
    found: list[str | None] = []
    for ours, theirs in ((0, 1), (1, 0)):
        likely = _witness(texts, (accepted[ours], accepted[theirs]))
        confirmed = likely is not None and accepts[ours](likely) and not accepts[theirs](likely)
        found.append(likely if confirmed else None)
    shown = all(witness or not missing for witness, missing in zip(found, unproven, strict=True))
    return (found[0], found[1]) if shown else None


def _try_all(accepts: Callable[[str], bool], texts: Sequence[str]) -> None:
    for text in texts:
        accepts(text)


def _written(value: Any, keys: Sequence[str]) -> str:
    for key in reversed(keys):
        value = {key: value}
    return _ENCODE(value)


def _whole(spot: Spot, everything: Sequence[Any] | None, keys: Sequence[str]) -> list[str]:
    """All possible content, as text; empty if it can't be listed, or is inside another value."""
    return [] if everything is None or spot.lifts else [_written(value, keys) for value in everything]


def _inclusion(
    witness: str | None, unproven: Sequence[Sequence[str]], inner: Mapping[str, bool], outer: Mapping[str, bool]
) -> Inclusion:
    """unproven: for each place without a proof, all texts, if they can be listed."""
    if witness is not None:
        return Inclusion.BROKEN
    listed = all(
        texts and all(text in inner and (outer[text] or not inner[text]) for text in texts) for texts in unproven
    )
    return Inclusion.HOLDS if listed else Inclusion.UNDECIDED


def _difference(
    old: Side,
    new: Side,
    forward: Inclusion,
    rollback: Inclusion,
    by_new: str | None = None,
    by_old: str | None = None,
    *,
    why: str,
) -> Difference:
    words = [str(each.variable["type"]["text"]) for each in (old, new)]
    return Difference(Aspect.TYPE, forward, rollback, words[0], words[1], (), by_new, by_old, why=why)
