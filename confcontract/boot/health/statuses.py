"""The status words, and the one line that a probe prints."""

from __future__ import annotations

from confcontract.report.terminal import cut, printable

UP = "UP"
# up, but reported separately: something is wrong, but not a reason to take the application out of service
DEGRADED = "DEGRADED"
DOWN = "DOWN"
UNKNOWN = "UNKNOWN"  # not evaluated yet: neither a reason to kill an application nor to send it requests

WIDEST = 400  # columns; Kubernetes shows the line in an event


# The words in a line; a word that is a prefix of another comes after it.
_SAID = {DEGRADED: "UP, degraded", UP: "UP", DOWN: "DOWN"}


def line(probe: str, status: str, words: str) -> str:
    """`ready: UP, degraded: cache: connection refused`. status: UP, DEGRADED or DOWN."""
    said = f"{probe}: {_SAID[status]}"
    return cut(printable(f"{said}: {words}" if words else said), WIDEST)


def read_line(text: str) -> tuple[str, str]:
    """Status and words of a line from `line`; "" and "" for anything else."""
    said = text.partition(": ")[2]
    for status, word in _SAID.items():
        if said == word or said.startswith(f"{word}: "):
            return status, said[len(word) + 2 :]
    return "", ""
