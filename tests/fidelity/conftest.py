"""The counts of the fidelity run, at the end of the test report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .comparison import TALLY


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)  # only in a worker of pytest-xdist
    if output is not None:
        output["fidelity"] = json.dumps(TALLY.as_dict())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    counted = getattr(node, "workeroutput", {}).get("fidelity")
    if counted:
        TALLY.add(json.loads(counted))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if TALLY.counts["pairs"]:
        terminalreporter.section("fidelity")
        terminalreporter.write_line(TALLY.report())
