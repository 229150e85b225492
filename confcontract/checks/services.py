"""Checks that log in to a service, with the driver that the application has installed."""

from __future__ import annotations

from confcontract.checks.check import Check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Unpack

    from confcontract.checks.check import Common


class _Service(Check):
    __slots__ = ("plain_connection",)

    def __init__(
        self,
        name: str | None = None,
        target: str | None = None,
        *,
        plain_connection: bool = False,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(name, target, **common)
        self._require(isinstance(plain_connection, bool), "plain_connection is True or False")
        self.plain_connection = plain_connection

    def _parameters(self) -> dict[str, Any]:
        return {"plainConnection": self.plain_connection}


class Postgres(_Service):
    """PostgreSQL takes the login of the DSN and answers SELECT 1.

    target: a variable that holds the DSN. The driver is the one that the DSN names (postgresql+asyncpg://), or the
    first that is installed: psycopg, psycopg2, asyncpg, pg8000 (confcontract[postgres]). plain_connection: where none
    is, a connection to the port will do. Raises ValueError.
    """

    __slots__ = ()
    kind = "postgres"


class Redis(_Service):
    """Redis or Valkey takes the login of the URL and answers PING.

    target: a variable that holds the URL. The driver is redis or valkey (confcontract[redis]). plain_connection: where
    none is installed, a connection to the port will do. Raises ValueError.
    """

    __slots__ = ()
    kind = "redis"


class MySQL(_Service):
    """MySQL or MariaDB takes the login of the DSN and answers SELECT 1.

    target: a variable that holds the DSN. The driver is the one that the DSN names (mysql+pymysql://), or the first
    that is installed: pymysql, MySQLdb, mysql.connector (confcontract[mysql]). plain_connection: where none is, a
    connection to the port will do. Raises ValueError.
    """

    __slots__ = ()
    kind = "mysql"


class Amqp(_Service):
    """An AMQP 0-9-1 broker such as RabbitMQ takes the login of the URL and opens a channel.

    target: a variable that holds the URL. The driver is pika or amqp (confcontract[amqp]). plain_connection: where none
    is installed, a connection to the port will do. Raises ValueError.
    """

    __slots__ = ()
    kind = "amqp"
