"""From what a network can throw at us to words that an operator can act on."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

from confcontract.secrets.vault.failure import DEFECT, FOREIGN, NO_ANSWER, TLS, UNREACHABLE, Failure

_ERRNO_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "the connection was reset",
    errno.EPIPE: "the connection was closed",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "the network is unreachable",
}


class NoConnection(TimeoutError):
    """Nothing answers at the address itself."""


class NotLetThrough(Exception):
    """A proxy does not let us through to the server, and says so with a status of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def explain(error: BaseException, tls_name: str = "") -> Failure:
    """The failure that an exception means. Its own text is never used: it can quote a request.

    tls_name: what VAULT_TLS_SERVER_NAME says, which is not shown where it is wrong.
    """
    failed = _tls(error) or _network(error) or _protocol(error)
    if failed is None and isinstance(error, OSError):
        failed = _unreachable(f"the connection failed ({type(error).__name__})")
    if failed is None:
        return Failure(DEFECT, f"a defect of confcontract ({type(error).__name__})")
    if tls_name:
        failed.words = failed.words.replace(repr(tls_name), "the name in VAULT_TLS_SERVER_NAME")
    return failed


def _tls(error: BaseException) -> Failure | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(TLS, f"its certificate was not accepted: {error.verify_message or 'not valid'}")
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)):
        return _unreachable("the connection was closed during the TLS handshake")
    if isinstance(error, ssl.SSLError):
        return Failure(TLS, _tls_words(error))
    return None


def _network(error: BaseException) -> Failure | None:
    if isinstance(error, socket.gaierror):
        return _unreachable("its host name was not found")
    if isinstance(error, NotLetThrough):
        return _tunnel(error.status)
    if isinstance(error, NoConnection):
        return _unreachable("no connection in time (nothing answers at that address)")
    if isinstance(error, TimeoutError):
        return _unreachable(NO_ANSWER)
    if isinstance(error, OSError) and error.errno in _ERRNO_WORDS:
        return _unreachable(_ERRNO_WORDS[error.errno])
    return None


def _tunnel(status: int) -> Failure:
    """What a proxy says instead of letting us through to an https server."""
    if status == 407:
        return Failure(FOREIGN, "the proxy before it wants a user and a password (HTTP 407)", status=407)
    words = f"the proxy does not let us through to it (HTTP {status})"
    if status >= 500:
        return _unreachable(words)
    return Failure(FOREIGN, words)


def _protocol(error: BaseException) -> Failure | None:
    if isinstance(error, http.client.IncompleteRead):
        return _unreachable("its answer was cut short")
    if isinstance(error, (http.client.InvalidURL, UnicodeError)):
        return Failure(FOREIGN, "its address, or that of the proxy, can't be used")
    if isinstance(error, http.client.HTTPException):
        return _unreachable("it closed the connection or doesn't speak HTTP")
    return None


def _unreachable(words: str) -> Failure:
    return Failure(UNREACHABLE, words, retry=True, everywhere=True)


def _tls_words(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return "it doesn't speak HTTPS; write http:// in the address if that is meant"
    if "CERTIFICATE_REQUIRED" in reason or reason == "SSLV3_ALERT_BAD_CERTIFICATE":
        return "it wants a client certificate (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY)"
    return f"TLS failed: {reason.lower().replace('_', ' ') or 'no reason given'}"
