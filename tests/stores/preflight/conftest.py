"""A server with everything that a contract may refer to, and sites that boot from it."""

from __future__ import annotations

from tests.support.vault.deployments import database, log_in, made, postgres, root, still, stocked  # noqa: F401 - fixtures
from tests.support.vault.fixtures import bao, canary, proxy  # noqa: F401 - fixtures
