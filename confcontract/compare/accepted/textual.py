"""Compare texts, and values of a closed set: length, pattern, white space, members."""

from __future__ import annotations

from confcontract.compare.accepted.automaton import Automaton, Language, Undecidable, of_texts
from confcontract.compare.accepted.difference import Aspect
from confcontract.compare.accepted.languages import examples, outside
from confcontract.compare.accepted.pattern_dialects import PYTHON, RUST, automaton_of
from confcontract.compare.accepted.spot import Domain, Spot, Terms
from confcontract.contract.choicewords import choice_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from confcontract.compare.accepted.shape import Shape

_LENGTHS = ("min_length", "max_length")
_KNOWN = (*_LENGTHS, "pattern", "regex_engine", "strip_whitespace", "to_lower", "to_upper", "strict")
_LONGEST = 100_000  # characters of a text that is tried
_MOST_SHOWN = 12  # members that are named
_STRIPPED = (r"(?s)^(\S(.*\S)?)?$", RUST, 0)  # texts without white space around them
_WHITE_SPACE = "white space around the text matters on one side only"
_NOT_SHOWN = "no example text was found, but none was excluded either"


def lengths_of(shape: Shape) -> tuple[int, int | None]:
    lows, highs = [shape.options.get("min_length") or 0], [shape.options.get("max_length")]
    for name, arguments in shape.checks:
        if name in ("length", "size"):
            lows.append(arguments[0] or 0)
            highs.append(arguments[1])
    return max(lows), min((each for each in highs if each is not None), default=None)


def length_words(low: int, high: int | None, of: str) -> str:
    """of: in the plural."""
    if low and high is not None:
        return _counted(low, of) if low == high else f"{low} to {_counted(high, of)}"
    if high is not None:
        return f"at most {_counted(high, of)}"
    return f"at least {_counted(low, of)}" if low else f"any number of {of}"


_ONE = {"characters": "character", "items": "item", "entries": "entry"}


def _counted(count: int, of: str) -> str:
    return f"{count} {_ONE[of] if count == 1 else of}"


def pattern_of(shape: Shape) -> tuple[str, str, int] | None:
    """Text, dialect and flags."""
    pattern = shape.options.get("pattern")
    if pattern is None:
        return None
    if isinstance(pattern, tuple):
        _, text, flags = pattern
        return text, PYTHON, int(flags)
    return pattern, shape.options.get("regex_engine", RUST), 0


_MOST_MADE = 256  # automata
_MADE: dict[tuple[str, str, int], Automaton] = {}


def _automaton(pattern: tuple[str, str, int], until: float) -> Automaton:
    if pattern not in _MADE:
        made = automaton_of(*pattern, until=until)
        if len(_MADE) >= _MOST_MADE:
            _MADE.clear()
        _MADE[pattern] = made
    return _MADE[pattern]


def language_of(shape: Shape, until: float, *, any_length: bool = False) -> Language:
    """The texts that a shape accepts; a superset if `any_length` says so. Raises Undecidable, also
    when the time is up.
    """
    if shape.kind == "members":
        return Language((of_texts(value for value in shape.options["values"] if isinstance(value, str)),))
    automata = []
    pattern = pattern_of(shape)
    if pattern is not None:
        automata.append(_automaton(pattern, until))
    if shape.options.get("strip_whitespace"):
        automata.append(_automaton(_STRIPPED, until))
    return Language(tuple(automata)) if any_length else Language(tuple(automata), *lengths_of(shape))


_NOT_BLANK = r"(?s)^.*\S.*$"
# Sets of texts that include all of a kind: those of JSON arrays and objects, if a text is decoded.
_AT_MOST: dict[str, str] = {
    "int": r"(?s)^\s*[+-]?[0-9][0-9_]*(\.[0-9]*)?\s*$",
    "float": r"(?s)^\s*[-+0-9._a-zA-Z]+\s*$",
    **dict.fromkeys(("decimal", "date", "time", "datetime", "timedelta", "uuid", "url", "multi-host-url"), _NOT_BLANK),
    **dict.fromkeys(("ip", "size", "numbered"), _NOT_BLANK),
    **dict.fromkeys(("list", "set", "frozenset", "deque", "tuple"), r"(?s)^\s*\[.*\]\s*$"),
    **dict.fromkeys(("dict", "section"), r"(?s)^\s*\{.*\}\s*$"),
}


def all_fit(inner: Sequence[Shape], outer: Shape, until: float) -> bool:
    """Whether a shape of texts certainly accepts all texts of some kinds."""
    if (
        outer.kind != "str"
        or outer.options.get("strip_whitespace")
        or any(c[0] not in _OF_LENGTH for c in outer.checks)
    ):
        return False
    try:
        languages = [_at_most(each, until) for each in inner]
        return all(each is not None and outside(each, language_of(outer, until), until) is None for each in languages)
    except Undecidable:
        return False


