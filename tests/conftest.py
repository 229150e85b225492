"""What every test shares: in continuous integration nothing may be skipped silently."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

ONLY_FAILED = "confcontract/only-failed"

# How fast a machine is says nothing about a law.
settings.register_profile("any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# Whoever started the tests in the background (nohup, `&` in a script) had these ignored; the programs under test
# would inherit that, and rightly stay alive at an INT.
for _number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)


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


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    skipped = bool(os.environ.get("CI") and _skipped(session.config))
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    cache = getattr(session.config, "cache", None)
    if cache is not None and not hasattr(session.config, "workerinput"):
        # For .ci/run: whether all tests ran, so that those that failed may be run again by themselves.
        cache.set(ONLY_FAILED, session.exitstatus == pytest.ExitCode.TESTS_FAILED and not skipped)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    names = _skipped(config)
    if os.environ.get("CI") and names:
        terminalreporter.section("skipped, and CI is set: this run fails", red=True)
        for name in names:
            terminalreporter.line(name)


@pytest.fixture(autouse=True)
def _no_deadline_of_an_earlier_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A boot or a reader in this very process leaves the moment by which it wanted to be done."""
    monkeypatch.setattr("confcontract.boot.sourcefile._deadline", None)
