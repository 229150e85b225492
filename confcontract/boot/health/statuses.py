"""The words for how things stand, and the one line that a probe prints."""

from __future__ import annotations

from confcontract.report.terminal import cut, printable

UP = "UP"
DEGRADED = "DEGRADED"  # up, and distinguished: something is wrong that is no reason to be taken out of service
DOWN = "DOWN"
UNKNOWN = "UNKNOWN"  # not evaluated yet: no reason to kill an application, nor to send it requests

WIDEST = 400  # columns; Kubernetes shows the line in an event


# How a line says it; what another begins with comes later.
_SAID = {DEGRADED: "UP, degraded", UP: "UP", DOWN: "DOWN"}


def line(probe: str, status: str, words: str) -> str:
    """`ready: UP, degraded: cache: connection refused`. status: UP, DEGRADED or DOWN."""
    said = f"{probe}: {_SAID[status]}"
    return cut(printable(f"{said}: {words}" if words else said), WIDEST)


def read_line(text: str) -> tuple[str, str]:
    """Status and words of what `line` has written; of anything else "" and ""."""
    said = text.partition(": ")[2]
    for status, word in _SAID.items():
        if said == word or said.startswith(f"{word}: "):
            return status, said[len(word) + 2 :]
    return "", ""
