"""Did you mean …? Only ever called when something is wrong already."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ALL = 400  # up to this many names, each is compared; beyond, only those that begin or end alike
_NEIGHBOURS = 12


def closest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that was most likely meant by `name`, or None.

    What all names begin with (the application's prefix) tells them apart from nothing, so only the rest counts:
    one slip in a short rest, up to three in a long one, as long as two thirds of it are right. Case, "-" and "."
    never count. Otherwise: the same words in another order, or the only name that ends in these words.
    """
    known = list(names)
    if not known:
        return None
    wanted = _folded(name)
    prefix = _common_prefix(known)
    rest = wanted[len(prefix) :] if wanted.startswith(prefix) else wanted
    slips = min(3, 1 + len(rest) // 5, len(rest) // 3)
    best: tuple[int, int, int, str] | None = None
    for candidate in _candidates(wanted, known, slips):
        folded = _folded(candidate)
        distance = _distance(wanted, folded, best[0] if best else slips)
        if distance is not None:
            rank = (distance, abs(len(folded) - len(wanted)), -_alike(wanted, folded), candidate)
            best = rank if best is None else min(best, rank)
    return best[3] if best else _same_words(rest, prefix, known)


def _folded(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")


def _common_prefix(names: Sequence[str]) -> str:
    """Up to and including the last "_" that all names share."""
    folded = [_folded(name) for name in names]
    first, last = min(folded), max(folded)
    return first[: first.rfind("_", 0, _alike(first, last)) + 1] if len(names) > 1 else first[: first.find("_") + 1]


def _alike(one: str, other: str) -> int:
    """The number of characters that both begin with."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _candidates(wanted: str, known: list[str], slips: int) -> Iterable[str]:
    low, high = len(wanted) - slips, len(wanted) + slips
    fitting = [name for name in known if low <= len(name) <= high]
    if len(fitting) <= _ALL:
        return fitting
    from bisect import bisect_left

    near: set[str] = set()
    backwards = wanted[::-1]
    for key, ordered, step in (
        (wanted, sorted(fitting), 1),
        (backwards, sorted(name[::-1] for name in fitting), -1),
    ):
        for attempt in (key, *_repaired(key, ordered, bisect_left(ordered, key))):
            place = bisect_left(ordered, attempt)
            near.update(name[::step] for name in ordered[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS])
    return near


def _repaired(key: str, ordered: Sequence[str], place: int) -> list[str]:
    """The key with its first slip undone, whichever kind it was; the first slip is where no name goes on alike."""
    attempts: list[str] = []
    for neighbour in ordered[max(0, place - 1) : place + 1]:
        at = _alike(key, neighbour)
        begun, rest, instead = key[:at], key[at:], neighbour[at : at + 1]
        attempts += [begun + instead + rest, begun + instead + rest[1:], begun + rest[1:]]
        attempts.append(begun + rest[1:2] + rest[:1] + rest[2:])
    return attempts


def _distance(one: str, other: str, limit: int) -> int | None:
    """Insertions, deletions, replacements and swaps of neighbours; None if there are more than `limit`."""
    if one == other:
        return 0
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(one[::-1], other[::-1])
    if end:
        one, other = one[:-end], other[:-end]
    if abs(len(one) - len(other)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above_before, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above_before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return None
    return row[-1] if row[-1] <= limit else None


def _same_words(rest: str, prefix: str, known: Iterable[str]) -> str | None:
    """SHOP_URL_DATABASE or SHOP_URL for SHOP_DATABASE__URL, if only one name fits."""
    words = _words(rest)
    if not words or len(rest) < 3:
        return None
    near = [name for name in known if words[-1] in _folded(name)]
    sections = [(name, _words(_folded(name).removeprefix(prefix))) for name in near]
    for fits in (
        [name for name, parts in sections if sorted(parts) == sorted(words)],
        [name for name, parts in sections if parts[-len(words) :] == words],
    ):
        if len(fits) == 1:
            return fits[0]
    return None


def _words(name: str) -> list[str]:
    return [word for word in name.split("_") if word]
