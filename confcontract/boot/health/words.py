"""The words for how things stand, and the one line that a probe prints."""

from __future__ import annotations

from confcontract.report.terminal import cut, printable

UP = "UP"
DEGRADED = "DEGRADED"  # up, and told apart: something is wrong that is no reason to be taken out of service
DOWN = "DOWN"
UNKNOWN = "UNKNOWN"  # not evaluated yet: no reason to kill an application, nor to send it requests

WIDEST = 400  # columns; Kubernetes shows the line in an event


def line(probe: str, status: str, words: str) -> str:
    """`ready: UP, degraded: cache: connection refused`. status: UP, DEGRADED or DOWN."""
    status = "UP, degraded" if status == DEGRADED else status
    return cut(printable(f"{probe}: {status}: {words}" if words else f"{probe}: {status}"), WIDEST)
