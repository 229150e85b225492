"""An application under a supervisor."""

from __future__ import annotations

from tests.support.supervising import empty_contract, run, supervise  # noqa: F401 - fixtures
