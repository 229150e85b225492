"""Sites to boot from, and a Vault-compatible server."""

from __future__ import annotations

from tests.support.sites import bao, site, vault  # noqa: F401 - fixtures
