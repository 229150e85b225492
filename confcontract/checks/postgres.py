"""PostgreSQL takes the login."""

from __future__ import annotations

from confcontract.checks.login import Login


class Postgres(Login):
    """PostgreSQL takes the login of the DSN and answers SELECT 1.

    target: a variable that holds the DSN. The driver is the one that the DSN names (postgresql+asyncpg://), or the
    first that is installed: psycopg, psycopg2, asyncpg, pg8000 (confcontract[postgres]). plain_connection: if none is,
    a connection to the port is enough. Raises ValueError.
    """

    __slots__ = ()
    kind = "postgres"
    words = "the PostgreSQL database at {target} answers"
    drivers = ("psycopg", "psycopg2", "asyncpg", "pg8000")
