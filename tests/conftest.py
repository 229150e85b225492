"""What every test shares: its marks, who runs it, and that in continuous integration nothing is skipped silently."""

from __future__ import annotations

import gc
import os
import signal
import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.cpu import Costs
from tests.support.measured import Selection
from tests.support.sites import shared_moto, sites_bao  # noqa: F401 - fixtures, here so that each is made once
from tests.support.vault.shared import (  # noqa: F401
    shared_authority,
    shared_bao,
    shared_database,
    shared_signer,
)

ONLY_FAILED = "confcontract/only-failed"

# Folders and files below this one, and what their tests have in common: see `markers` in pyproject.toml. Whatever asks
# for `bao` needs a server as well; elsewhere, single tests say what they are.
MARKS = {
    "browser": ("docs/html",),
    "process": (
        "boot",
        "cli/test_output_lost.py",
        "faults",
        "host/test_limits.py",
        "host/test_limits_of_threads.py",
        "stores/preflight",
    ),
    "slow": (
        "bundle/test_bundled_images.py",
        "install",
        "test_benchmarks.py",
        "test_docs.py",
        "test_examples.py",
        "test_image.py",
    ),
    "vault": ("boot/rotation", "boot/vault", "faults", "stores/preflight", "stores/vault"),
}
# Their tests are given out one by one: most of them wait. Of the others each file, or folder with servers of its own,
# goes to one worker as a whole, which makes what a module shares once.
SPREAD = (
    *("boot/health", "boot/launch", "boot/rotation", "boot/supervise", "boot/vault", "faults", "stores/preflight"),
    *("host/test_limits.py", "host/test_limits_of_threads.py"),
)
TOGETHER = ("bundle", "docs/html")
# What takes a worker a minute or more, beside what is marked slow: begun late, it would be waited for at the end.
LONG = ("boot/supervise/test_credentials.py", "boot/supervise/test_credentials_kept.py", "docs/html", "fidelity")

# A container image that sets this has no thought for tests: without it, each run and each worker rewrites the assertions
# of all modules, 8 s of a processor, and each process that is started compiles what it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How fast a machine is says nothing about a law.
settings.register_profile("any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# Whoever started the tests in the background (nohup, `&` in a script) had these ignored; the programs under test
# would inherit that, and rightly stay alive at an INT.
for _number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cpu", action="store_true", help="show what the dearest tests cost (tests/support/cpu.py)")


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(100_000)  # thousands of classes are made and modules imported: a tenth of the time went into this
    config.pluginmanager.register(Selection())
    if config.option.cpu:
        config.pluginmanager.register(Costs())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in [mark for mark, places in MARKS.items() if _place(item.nodeid, places)]:
            item.add_marker(mark)
        if "bao" in getattr(item, "fixturenames", ()):
            item.add_marker("vault")
    _mix(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()  # ten thousand tests, which stay to the end


def _mix(items: list[pytest.Item]) -> None:
    """Tests that wait between those that compute, from the first to the last: the processors have always work, and are
    not fought for. What takes long is begun first; a file's tests stay together, as what its module shares does.
    """
    long = {_scope(item.nodeid) for item in items if item.get_closest_marker("slow") or _place(item.nodeid, LONG)}
    scopes = sorted(dict.fromkeys(_scope(item.nodeid) for item in items), key=lambda scope: scope not in long)
    where: dict[str, float] = {}
    for waits in (True, False):
        kind = [scope for scope in scopes if bool(_place(scope, SPREAD)) is waits]
        where |= {scope: number / len(kind) for number, scope in enumerate(kind)}
    items.sort(key=lambda item: where[_scope(item.nodeid)])


def _place(nodeid: str, places: tuple[str, ...]) -> str | None:
    """Which of these a test is in."""
    return _place_of(nodeid.partition("::")[0], places)


@cache
def _place_of(file: str, places: tuple[str, ...]) -> str | None:
    path = file.removeprefix("tests/")
    return next((place for place in places if f"{path}/".startswith(f"{place}/")), None)


def _scope(nodeid: str) -> str:
    return nodeid if _place(nodeid, SPREAD) else _place(nodeid, TOGETHER) or nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = _scope
    return scheduling


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
    monkeypatch.setattr("confcontract.host.sourcefile._deadline", None)
