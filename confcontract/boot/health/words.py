"""The one line that a probe prints."""

from __future__ import annotations

from confcontract.report.terminal import cut, printable

WIDEST = 400  # columns; Kubernetes shows the line in an event


def line(probe: str, status: str, words: str) -> str:
    """`ready: UP, degraded: cache: connection refused`. status: UP, DEGRADED or DOWN."""
    status = "UP, degraded" if status == "DEGRADED" else status
    return cut(printable(f"{probe}: {status}: {words}" if words else f"{probe}: {status}"), WIDEST)
