"""The commands under test."""

from __future__ import annotations

from tests.support.launching import boot_command, empty_contract, real_boot, run, start, stub, supervised  # noqa: F401 - fixtures
