"""A host name resolves."""

from __future__ import annotations

from confcontract.checks.check import Check


class Dns(Check):
    """A host name resolves.

    target: a variable that holds a URL, a DSN, HOST:PORT or a host name, or a literal of these. Raises ValueError.
    """

    __slots__ = ()
    kind = "dns"
    words = "the name in {target} is resolved"