def _at_most(shape: Shape, until: float) -> Language | None:
    if shape.kind == "members" and not shape.checks:
        return language_of(shape, until)
    known = shape.kind in _AT_MOST and "delimiter" not in shape.options
    return Language((_automaton((_AT_MOST[shape.kind], RUST, 0), until),)) if known else None


_OF_LENGTH = ("length", "size")


def written_otherwise(shape: Shape, texts: Sequence[str]) -> list[str]:
    """The same values in forms that a shape of texts may refuse: too long, or with white space that no pattern has."""
    if shape.kind != "str":
        return []
    found = [text for each in texts for text in (f"\n{each}", f"{each[:1]}\n{each[1:]}")] if pattern_of(shape) else []
    most = lengths_of(shape)[1]
    if most is not None and most <= _LONGEST:
        short = [(each, most + 1 - len(each)) for each in texts if len(each) <= most]
        found += [text for each, n in short for text in ("0" * n + each, each + " " * n)]
    return found


def sample_texts(shape: Shape, until: float) -> list[str]:
    """Some texts at the edges of what a shape of texts accepts."""
    low, high = lengths_of(shape)
    edges = {low, low - 1, low + 1, *(() if high is None else (high, high + 1))}
    found = [char * max(edge, 0) for edge in edges if edge <= _LONGEST for char in "a0"]
    found += [f" {each} " for each in found[:4]]
    pattern = pattern_of(shape)
    if pattern is not None:
        try:
            found += list(examples(language_of(shape, until), until))
            found += [text + "\n" for text in found[-3:]]
            found += list(examples(language_of(shape, until, any_length=True), until, 4))
        except Undecidable:
            found += [pattern[0].strip("^$")]  # many patterns match themselves
    return [each for each in found if len(each) <= _LONGEST]


def texts(old: Shape, new: Shape, terms: Terms) -> Iterator[Spot]:
    """Two shapes of texts."""
    values = [*sample_texts(old, terms.until), *sample_texts(new, terms.until)]
    yield from _white_space(old, new, terms, values)
    yield from _lengths(old, new, terms, values)
    yield from _patterns(old, new, terms, values)
    options = [{k: v for k, v in each.options.items() if k not in _KNOWN} for each in (old, new)]
    checks = [[c for c in each.checks if c[0] not in ("length", "size")] for each in (old, new)]
    if options[0] != options[1] or checks[0] != checks[1]:
        words = [", ".join([*each, *(name for name, _ in more)]) for each, more in zip(options, checks, strict=True)]
        forward = None if not options[1] and not checks[1] else _NOT_SHOWN
        rollback = None if not options[0] and not checks[0] else _NOT_SHOWN
        yield Spot(Aspect.FORMAT, words[0] or "any text", words[1] or "any text", forward, rollback, values)


def _white_space(old: Shape, new: Shape, terms: Terms, values: list[str]) -> Iterator[Spot]:
    a, b = (bool(each.options.get("strip_whitespace")) for each in (old, new))
    if a == b:
        return
    words = {True: "white space around it is removed", False: "white space around it matters"}
    around = ((" ", ""), ("", " "), ("", "\n"))
    tried = [*(f"{left}{each}{right}" for each in values[:30] for left, right in around), " ", "  "]
    forward, rollback = _with_white_space(old, new, terms), _with_white_space(new, old, terms)
    yield Spot(Aspect.FORMAT, words[a], words[b], forward, rollback, tried)


def _with_white_space(inner: Shape, outer: Shape, terms: Terms) -> str | None:
    """Why white space around a text of the inner side may keep it from fitting the outer one; None if it can't."""
    low, high = lengths_of(outer)
    if outer.options.get("strip_whitespace"):
        if pattern_of(outer) is None and not low:
            return None  # stripping only makes it shorter
        return _decided(inner, Language((_automaton(_STRIPPED, terms.until),)), terms)[0] and _WHITE_SPACE
    return None if pattern_of(outer) is None and high is None else _WHITE_SPACE


def _limited(shape: Shape) -> bool:
    return pattern_of(shape) is not None or lengths_of(shape) != (0, None)


def _lengths(old: Shape, new: Shape, terms: Terms, values: list[str]) -> Iterator[Spot]:
    (low, high), (new_low, new_high) = lengths_of(old), lengths_of(new)
    words = length_words(low, high, "characters"), length_words(new_low, new_high, "characters")
    if low != new_low:
        forward, tried = _length_within(old, Language((), new_low), terms, new_low <= low)
        rollback, more = _length_within(new, Language((), low), terms, low <= new_low)
        aspect = Aspect.EMPTY if max(low, new_low) == 1 else Aspect.RANGE
        yield Spot(aspect, *words, forward, rollback, [*tried, *more, *values, ""])
    if high != new_high:
        shorter = new_high is None or (high is not None and high <= new_high)
        longer = high is None or (new_high is not None and new_high <= high)
        forward, tried = _length_within(old, Language((), 0, new_high), terms, shorter)
        rollback, more = _length_within(new, Language((), 0, high), terms, longer)
        yield Spot(Aspect.RANGE, *words, forward, rollback, [*tried, *more, *values])


