"""Which processes are measured for coverage, as the tests themselves are. It makes of a boot of 60 ms one of 230.

Those that these start: enough for each line that only a process of its own comes to. A folder, or a file, below tests/.
"""

from __future__ import annotations

import os

STARTED_BY = (
    "author",
    "boot/deliver/test_delivery.py",
    "boot/health/test_probe.py",
    "boot/health/test_real_boot.py",
    "boot/launch/test_command_lookup.py",
    "boot/launch/test_entry_point.py",
    "boot/launch/test_install_command.py",
    "boot/launch/test_real_boot_ends_by_signal.py",
    "boot/rotation",
    "boot/supervise/test_changes.py",
    "boot/supervise/test_failed_restart.py",
    "boot/supervise/test_signals.py",
    "boot/test_arguments.py",
    "boot/test_checks_and_roles.py",
    "boot/test_dry_run.py",
    "boot/test_foreseen.py",
    "boot/test_out_of_time.py",
    "boot/test_patience.py",
    "boot/test_policy.py",
    "boot/test_report.py",
    "boot/vault",
    "cli",
    "contract/test_canonical.py",
    "docs",
    "host",
    "stores/preflight",
    "test_forks.py",
)
_COVERAGE = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
UNMEASURED = {name: value for name, value in os.environ.items() if name not in _COVERAGE}


def measured() -> dict[str, str]:
    """What to put into the environment of a process that is started now, by the test that pytest says is running."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").removeprefix("tests/")
    return _COVERAGE if test.startswith(STARTED_BY) else {}
