"""What each test costs in processor time and in waiting, for `make test ARGS=--cpu`. Shown are the dearest of both.

A test's processor time is that of its worker and of the processes that it waited for, since the report before it: how
busy the machine is with other things hardly changes it. Servers count where they are stopped, at the end of a worker.
"""

from __future__ import annotations

import resource
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest

from tests.support import forks

SHOWN = 30


def used() -> float:
    """Seconds of a processor: of this process, of those that it waited for, and of those that ran in forks for it."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both) + forks.used


class Costs:
    """In a worker it measures, where reports come together it adds up; without workers it does both."""

    def __init__(self) -> None:
        self._before = used()
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.wall: defaultdict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Iterator[None]:
        report = yield
        now = used()
        report.cpu, self._before = now - self._before, now  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.cpu[report.nodeid] += getattr(report, "cpu", 0.0)  # a worker that died measured nothing
        self.wall[report.nodeid] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        tell = terminalreporter
        processor, wall = sum(self.cpu.values()), sum(self.wall.values())
        tell.section(f"{processor:.0f} s of a processor, {wall:.0f} s of tests beside each other")
        for what, seconds in (("processor time", self.cpu), ("duration", self.wall)):
            for kind, found in (("files", _by_file(seconds)), ("tests", seconds)):
                tell.line(f"-- {kind} by {what}")
                for name, spent in sorted(found.items(), key=lambda each: -each[1])[:SHOWN]:
                    tell.line(f"{spent:8.2f} {name}")


def _by_file(seconds: Mapping[str, float]) -> dict[str, float]:
    found: defaultdict[str, float] = defaultdict(float)
    for name, spent in seconds.items():
        found[name.partition("::")[0]] += spent
    return found
