"""Redis or Valkey takes the login."""

from __future__ import annotations

from confcontract.checks.login import Login


class Redis(Login):
    """Redis or Valkey takes the login of the URL and answers PING.

    target: a variable that holds the URL. The driver is redis or valkey (confcontract[redis]). plain_connection: if
    none is installed, a connection to the port is enough. Raises ValueError.
    """

    __slots__ = ()
    kind = "redis"
    words = "the Redis server at {target} answers"
    drivers = ("redis", "valkey")
