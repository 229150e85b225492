"""The direction in which a contract change is looked at."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """FORWARD: environments of the old contract run with the new one. ROLLBACK: environments of the new one run with
    the old.
    """

    FORWARD = "forward"
    ROLLBACK = "rollback"


FORWARD, ROLLBACK = Direction.FORWARD, Direction.ROLLBACK
