"""The Vault server, and how to reach it, with or without a proxy: from the usual variables in the given environment."""

from __future__ import annotations

from confcontract.contract.pathwords import pointer
from confcontract.host.folder import at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv6Address


DEFAULT_ATTEMPT_SECONDS = 30.0
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")


def configured(environ: Mapping[str, str]) -> bool:
    """True if the environment names a Vault server, by VAULT_ADDR or BAO_ADDR."""
    return bool(environ.get("VAULT_ADDR") or environ.get("BAO_ADDR"))


class VaultServer:
    """One Vault server and the way to it.

    address: URL without a trailing slash; origin: scheme, host and port of it, for messages. attempt_seconds: the
    longest that one attempt may take. proxy: URL or None. proxy_words: a description that is safe to show, "" if there
    is none. Paths of certificates are files or directories in PEM. tls_name: the name expected in the server's
    certificate. stays: the variable that forbids redirects redirects; "" if none does.
    """

    __slots__ = (
        "address",
        "attempt_seconds",
        "ca_directory",
        "ca_file",
        "client_certificate",
        "client_key",
        "namespace",
        "origin",
        "proxy",
        "proxy_words",
        "stays",
        "tls_name",
        "verify",
    )

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises NotConfigured."""
        from confcontract.secrets.vault.server import proxy_for

        self.address = _address(environ)
        self.origin = "/".join(self.address.split("/", 3)[:3])
        self.namespace = _header_word(environ, "NAMESPACE").strip("/")
        self.ca_file = _file(environ, "CACERT")
        self.ca_directory = "" if self.ca_file else _file(environ, "CAPATH")
        self.client_certificate = _file(environ, "CLIENT_CERT")
        self.client_key = _file(environ, "CLIENT_KEY")
        if bool(self.client_certificate) != bool(self.client_key):
            raise NotConfigured("VAULT_CLIENT_CERT and VAULT_CLIENT_KEY belong together; only one of them is set")
        self.tls_name = _host_name(environ, "TLS_SERVER_NAME")
        self.verify = not _boolean(environ, "SKIP_VERIFY")
        self.stays = _name_of(environ, "DISABLE_REDIRECTS") if _boolean(environ, "DISABLE_REDIRECTS") else ""
        self.attempt_seconds = _seconds(environ, "CLIENT_TIMEOUT")
        self.proxy, self.proxy_words = proxy_for(environ, self.address)

    def words(self) -> str:
        """Its address for messages, including the proxy."""
        return f"{self.origin} (through the proxy {self.proxy_words})" if self.proxy else self.origin


def _host_name(environ: Mapping[str, str], name: str) -> str:
    found = lookup(environ, name)
    if found and not (_is_host(found[1]) and found[1].isascii() and found[1].isprintable() and " " not in found[1]):
        raise NotConfigured(f"{found[0]} is not the name of a host")
    return found[1] if found else ""


def _name_of(environ: Mapping[str, str], name: str) -> str:
    found = lookup(environ, name)
    return found[0] if found else ""


def _address(environ: Mapping[str, str]) -> str:
    found = lookup(environ, "ADDR")
    if found is None:
        raise NoServer("VAULT_ADDR is not set")
    name, address = found
    from urllib.parse import urlsplit

    if not address.isprintable() or " " in address:
        raise NotConfigured(f"{name} has a space, a line break or another character that is not allowed in a URL")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotConfigured(f"{name} is not a URL: its host or its port can't be read") from None
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname):
        # Not shown: it may be a token that was put into the wrong variable.
        raise NotConfigured(f"{name} is not a URL; write it as in https://vault.example.com:8200")
    if "@" in address:
        raise NotConfigured(f"{name} contains a user name or a password, which Vault does not use")
    if parts.query or parts.fragment or port == 0:
        raise NotConfigured(f"{name} must be scheme, host and port only, as in https://vault.example.com:8200")
    path = parts.path.rstrip("/")
    if path == "/v1" or path.endswith("/v1"):
        raise NotConfigured(f"{name} ends with /v1; leave that out, confcontract adds it to every request")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_host(host: str | None) -> bool:
    try:
        return bool(host) and bool((host or "").encode("idna"))
    except UnicodeError:  # an empty label, or one that is too long
        return False


def _header_word(environ: Mapping[str, str], name: str) -> str:
    found = lookup(environ, name)
    if found and not (found[1].isascii() and found[1].isprintable() and " " not in found[1]):
        raise NotConfigured(f"{found[0]} has a character that can't be part of it")
    return found[1] if found else ""


def _file(environ: Mapping[str, str], name: str) -> str:
    found = lookup(environ, name)
    if found is None:
        return ""
    import os

    if not os.access(at(found[1]), os.R_OK):
        what = "can't be read" if os.path.lexists(at(found[1])) else "does not exist"
        raise NotConfigured(f"{pointer(*found)} {what}")
    return found[1]


def _boolean(environ: Mapping[str, str], name: str) -> bool:
    found = lookup(environ, name)
    if found is None or found[1] in _FALSE:
        return False
    if found[1] in _TRUE:
        return True
    raise NotConfigured(f"{found[0]} must be true or false")


def _seconds(environ: Mapping[str, str], name: str) -> float:
    """Seconds, or Go's spelling of a duration (`90s`, `1m30s`, `500ms`), as Vault's own clients read it."""
    found = lookup(environ, name)
    if found is None:
        return DEFAULT_ATTEMPT_SECONDS
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
    text, total, at = found[1].strip(), 0.0, 0
    while at < len(text):
        start = at
        while at < len(text) and text[at] in "0123456789.":
            at += 1
        number, start = text[start:at], at
        while at < len(text) and text[at].isalpha():
            at += 1
        unit = text[start:at] or ("s" if number == text else "")
        try:
            total += float(number) * units[unit]
        except (ValueError, KeyError):
            raise NotConfigured(f"{found[0]} must be a number of seconds or a duration such as 30s or 1m30s") from None
    if total <= 0:
        raise NotConfigured(f"{found[0]} must be more than zero")
    return total


def proxy_for(environ: Mapping[str, str], address: str) -> tuple[str | None, str]:
    """The proxy for this address as a URL, and a description that is safe to show; None and "" if there is none.

    Loopback is never proxied, as in Vault's own clients, except by a variable that is only for Vault. Raises
    NotConfigured.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    own = lookup(environ, "PROXY_ADDR") or lookup(environ, "HTTP_PROXY")
    if own:
        return _checked(*own)
    for name in (f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY"):
        # HTTP_PROXY in capitals comes from a request header in a CGI process, so it can't be trusted there.
        if environ.get(name) and not (name == "HTTP_PROXY" and "REQUEST_METHOD" in environ):
            break
    else:
        return None, ""
    host = parts.hostname or ""
    if host == "localhost" or host == "::1" or host.startswith("127."):
        return None, ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (None, "") if _bypassed(host, port, environ) else _checked(name, environ[name])


def _checked(name: str, proxy: str) -> tuple[str, str]:
    """The message never repeats the URL, which may contain a password; nor a text without a scheme, which may be a
    password.
    """
    from urllib.parse import urlsplit

    url = proxy if "://" in proxy else f"http://{proxy}"
    shown = ""
    try:
        parts = urlsplit(url)
        shown = parts.netloc.rpartition("@")[2]
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        usable = usable and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise NotConfigured(f"{name} is not the URL of an HTTP proxy; write it as in http://proxy.example.com:3128")
    return url, shown if "://" in proxy else f"of {name}"


def _bypassed(host: str, port: int, environ: Mapping[str, str]) -> bool:
    import ipaddress

    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        ip = None
    rules = (environ.get("no_proxy") or environ.get("NO_PROXY") or "").lower()
    for part in rules.split(","):
        # A rule with a port other than ours matches no name.
        for rule in (part.strip(), part.strip().removesuffix(f":{port}")):
            if rule == "*" or (ip is not None and _contains(rule, ip)):
                return True
            name = rule.lstrip("*").lstrip(".")
            if ip is None and name and (host == name or host.endswith(f".{name}")):
                return True
    return False


def _contains(rule: str, ip: IPv4Address | IPv6Address) -> bool:
    import ipaddress

    try:
        return ip in ipaddress.ip_network(rule.strip("[]"), strict=False)
    except ValueError:
        return False


class NotConfigured(Exception):
    """The environment doesn't configure the connection to Vault. The message names the variable, and no secret."""


class NoServer(NotConfigured):
    """The environment doesn't name a server."""


def lookup(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """(the name that is set, its value) of VAULT_name or BAO_name; None if neither is. Empty counts as not set.

    Two different values are refused: they name two servers, or two identities, and a wrong guess would send the
    credentials of one to the other.
    """
    vault, bao = environ.get(f"VAULT_{name}", ""), environ.get(f"BAO_{name}", "")
    if vault and bao and vault != bao:
        raise NotConfigured(f"VAULT_{name} and BAO_{name} are both set, to different values; keep one")
    if vault:
        return f"VAULT_{name}", vault
    return (f"BAO_{name}", bao) if bao else None
