"""What a check that says nothing else means: its phases, which of them it is critical in, its times in seconds."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

TIMEOUT = 2.0  # of one attempt
INTERVAL = 0.5  # between two, while boot waits
DEADLINE = 30.0  # of boot's waiting
PERIOD = 10.0  # between two evaluations after the start

# What each kind can log in with, the preferred first; the extra of the kind's name installs one.
DRIVERS = {
    "amqp": ("pika", "amqp"),
    "grpc": ("grpc",),
    "mysql": ("pymysql", "MySQLdb", "mysql.connector"),
    "postgres": ("psycopg", "psycopg2", "asyncpg", "pg8000"),
    "redis": ("redis", "valkey"),
}

PHASES = ("startup", "ready", "live")
ASKED_IN = ("startup", "ready")

# What these look at is this container's own. Everything else is shared with others: an outage of it must not take
# all of them out of service, nor have them all restarted.
LOCAL_KINDS = ("command", "disk", "file", "python")


def critical_phases(kind: str, phases: Iterable[str]) -> list[str]:
    """Where a failure counts as failure, if the author does not say; in the other phases it degrades."""
    return [phase for phase in phases if phase == "startup" or kind in LOCAL_KINDS]
