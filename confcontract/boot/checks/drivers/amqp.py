"""AMQP 0-9-1: a channel is opened."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.boot.checks.address import Address

SCHEMES = ("amqp", "amqps")
DIALECTS: dict[str, str] = {}


def by_pika(driver: Any, url: str, address: Address, seconds: float) -> None:
    parameters = driver.URLParameters(url)
    parameters.connection_attempts = 1  # boot itself retries until its deadline
    parameters.socket_timeout = seconds
    parameters.stack_timeout = seconds
    parameters.blocked_connection_timeout = seconds
    connection = driver.BlockingConnection(parameters)
    try:
        connection.channel()
    finally:
        connection.close()


def by_amqp(driver: Any, url: str, address: Address, seconds: float) -> None:
    from urllib.parse import unquote

    from confcontract.boot.checks.address import shown

    user, _, password = address.user.partition(":")
    connection = driver.Connection(
        host=shown(address.endpoints[0]),
        userid=unquote(user) or "guest",
        password=unquote(password) or "guest",
        virtual_host=unquote(address.path.removeprefix("/")) or "/",
        ssl=address.scheme == "amqps",
        connect_timeout=seconds,
        read_timeout=seconds,
        write_timeout=seconds,
    )
    connection.connect()
    try:
        connection.channel()
    finally:
        connection.close()