def _length_within(inner: Shape, outer: Language, terms: Terms, holds: bool) -> tuple[str | None, list[str]]:
    return (None, []) if holds else _decided(inner, outer, terms)


def _decided(inner: Shape, outer: Language, terms: Terms) -> tuple[str | None, list[str]]:
    """Why it is not proven that all texts of a shape are in a language, and a text that may show it."""
    try:
        found = outside(language_of(inner, terms.until), outer, terms.until)
    except Undecidable as undecided:
        return str(undecided), []
    return (None, []) if found is None else (_NOT_SHOWN, [found, f"{found} "])


def _patterns(old: Shape, new: Shape, terms: Terms, values: list[str]) -> Iterator[Spot]:
    a, b = pattern_of(old), pattern_of(new)
    if a == b:
        return
    forward, tried = _pattern_within(old, new, terms)
    rollback, more = _pattern_within(new, old, terms)
    yield Spot(Aspect.PATTERN, _pattern_words(a), _pattern_words(b), forward, rollback, [*tried, *more, *values])


def _pattern_within(inner: Shape, outer: Shape, terms: Terms) -> tuple[str | None, list[str]]:
    pattern = pattern_of(outer)
    if pattern is None:
        return None, []
    try:
        return _decided(inner, Language((_automaton(pattern, terms.until),)), terms)
    except Undecidable as undecided:
        return str(undecided), []


def _pattern_words(pattern: tuple[str, str, int] | None) -> str:
    return "any text" if pattern is None else f"matching {pattern[0]}"


def members_of(shape: Shape, domain: Domain) -> list[Any]:
    """The members that can occur at a place, without those that equal another only in Python (1 and true)."""
    seen: dict[tuple[type, Any], Any] = {}
    for value in shape.options["values"]:
        if isinstance(value, str) or domain is Domain.JSON or shape.kind == "numbered":
            seen.setdefault((type(value), value), value)
    return list(seen.values())


def member_words(members: Sequence[Any], masked: bool = False) -> str:
    if masked:
        return f"one of {len(members)} values"
    shown = ", ".join(map(choice_words, members[:_MOST_SHOWN]))
    return f"{shown}, … ({len(members)} in all)" if len(members) > _MOST_SHOWN else shown or "no value"


def members(old: Shape, new: Shape, terms: Terms) -> Iterator[Spot]:
    """Two closed sets of values of the same kind."""
    a, b = members_of(old, terms.domain), members_of(new, terms.domain)
    a_keys, b_keys = [(type(each), each) for each in a], [(type(each), each) for each in b]
    removed = [each for each, key in zip(a, a_keys, strict=True) if key not in b_keys]
    added = [each for each, key in zip(b, b_keys, strict=True) if key not in a_keys]
    words = member_words(a), member_words(b)
    if removed:
        tried, why = as_tried(removed, terms), "a value was removed"
        yield Spot(Aspect.ENUM, *words, why, None, tried, all_forward=tried)
    if added:
        tried, why = as_tried(added, terms), "a value was added"
        yield Spot(Aspect.ENUM, *words, None, why, tried, all_rollback=tried)


def as_tried(values: Sequence[Any], terms: Terms) -> list[Any]:
    return list(values) if terms.domain is Domain.JSON else [str(each) for each in values]


def members_and_texts(old: Shape, new: Shape, terms: Terms) -> Iterator[Spot]:
    """A closed set of texts on one side, texts on the other."""
    closed, free = (old, new) if old.kind == "members" else (new, old)
    values = members_of(closed, terms.domain)
    outwards, tried = _decided_between(free, closed, terms)
    inwards = None if not values or _all_are_texts_of(closed, values, free, terms) else _NOT_SHOWN
    words = {id(closed): member_words(values), id(free): "any text" if not _limited(free) else "text within limits"}
    tried = [*tried, *values, "a", *sample_texts(free, terms.until)]
    if closed is old:
        yield Spot(Aspect.ENUM_PRESENCE, words[id(old)], words[id(new)], inwards, outwards, tried, all_forward=values)
    else:
        yield Spot(Aspect.ENUM_PRESENCE, words[id(old)], words[id(new)], outwards, inwards, tried, all_rollback=values)


def _all_are_texts_of(closed: Shape, values: Sequence[Any], free: Shape, terms: Terms) -> bool:
    return all(isinstance(each, str) for each in values) and _decided_between(closed, free, terms)[0] is None


def _decided_between(inner: Shape, outer: Shape, terms: Terms) -> tuple[str | None, list[str]]:
    try:
        return _decided(inner, language_of(outer, terms.until), terms)
    except Undecidable as undecided:
        return str(undecided), []
