"""A server, a faulty way to it, and readers."""

from __future__ import annotations

from tests.support.vault.fixtures import (  # noqa: F401 - fixtures
    address,
    approle,
    authority,
    authority_engine,
    bao,
    canary,
    database,
    environ,
    fetch,
    logged_in,
    postgres,
    proxy,
    signer,
)
