"""An environment that a mapping can't hold: a duplicate name, an entry without a name or without a value.

The kernel passes such entries on, so boot does too. Programs see the first value of a name, as getenv does.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

_found: list[bytes] = []  # usually there are no odd entries


def note(entries: Sequence[bytes]) -> None:
    """The environment of this process, if a mapping can't hold it."""
    _found[:] = entries


def entries_of(environ: Mapping[str, str]) -> list[bytes] | None:
    """The environment to hand over if a mapping can't hold it, else None: `environ` plus all odd entries that were
    found.

    Further values of a name are handed over if the first one is.
    """
    if not _found:
        return None
    left = {os.fsencode(name): os.fsencode(value) for name, value in environ.items()}
    pairs = [entry.partition(b"=") for entry in _found]
    first = {name: value for name, equals, value in reversed(pairs) if name and equals}
    kept: list[bytes] = []
    changed: set[bytes] = set()
    for entry, (name, _, _) in zip(_found, pairs, strict=True):
        if name not in first or left.get(name) == first[name]:
            kept.append(entry)
        elif name in left and name not in changed:
            changed.add(name)
            kept.append(name + b"=" + left[name])
    return [*(name + b"=" + value for name, value in left.items() if name not in first), *kept]


def as_given(environ: Mapping[str, str]) -> Any:
    """`environ` plus all odd entries, in the form that `subprocess` takes."""
    return Pairs(odd) if (odd := entries_of(environ)) else dict(environ)


class Pairs:
    """Entries in the form in which `subprocess` takes an environment."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self._entries = entries

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        for entry in self._entries:
            name, equals, value = entry.partition(b"=")
            yield (name if equals else _Whole(entry)), value


class _Whole(bytes):
    """An entry without =, to which no = is added."""

    def __add__(self, _: object) -> bytes:
        return self


def execute(path: str, argv: Sequence[str], entries: Sequence[bytes]) -> None:
    """execve of the C library: os.execve takes a mapping. Raises OSError; ValueError for a NUL."""
    import ctypes

    def array(texts: Sequence[bytes]) -> Any:
        if any(b"\0" in text for text in texts):
            raise ValueError("embedded null byte")
        return (ctypes.c_char_p * (len(texts) + 1))(*texts)  # the last one is NULL

    given = os.fsencode(path), array([os.fsencode(word) for word in argv]), array(entries)
    ctypes.CDLL(None, use_errno=True).execve(*given)
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number))
