"""From what a network can throw at requests to words that an operator can act on."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

import requests
import urllib3.exceptions

from confcontract.secrets.vault.failure import DEFECT, FOREIGN, NO_ANSWER, TLS, UNREACHABLE, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_ERRNO_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "the connection was reset",
    errno.EPIPE: "the connection was closed",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "the network is unreachable",
}
# How http.client begins what it raises when a proxy refuses CONNECT; the status follows.
_TUNNEL = "Tunnel connection failed: "


def explain(error: BaseException, tls_name: str = "") -> Failure:
    """The failure that an exception of requests means. Its own text is never used: it can quote a request.

    tls_name: what VAULT_TLS_SERVER_NAME says, which is not shown where it is wrong.
    """
    chain = list(_chain(error))
    for explanation in (_tls, _network, _protocol):
        for link in chain:
            failed = explanation(link)
            if failed and tls_name:
                failed.words = failed.words.replace(repr(tls_name), "the name in VAULT_TLS_SERVER_NAME")
            if failed:
                return failed
    if isinstance(error, (requests.RequestException, urllib3.exceptions.HTTPError, OSError)):
        return _unreachable(f"the connection failed ({type(error).__name__})")
    return Failure(DEFECT, f"a defect of confcontract ({type(error).__name__})")


def _tls(link: BaseException) -> Failure | None:
    if isinstance(link, ssl.SSLCertVerificationError):
        return Failure(TLS, f"its certificate was not accepted: {link.verify_message or 'not valid'}")
    if isinstance(link, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)):
        return _unreachable("the connection was closed during the TLS handshake")
    if isinstance(link, ssl.SSLError):
        return Failure(TLS, _tls_words(link))
    return None


def _network(link: BaseException) -> Failure | None:
    if isinstance(link, socket.gaierror):
        return _unreachable("its host name was not found")
    if isinstance(link, OSError) and str(link).startswith(_TUNNEL):
        return _tunnel(str(link)[len(_TUNNEL) :][:3])
    if isinstance(link, urllib3.exceptions.NewConnectionError):
        return None  # a ConnectTimeoutError by inheritance only; what it wraps says more
    if isinstance(link, (urllib3.exceptions.ConnectTimeoutError, requests.ConnectTimeout)):
        return _unreachable("no connection in time (nothing answers at that address)")
    if isinstance(link, (urllib3.exceptions.ReadTimeoutError, requests.ReadTimeout, TimeoutError)):
        return _unreachable(NO_ANSWER)
    if isinstance(link, OSError) and link.errno in _ERRNO_WORDS:
        return _unreachable(_ERRNO_WORDS[link.errno])
    return None


def _tunnel(status: str) -> Failure:
    """What a proxy says instead of letting us through to an https server."""
    if status == "407":
        return Failure(FOREIGN, "the proxy before it wants a user and a password (HTTP 407)", status=407)
    words = f"the proxy does not let us through to it (HTTP {status})"
    if status.startswith("5"):
        return _unreachable(words)
    return Failure(FOREIGN, words)


def _protocol(link: BaseException) -> Failure | None:
    if isinstance(link, (urllib3.exceptions.IncompleteRead, http.client.IncompleteRead)):
        return _unreachable("its answer was cut short")
    if isinstance(link, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return Failure(FOREIGN, "its address, or that of the proxy, can't be used")
    if isinstance(link, http.client.HTTPException):
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


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that it wraps, by any of the ways in which requests and urllib3 wrap one."""
    waiting, seen = [error], set()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        inner = (link.__cause__, link.__context__, getattr(link, "reason", None), *link.args)
        waiting.extend(item for item in inner if isinstance(item, BaseException))
