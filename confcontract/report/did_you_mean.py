"""Did you mean …? Used only after something is wrong.

It looks up all variants of a name with one slip undone: 5 ms among 5,000 names, and as much again for two slips.
difflib takes 130 ms for each name, and boot reports up to a hundred.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LONG_NAME = 10  # characters after the prefix: with fewer, two slips would leave too little of the name
_LONG_WORD, _SHORT_WORD = 8, 4  # characters; a shorter word that differs is another word


def closest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` most likely stands for, or None. For many names of one kind use `Known`."""
    return Known(names).closest(name)


class Known:
    """Names that a user may mean, prepared for comparison with any number of other names.

    Case, "_", "-" and "." never count. One slip is undone: a character too many, missing, wrong, or swapped with the
    next. Two slips are undone in the words of a long name, if only one name fits. The common beginning of all names
    (the application's prefix) distinguishes nothing, so at least three characters must remain after it. Otherwise the
    match is a name with the same words in another order, or the only name that ends in these words.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_bare: dict[str, str] = {}
        for each in sorted(names):
            self._by_bare.setdefault(_bare(each), each)
        self._prefix = _common_prefix([*self._by_bare.values()])
        self._letters = set().union(*self._by_bare)
        self._longest = max(map(len, self._by_bare), default=0)
        folded = [(name, _folded(name)) for name in self._by_bare.values()]
        self._rests = [(name, whole, whole.removeprefix(self._prefix)) for name, whole in folded]

    def closest(self, name: str) -> str | None:
        """The name that `name` most likely stands for, or None."""
        known, prefix = self._by_bare, self._prefix
        wanted = _bare(name)
        if wanted in known:
            return known[wanted]
        rest = _folded(name).removeprefix(prefix)
        if len(rest) < 3:
            return None
        # a name much longer than all others costs the square of its length and can't match
        is_long = len(wanted) > self._longest + 1
        found = set() if is_long else _one_slip(wanted, self._letters) & known.keys()
        if found:
            return known[min(found, key=lambda bare: (abs(len(bare) - len(wanted)), known[bare]))]
        begun = _folded(name).startswith(prefix)  # otherwise the slip may be in that part, too
        return self._two_slips(rest, cut=begun) or self._same_words(rest)

    def _two_slips(self, rest: str, *, cut: bool) -> str | None:
        """The only name whose words differ by at most two slips: not both in a short word, which would be another word.
        cut: whether the common beginning of all names was removed."""
        if len(rest) < _LONG_NAME:
            return None
        words = _words(rest)
        size = len(rest) // 5  # a swap may concern two parts: one part in five has no slip
        parts = [rest[at : at + size] for at in range(0, 5 * size, size)]
        fits = []
        for name, whole, without in self._rests:
            other = without if cut else whole
            if abs(len(other) - len(rest)) <= 2 and any(part in other for part in parts):
                others = _words(other)
                alike = len(others) == len(words) and sum(map(str.__ne__, words, others)) <= 2
                if alike and _slips(words, others) == 2:
                    fits.append(name)
        return fits[0] if len(fits) == 1 else None

    def _same_words(self, rest: str) -> str | None:
        """SHOP_URL_DATABASE or SHOP_URL for SHOP_DATABASE__URL, if only one name fits."""
        words = _words(rest)
        if not words:
            return None
        sections = [(name, _words(without)) for name, whole, without in self._rests if words[-1] in whole]
        for fits in (
            [name for name, parts in sections if sorted(parts) == sorted(words)],
            [name for name, parts in sections if parts[-len(words) :] == words],
        ):
            if len(fits) == 1:
                return fits[0]
        return None


def _one_slip(text: str, letters: Iterable[str]) -> set[str]:
    halves = [(text[:at], text[at:]) for at in range(len(text) + 1)]
    return {
        *(one + other[1:] for one, other in halves),
        *(one + other[1:2] + other[:1] + other[2:] for one, other in halves),
        *(one + letter + other[1:] for one, other in halves for letter in letters),
        *(one + letter + other for one, other in halves for letter in letters),
    }


def _slips(words: list[str], others: list[str]) -> int | None:
    """The number of slips between the two, word by word; None if a word has more than its length allows."""
    found = 0
    for word, other in zip(words, others, strict=True):
        bearable = 2 if len(other) >= _LONG_WORD else 1 if len(other) >= _SHORT_WORD else 0
        slips = next((slips for slips in range(bearable + 1) if _is_within(word, other, slips)), None)
        if slips is None:
            return None
        found += slips
    return found


def _is_within(word: str, other: str, slips: int) -> bool:
    """Whether this number of slips leads from one to the other."""
    at = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), None)
    at = min(len(word), len(other)) if at is None else at
    word, other = word[at:], other[at:]
    if not slips or word == other:
        return word == other
    swapped = len(word) > 1 and word[:2] == other[1::-1]
    return (
        _is_within(word[1:], other[1:], slips - 1)
        or _is_within(word[1:], other, slips - 1)
        or _is_within(word, other[1:], slips - 1)
        or (swapped and _is_within(word[2:], other[2:], slips - 1))
    )


def _folded(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")


def _bare(name: str) -> str:
    return _folded(name).replace("_", "")


def _common_prefix(names: list[str]) -> str:
    """Up to and including the last "_" that all names share."""
    folded = [_folded(name) for name in names]
    if len(names) < 2:
        return "".join(folded).partition("_")[0] + "_"
    first, last = min(folded), max(folded)
    alike = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: first.rfind("_", 0, alike) + 1]


def _words(name: str) -> list[str]:
    return [word for word in name.split("_") if word]
