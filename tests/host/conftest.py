"""A contract that asks for nothing."""

from __future__ import annotations

from tests.support.launching import empty_contract  # noqa: F401 - fixtures
