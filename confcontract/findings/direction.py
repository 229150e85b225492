"""Which way a change of the contract is looked at."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """FORWARD: environments of the old contract meet the new one. ROLLBACK: the other way round."""

    FORWARD = "forward"
    ROLLBACK = "rollback"


FORWARD, ROLLBACK = Direction.FORWARD, Direction.ROLLBACK
