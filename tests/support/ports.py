"""A port at which nobody answers, however many tests run beside one another."""

from __future__ import annotations

import socket


def refusing_port() -> int:
    """A port that refuses connections until this process ends: it is taken, and nobody listens.

    One that is only free now would be a neighbour's a moment later. A program that is to listen on a port of its own
    gets one of `tests.support.vault.openbao.free_port`.
    """
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    port: int = taken.getsockname()[1]
    taken.detach()
    return port
