"""An AMQP broker takes the login."""

from __future__ import annotations

from confcontract.checks.login import Login


class Amqp(Login):
    """An AMQP 0-9-1 broker such as RabbitMQ takes the login of the URL and opens a channel.

    target: a variable that holds the URL. The driver is pika or amqp (confcontract[amqp]). plain_connection: if none is
    installed, a connection to the port is enough. Raises ValueError.
    """

    __slots__ = ()
    kind = "amqp"
    words = "the message broker at {target} answers"
    drivers = ("pika", "amqp")
