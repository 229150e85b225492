"""Compare texts of a fixed format: UUIDs and URLs, by their options."""

from __future__ import annotations

from confcontract.compare.accepted.difference import Aspect
from confcontract.compare.accepted.samples import likely
from confcontract.compare.accepted.spot import Spot
from confcontract.compare.accepted.textual import length_words, lengths_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from confcontract.compare.accepted.shape import Shape

FORMATS = ("uuid", "url", "multi-host-url")
_DEFAULTS = ("default_host", "default_port", "default_path")  # these options replace missing parts
_WHY = "no example text was found, but none was excluded either"


def differences(old: Shape, new: Shape) -> Iterator[Spot]:
    """Two shapes of one kind."""
    tried = [*_tried(old), *_tried(new)]
    yield from _versions(old, new, tried)
    yield from _schemes(old, new, tried)
    yield from _hosts(old, new, tried)
    yield from _lengths(old, new, tried)
    known = ("version", "allowed_schemes", "host_required", "max_length", *_DEFAULTS)
    options = [{k: v for k, v in each.options.items() if k not in known} for each in (old, new)]
    checks = [[c for c in each.checks if c[0] != "length"] for each in (old, new)]
    if options[0] != options[1] or checks[0] != checks[1]:
        words = [", ".join(f"{k} {v}" for k, v in sorted(each.items()) if k != "strict") for each in options]
        yield Spot(Aspect.FORMAT, words[0] or "no options", words[1] or "no options", _WHY, _WHY, tried)


def _versions(old: Shape, new: Shape, tried: list[Any]) -> Iterator[Spot]:
    a, b = old.options.get("version"), new.options.get("version")
    if a != b:
        words = ["any version" if each is None else f"version {each}" for each in (a, b)]
        forward, rollback = None if b is None else _WHY, None if a is None else _WHY
        yield Spot(Aspect.FORMAT, words[0], words[1], forward, rollback, tried)


def _schemes(old: Shape, new: Shape, tried: list[Any]) -> Iterator[Spot]:
    a, b = (None if each is None else set(each) for each in (s.options.get("allowed_schemes") for s in (old, new)))
    if a == b:
        return
    words = ["any scheme" if each is None else ", ".join(sorted(each)) for each in (a, b)]
    forward = None if b is None or (a is not None and a <= b) else _WHY
    rollback = None if a is None or (b is not None and b <= a) else _WHY
    yield Spot(Aspect.FORMAT, words[0], words[1], forward, rollback, tried)


def _hosts(old: Shape, new: Shape, tried: list[Any]) -> Iterator[Spot]:
    a, b = (bool(each.options.get("host_required")) and not each.options.get("default_host") for each in (old, new))
    if a != b:
        words = {True: "with a host", False: "with or without a host"}
        yield Spot(Aspect.FORMAT, words[a], words[b], None if a else _WHY, None if b else _WHY, tried)


def _lengths(old: Shape, new: Shape, tried: list[Any]) -> Iterator[Spot]:
    (low, high), (new_low, new_high) = lengths_of(old), lengths_of(new)
    if (low, high) == (new_low, new_high):
        return
    forward = new_low <= low and (new_high is None or (high is not None and high <= new_high))
    rollback = low <= new_low and (high is None or (new_high is not None and new_high <= high))
    # an option sees the original text, a check the URL made from it
    alike = not any(c[0] == "length" for each in (old, new) for c in each.checks)
    yield Spot(
        Aspect.RANGE,
        length_words(low, high, "characters"),
        length_words(new_low, new_high, "characters"),
        None if forward and alike else _WHY,
        None if rollback and alike else _WHY,
        tried,
    )


def _tried(shape: Shape) -> list[str]:
    found = [str(each) for each in likely(shape)]
    if shape.kind == "uuid":
        return found
    schemes = [*(shape.options.get("allowed_schemes") or ()), "http", "https", "ftp", "a", "postgres", "redis"]
    found += [f"{scheme}://h.example/d" for scheme in schemes]
    rests = ("///d", "//u:p@h:1/d?x=1", "d", "//h", "//h,i/d", "//u@h:1,i:2/d")
    found += [f"{scheme}:{rest}" for scheme in schemes[:4] for rest in rests]
    lengths = {edge + step for edge in lengths_of(shape) if edge for step in (-1, 0, 1)}
    prefixes = [f"{scheme}://h/" for scheme in schemes[:2]]
    return found + [prefix + "a" * max(n - len(prefix), 0) for n in lengths if n < 100_000 for prefix in prefixes]
