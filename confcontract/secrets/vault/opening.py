"""A socket for a request: the network, a proxy's tunnel, and TLS, each with its own time limit."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPResponse
from urllib.parse import unquote, urlsplit

from confcontract.host.folder import at
from confcontract.secrets.vault.failure import NoConnection, NotLetThrough
from confcontract.secrets.vault.server import NotConfigured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from urllib.parse import SplitResult

    from confcontract.secrets.vault.server import VaultServer


PORTS = {"http": 80, "https": 443}


def host_of(parts: SplitResult) -> str:
    """The host of an address as the network knows it: in ASCII, without brackets."""
    host = parts.hostname or ""
    if host.isascii():
        return host.replace("%25", "%", 1)  # before the zone of an IPv6 address (RFC 6874)
    import idna  # by the rules of 2008, as other clients do; the standard library has those of 2003

    return idna.encode(host, uts46=True).decode("ascii")


def in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Opener:
    """Raises NotConfigured for certificates that can't be used."""

    def __init__(self, server: VaultServer) -> None:
        self._server = server
        self._proxy = urlsplit(server.proxy) if server.proxy else None
        self._context = context(server) if server.address.startswith("https:") else None
        # Missing parts of the image are reported now; on another thread they would look like a defect.
        if not f"{server.address}{server.proxy}".isascii():
            import idna  # noqa: F401
        if self._proxy and self._proxy.scheme == "https":
            import urllib3.util.ssltransport  # noqa: F401

    def asks_the_proxy(self, scheme: str) -> bool:
        """Whether requests of this scheme go to the proxy itself, rather than through it."""
        return self._proxy is not None and scheme == "http"

    def open(self, parts: SplitResult, seconds: float) -> socket.socket:
        """seconds: for each step of it."""
        host, port = host_of(parts), parts.port or PORTS[parts.scheme]
        opened = self._to_proxy(seconds) if self._proxy else _connect(host, port, seconds)
        if parts.scheme == "http":
            return opened
        try:
            if self._proxy:
                self._ask_for_tunnel(opened, f"{in_brackets(host)}:{port}")
            return self._secured(opened, self._server.tls_name or host.partition("%")[0])
        except BaseException:
            opened.close()
            raise

    def credentials(self) -> dict[str, str]:
        """The header with the user and the password of the proxy. It is only sent to the proxy."""
        if self._proxy is None or not self._proxy.username or self._proxy.password is None:
            return {}
        from binascii import b2a_base64

        both = f"{unquote(self._proxy.username)}:{unquote(self._proxy.password)}"
        return {"Proxy-Authorization": f"Basic {b2a_base64(both.encode('latin-1'), newline=False).decode()}"}

    def _to_proxy(self, seconds: float) -> socket.socket:
        assert self._proxy is not None
        host = host_of(self._proxy)
        opened = _connect(host, self._proxy.port or PORTS[self._proxy.scheme], seconds)
        if self._proxy.scheme == "http":
            return opened
        try:
            return context_of_proxy(self._server.verify).wrap_socket(opened, server_hostname=host.rstrip("."))
        except BaseException:
            opened.close()
            raise

    def _ask_for_tunnel(self, opened: socket.socket, place: str) -> None:
        """CONNECT (RFC 9110, 9.3.6). The token stays here."""
        lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
        lines += [f"{name}: {value}" for name, value in self.credentials().items()]
        opened.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1"))
        answer = HTTPResponse(opened, method="CONNECT")
        try:
            answer.begin()
            if answer.status != 200:
                raise NotLetThrough(answer.status)
        finally:
            answer.close()

    def _secured(self, opened: socket.socket, name: str) -> socket.socket:
        self._context = self._context or context(self._server)  # after a redirect from http to https
        if not self._proxy or self._proxy.scheme == "http":
            return self._context.wrap_socket(opened, server_hostname=name.rstrip("."))
        from urllib3.util.ssltransport import SSLTransport  # TLS within TLS, which `ssl` doesn't support directly

        within: Any = SSLTransport(opened, self._context, server_hostname=name.rstrip("."))
        secured: socket.socket = within
        return secured


def _connect(host: str, port: int, seconds: float) -> socket.socket:
    try:
        opened = socket.create_connection((host, port), seconds)
    except TimeoutError:
        raise NoConnection from None
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def context(server: VaultServer) -> ssl.SSLContext:
    """Raises NotConfigured if a certificate can't be used.

    Without VAULT_CACERT and VAULT_CAPATH the system's authorities are trusted, as by Vault's own clients: an
    organisation installs its own there. Only an image without any falls back to certifi's bundle.
    """
    made = _bare(server.verify)
    made.set_alpn_protocols(["http/1.1"])
    if not server.verify:
        pass
    elif server.ca_file:
        _trust(made, server.ca_file, "VAULT_CACERT")
    elif server.ca_directory:
        _trust_directory(made, server.ca_directory)
    else:
        _trust_system(made)
    if server.client_certificate:
        try:
            # An encrypted key would prompt on the terminal for its password, where boot must not hang.
            made.load_cert_chain(
                at(server.client_certificate), server.client_key and at(server.client_key), password=lambda: b""
            )
        except (ssl.SSLError, OSError, ValueError):
            raise NotConfigured(
                "VAULT_CLIENT_CERT and VAULT_CLIENT_KEY are not a certificate and its unencrypted key in PEM"
            ) from None
    return made


def context_of_proxy(verify: bool) -> ssl.SSLContext:
    """For a proxy that speaks TLS itself. VAULT_CACERT and our own certificate are only for Vault."""
    made = _bare(verify)
    if verify:
        _trust_system(made)
    return made


def _bare(verify: bool) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def _trust(made: ssl.SSLContext, path: str, name: str) -> None:
    try:
        made.load_verify_locations(cafile=at(path))
    except (ssl.SSLError, OSError):
        raise NotConfigured(f"{name} names {path}, which is not a certificate in PEM") from None


def _trust_directory(made: ssl.SSLContext, directory: str) -> None:
    """Every file in it, as Vault's own clients do; OpenSSL alone would only read those with hashed names."""
    import os

    try:
        names = sorted(os.listdir(at(directory)))
    except OSError:
        raise NotConfigured(f"VAULT_CAPATH names {directory}, which is not a directory") from None
    paths = [path for name in names if os.path.isfile(path := os.path.join(at(directory), name))]
    if not paths:
        raise NotConfigured(f"VAULT_CAPATH names {directory}, which contains no certificates")
    for path in paths:
        _trust(made, path, "VAULT_CAPATH")


def _trust_system(made: ssl.SSLContext) -> None:
    import os

    made.load_default_certs()
    known = ssl.get_default_verify_paths()
    if not made.get_ca_certs() and not (known.capath and os.path.isdir(known.capath) and os.listdir(known.capath)):
        import certifi

        made.load_verify_locations(cafile=certifi.where())
