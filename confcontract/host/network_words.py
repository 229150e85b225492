"""Network errors in words, for checks and for secret stores. They never show an address or a request."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.ECONNABORTED: "connection aborted",
    errno.EPIPE: "connection closed",
    errno.EHOSTUNREACH: "no route to host",
    errno.ENETUNREACH: "network is unreachable",
}

_NUMBERS: dict[type[BaseException], int] = {
    ConnectionRefusedError: errno.ECONNREFUSED,
    ConnectionResetError: errno.ECONNRESET,
}


def network_words(error: BaseException) -> str | None:
    """The network's failure in words, or None if the network is not the cause. Name errors are those of
    getaddrinfo(3)."""
    import socket

    if isinstance(error, socket.gaierror):
        return "host name not found" if is_wrong_name(error) else "the name server does not respond"
    # an error without a number is identified by its class
    number = next((number for kind, number in _NUMBERS.items() if isinstance(error, kind)), None)
    return _WORDS.get(number or getattr(error, "errno", None) or 0) if isinstance(error, OSError) else None


def is_wrong_name(error: BaseException) -> bool:
    """Whether resolving a host name failed: if the name server did not answer, another attempt may succeed."""
    import socket

    return isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN


def tls_reason(reason: str) -> str:
    """OpenSSL's code of an error, such as TLSV1_ALERT_INTERNAL_ERROR, in words."""
    return f"TLS failed: {reason.lower().replace('_', ' ') or 'no reason given'}"
