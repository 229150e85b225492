"""Which proxy stands between us and the server, by the usual variables."""

from __future__ import annotations

from confcontract.secrets.vault.variables import NotConfigured, lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv6Address


def proxy_for(environ: Mapping[str, str], address: str) -> tuple[str | None, str]:
    """The proxy for this address as a URL, and what may be said of it; None and "" if there is none.

    Loopback is never proxied, as in Vault's own clients, unless by a variable that is for Vault alone. Raises
    NotConfigured.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    own = lookup(environ, "PROXY_ADDR") or lookup(environ, "HTTP_PROXY")
    if own:
        return _checked(*own)
    for name in (f"{parts.scheme}_proxy", f"{parts.scheme.upper()}_PROXY"):
        # HTTP_PROXY in capitals comes from a request header in a CGI process: not to be believed there.
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
    """The words never repeat the URL, which may hold a password; nor what has no scheme, and may be one altogether."""
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
        # A rule with another port than ours matches no name.
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
