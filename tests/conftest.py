"""What every test shares: in continuous integration nothing may be skipped silently."""

from __future__ import annotations

import os

import pytest


def _skipped(config: pytest.Config) -> list[str]:
    """Names and reasons of what was skipped, as the controlling process collected them."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return []
    found = []
    for report in reporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        found.append(f"{report.nodeid}: {reason}")
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("CI") and _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    names = _skipped(config)
    if os.environ.get("CI") and names:
        terminalreporter.section("skipped, and CI is set: this run fails", red=True)
        for name in names:
            terminalreporter.line(name)
