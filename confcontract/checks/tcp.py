"""Something accepts connections."""

from __future__ import annotations

from confcontract.checks.check import Check


class Tcp(Check):
    """Something accepts connections; of several hosts one is enough.

    target: a variable that holds a URL, a DSN or HOST:PORT, or a literal HOST:PORT. Raises ValueError.
    """

    __slots__ = ()
    kind = "tcp"
    words = "{target} accepts connections"
