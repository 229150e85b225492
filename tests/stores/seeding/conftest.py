"""A server of Vault's kind beside that of AWS."""

from __future__ import annotations

from tests.support.sites import bao  # noqa: F401 - fixtures
