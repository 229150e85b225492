"""One attempt of a check: it returns if the dependency is ready, and raises NotYet if it is not."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from confcontract.boot.checks.address import Endpoint

    # the argument: the deadline, as time.monotonic(); the result: what was found, in words
    Attempt: TypeAlias = Callable[[float], str | None]


TIMED_OUT = "timed out"

# Causes, which determine the hint: the name of a host; the file of authorities; a certificate for another host, one
# that has expired, or one that is not trusted. LATE: there was not enough time.
HOST_NAME = "host-name"
AUTHORITIES = "authorities"
MISMATCH = "mismatch"
EXPIRED = "expired"
UNTRUSTED = "untrusted"
LATE = "late"

# X509_V_ERR_… of OpenSSL's x509_vfy.h
_VERIFY_CODES = {10: EXPIRED, 12: EXPIRED, 29: MISMATCH, 62: MISMATCH, 63: MISMATCH, 64: MISMATCH}


class NotYet(Exception):
    """Why the dependency is not ready, in words without credentials. causes: see above; there may be none."""

    def __init__(self, words: str, *causes: str) -> None:
        super().__init__(words)
        self.causes = causes


class LoginRefused(NotYet):
    """A login was refused: too many attempts would lock the account."""


class Never(NotYet):
    """Why no attempt will ever succeed: the image is at fault, not the dependency. hint: what to do."""

    def __init__(self, words: str, hint: str) -> None:
        super().__init__(words)
        self.hint = hint


def remaining(until: float) -> float:
    """Seconds left. Raises NotYet if there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise NotYet(TIMED_OUT, LATE)
    return left


def tcp_attempt(endpoints: Sequence[Endpoint]) -> Attempt:
    def attempt(until: float) -> None:
        connect(endpoints, until).close()

    return attempt


def connect(endpoints: Sequence[Endpoint], until: float) -> socket.socket:
    """A connection to the first address that accepts one; each gets its share of the time.

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
            # the kernel picked the port that we connect to as our own, and connected us to ourselves
            reasons.append(NotYet("connection refused"))
        except OSError as error:
            reasons.append(not_yet(error))
        if connection is not None:
            connection.close()
    raise together(reasons, "no address")


def together(reasons: Sequence[NotYet], otherwise: str) -> NotYet:
    """Several reasons as one. otherwise: the words if there is none."""
    told = ", ".join(dict.fromkeys(map(str, reasons)))
    return NotYet(told or otherwise, *dict.fromkeys(cause for each in reasons for cause in each.causes))


def _resolve(endpoints: Sequence[Endpoint]) -> tuple[list[tuple[int, str | tuple[object, ...]]], list[NotYet]]:
    import socket

    addresses: list[tuple[int, str | tuple[object, ...]]] = []
    reasons: list[NotYet] = []
    for endpoint in endpoints:
        if isinstance(endpoint, str):
            addresses.append((socket.AF_UNIX, endpoint))
            continue
        try:
            found = socket.getaddrinfo(*endpoint, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            reasons.append(not_yet(error))
        else:
            addresses += [(family, address) for family, _, _, _, address in found]
    return addresses, reasons


def words(error: Exception) -> str:
    """What went wrong, in a few words without the address."""
    return str(not_yet(error))


def not_yet(error: Exception) -> NotYet:
    """What went wrong, in a few words without the address, and its cause."""
    from confcontract.host.network_words import is_wrong_name, network_words

    if isinstance(error, NotYet):
        return error
    if isinstance(error, TimeoutError):
        return NotYet(TIMED_OUT, LATE)
    if isinstance(error, UnicodeError):
        return NotYet("not a valid host name", HOST_NAME)
    known = network_words(error)
    if known:
        return NotYet(known, *([HOST_NAME] if is_wrong_name(error) else []))
    return _of_tls(error) or NotYet(_of_system(error))


def _of_tls(error: Exception) -> NotYet | None:
    from confcontract.host.network_words import tls_reason

    reason = getattr(error, "verify_message", None) or getattr(error, "reason", None)
    if type(error).__module__ != "ssl" or not isinstance(reason, str):
        return None
    if type(error).__name__ == "SSLCertVerificationError":
        cause = _VERIFY_CODES.get(getattr(error, "verify_code", 0), UNTRUSTED)
        return NotYet(f"certificate not trusted: {reason}", cause)
    causes = [EXPIRED] if "EXPIRE" in reason else [UNTRUSTED] if "CERTIFICATE" in reason else []  # OpenSSL's codes
    return NotYet(tls_reason(reason), *causes)


def _of_system(error: Exception) -> str:
    if isinstance(error, OSError) and not error.errno and error.args == ("AF_UNIX path too long",):
        return "the path is longer than that of a Unix socket can be"
    if isinstance(error, OSError) and error.strerror and error.errno:
        return error.strerror.lower()
    return type(error).__name__
