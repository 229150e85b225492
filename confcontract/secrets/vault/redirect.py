"""Where a redirect may lead: to another node of the cluster, as a standby does it, and nowhere else.

The token goes along, as with Vault's own client, and so does a secret id. As that client does, we follow one redirect,
of the same kinds (api/client.go of Vault, `rawRequestWithContext`), and none with VAULT_DISABLE_REDIRECTS.
"""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

from confcontract.secrets.vault import failure
from confcontract.secrets.vault.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.secrets.vault.server import Server
    from confcontract.secrets.vault.transport import Response

REDIRECTS = (301, 302, 303, 307, 308)
_FOLLOWED = (301, 302, 307)


def origin(url: str, *, unless: str) -> str:
    """Scheme, host and port of an address; "" if they are those of `unless`."""
    found = urlsplit(url)
    other = urlsplit(unless)
    if (found.scheme, found.netloc) == (other.scheme, other.netloc):
        return ""
    return f"{found.scheme}://{found.netloc}"


def next_address(response: Response, way: Sequence[str], method: str, server: Server) -> str:
    """The address that an answer leads to. way: the addresses that were asked so far. Raises Failure.

    A login page, a plain connection in the place of a secure one, or a name and a password of whoever wrote the
    address must never get the token. What writes is only sent to the path that it is meant for.
    """
    url, location = way[-1], response.header("Location")
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        place = f"{parts.scheme}://{parts.hostname}"
        place += f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        raise Failure(failure.FOREIGN, "it redirects to what is no address") from None
    if not (location.isascii() and location.isprintable()) or "\\" in location or " " in location:
        raise Failure(failure.FOREIGN, "it redirects to what is no address")  # or not to the same one for all readers
    if "@" in parts.netloc:
        raise Failure(failure.FOREIGN, "it redirects to an address with a user name or a password in it")
    if response.status not in _FOLLOWED:
        raise Failure(failure.FOREIGN, f"it redirects to {place} by HTTP {response.status}, as Vault never does")
    if server.stays:
        raise Failure(failure.FOREIGN, f"it redirects to {place}, and {server.stays} forbids to follow")
    if url.startswith("https:") and parts.scheme != "https":
        raise Failure(failure.FOREIGN, f"it redirects from https to {place}, which would show the token")
    if not location or parts.scheme not in ("http", "https") or not parts.hostname or "/v1/" not in parts.path:
        raise Failure(failure.FOREIGN, f"it redirects to {place}, which is not Vault's API (a login page?)")
    if len(way) > 1:
        raise Failure(failure.FOREIGN, f"it redirects a second time, to {place}; one redirect is followed")
    if method.lower() != "get" and _api_path(target) != _api_path(url):
        raise Failure(failure.FOREIGN, f"it redirects a request that writes to another path, at {place}")
    return target


def _api_path(url: str) -> str:
    return unquote(urlsplit(url).path).partition("/v1/")[2]
