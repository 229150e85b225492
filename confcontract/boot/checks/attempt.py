"""One attempt of a check: it returns when the thing is ready, and raises NotYet when it is not."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from confcontract.boot.checks.address import Endpoint

    # the argument: the moment of time.monotonic() when to give up; the result: what was found, in words
    Attempt: TypeAlias = Callable[[float], str | None]


TIMED_OUT = "timed out"


class NotYet(Exception):
    """Why the thing is not ready, in words without credentials."""


class Unfinished(NotYet):
    """The time was over before it was known."""


class Refused(NotYet):
    """A login was refused: who tries that too often is locked out."""


class Never(NotYet):
    """Why no attempt will ever succeed: a fault of the image, and not of what is waited for. hint: what to do."""

    def __init__(self, words: str, hint: str) -> None:
        super().__init__(words)
        self.hint = hint


def remaining(until: float) -> float:
    """Seconds left. Raises NotYet if there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise Unfinished(TIMED_OUT)
    return left


def tcp_attempt(endpoints: Sequence[Endpoint]) -> Attempt:
    def attempt(until: float) -> None:
        connect(endpoints, until).close()

    return attempt


def connect(endpoints: Sequence[Endpoint], until: float) -> socket.socket:
    """A connection to the first address that takes one; each gets its share of the time.

    Without the shares a black hole behind the IPv6 address would use up what IPv4 needs. Raises NotYet.
    """
    import socket

    addresses, reasons = _resolve(endpoints)
    for position, (family, address) in enumerate(addresses):
        share = remaining(until) / (len(addresses) - position)
        connection: socket.socket | None = None
        try:
            connection = socket.socket(family, socket.SOCK_STREAM)
            connection.settimeout(share)
            connection.connect(address)
            if connection.getsockname() != connection.getpeername() or family == socket.AF_UNIX:
                return connection
            # the kernel picked the very port that we asked for, and connected us to ourselves
            reasons.append("connection refused")
        except OSError as error:
            reasons.append(words(error))
        if connection is not None:
            connection.close()
    raise NotYet(", ".join(dict.fromkeys(reasons)) or "no address")


def _resolve(endpoints: Sequence[Endpoint]) -> tuple[list[tuple[int, str | tuple[object, ...]]], list[str]]:
    import socket

    addresses: list[tuple[int, str | tuple[object, ...]]] = []
    reasons: list[str] = []
    for endpoint in endpoints:
        if isinstance(endpoint, str):
            addresses.append((socket.AF_UNIX, endpoint))
            continue
        try:
            found = socket.getaddrinfo(*endpoint, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            reasons.append(words(error))
        else:
            addresses += [(family, address) for family, _, _, _, address in found]
    return addresses, reasons


def words(error: Exception) -> str:
    """What went wrong, in a few words that hold nothing of the address."""
    import socket

    if isinstance(error, NotYet):
        return str(error)
    if isinstance(error, TimeoutError):
        return TIMED_OUT
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionResetError):
        return "connection reset"
    if isinstance(error, UnicodeError):
        return "no valid host name"
    if isinstance(error, socket.gaierror):
        temporary = error.errno == socket.EAI_AGAIN
        return "the name server does not answer" if temporary else "host name not found"
    reason = getattr(error, "verify_message", None) or getattr(error, "reason", None)
    if type(error).__module__ == "ssl" and isinstance(reason, str):
        if type(error).__name__ == "SSLCertVerificationError":
            return f"certificate not trusted: {reason}"
        return f"TLS failed: {reason.lower().replace('_', ' ')}"
    if isinstance(error, OSError) and not error.errno and error.args == ("AF_UNIX path too long",):
        return "the path is longer than that of a Unix socket can be"
    if isinstance(error, OSError) and error.strerror and error.errno:
        return error.strerror.lower()
    return type(error).__name__
