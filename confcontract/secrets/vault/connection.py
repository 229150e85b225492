"""One session to one Vault server, and one attempt at one request.

An attempt sends a request once, within limits, and turns whatever comes back into an answer or a `RequestFailed`. `api`
and `auth` build most requests themselves. hvac builds the other logins and gets our adapter to send them, because hvac
doesn't distinguish statuses and reads the environment of the process.
"""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

from confcontract.secrets.vault import failure, retry, values
from confcontract.secrets.vault.failure import RequestFailed
from confcontract.secrets.vault.server import NotConfigured
from confcontract.secrets.vault.transport import Transport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    import hvac

    from confcontract.secrets.vault.server import VaultServer
    from confcontract.secrets.vault.transport import Response


CONNECT_SECONDS = 5.0
LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
SIDE_BY_SIDE = 16
_MARGIN_SECONDS = 0.1


class Connection:
    """A connection to a server; each call of its adapter is one attempt. Nothing is sent yet.

    Raises NotConfigured for certificates that can't be used.
    """

    __slots__ = ("adapter",)

    def __init__(self, server: VaultServer, deadline: retry.Deadline) -> None:
        self.adapter = OneAttempt(server, deadline)

    def client(self) -> hvac.Client:
        """A client of hvac whose every call is one attempt."""

        def adapter(**_: object) -> OneAttempt:
            return self.adapter

        made: Any = adapter  # hvac asks for a class, but only ever calls it
        # hvac replaces None with values from the process's environment and ~/.vault-token, so nothing is None.
        return hvac_client()(url=self.adapter.address, token="", cert=("", ""), verify=True, adapter=made)

    def close(self) -> None:
        self.adapter.close()


def hvac_client() -> type[hvac.Client]:
    """Raises ImportError for hvac, also if a dependency of hvac is missing."""
    try:
        from hvac import Client
    except ImportError as error:
        if error.name == "hvac":
            raise
        raise ImportError(str(error), name="hvac") from error
    return Client


class Answer(dict[str, object]):
    """Vault's JSON. answered_by: scheme, host and port of the server that sent it, if the requested server redirected
    us to another one; otherwise "".
    """

    __slots__ = ("answered_by",)

    def __init__(self, body: Mapping[str, object], answered_by: str) -> None:
        super().__init__(body)
        self.answered_by = answered_by


class OneAttempt:
    """Sends one request once; the answer is Vault's JSON as a dict. Raises RequestFailed, and nothing else.

    token: of Vault, "" while there is none. hidden: credentials that were sent, to remove from a server's messages.
    unproven: names that may still be credentials, such as that of a role before its login.
    """

    def __init__(self, server: VaultServer, deadline: retry.Deadline) -> None:
        self._server = server
        self._transport = Transport(server, SIDE_BY_SIDE)
        self.address = server.address
        self.token = ""
        self.deadline = deadline
        self.attempt_seconds = server.attempt_seconds
        self.hidden: set[str] = set()
        self.unproven: set[str] = {server.namespace} - {""}

    def close(self) -> None:
        self._transport.close()

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def put(self, path: str, *, json: object) -> Answer:
        return self.request("PUT", path, json=json)

    def post(self, path: str, *, json: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("POST", path, json=json, headers=headers)

    def login(self, url: str, *, json: object, use_token: bool = False) -> Answer:
        """As hvac calls it."""
        assert not use_token, "what a token is good for is for the session to say"
        return self.post(url, json=json)

    def request(
        self, method: str, path: str, *, json: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """path: quoted, from /v1/ on. json: the body, None for none."""
        sent = {"Accept": "*/*", "User-Agent": "confcontract", **(headers or {}), "X-Vault-Request": "true"}
        if self.token:
            sent.setdefault("X-Vault-Token", self.token)
        if self._server.namespace:
            sent["X-Vault-Namespace"] = self._server.namespace
        asked = self.address + path
        way = [asked]
        try:
            answer = Answer(self._send(method, way, sent, json), origin(way[-1], unless=asked))
            self.unproven.discard(self._server.namespace)
            return answer
        except RequestFailed as known:
            failed = known
        except NotConfigured as wrong:
            failed = RequestFailed(failure.TLS, str(wrong))
        except Exception as error:  # every error of a network, a TLS library or a broken server
            failed = failure.explain(error, self._server.tls_name)
        # Raised outside of the except block: the original exception carries the request with its token.
        failed.answered_by = origin(way[-1], unless=asked)
        raise failed

    def _send(self, method: str, way: list[str], headers: dict[str, str], json: object) -> dict[str, object]:
        """way: the address of the request. The target of a redirect is added to it."""
        body = None
        if json is not None:
            from json import dumps

            body = dumps(json).encode()
            headers["Content-Type"] = "application/json"
        # The last attempt gives up slightly before the deadline, because its own message is more precise.
        remaining = self.deadline.remaining()
        limit = min(self.attempt_seconds, max(remaining - min(_MARGIN_SECONDS, remaining / 10), 0.001))
        end = self.deadline.now() + limit
        while True:
            connect_seconds = min(CONNECT_SECONDS, limit)
            with self._transport.send(method, way[-1], headers, body, connect_seconds, limit) as response:
                if response.status not in REDIRECTS:
                    return self._read(response, end)
                way.append(next_address(response, way, method, self._server))

    def _read(self, response: Response, end: float) -> dict[str, object]:
        status = response.status
        raw = _content(response, end, self.deadline.now)
        try:
            body = values.parse(raw) if raw else None
        except ValueError:
            body = None
        if status == 204:
            return {}
        if 200 <= status < 300:
            if isinstance(body, dict):
                return body
            if response.header("Content-Encoding") not in ("", "identity"):
                words = "its answer is compressed, which was not requested (by a proxy?)"
                raise RequestFailed(failure.FOREIGN, words, status=status)
            if not raw or "json" in response.header("Content-Type"):
                raise RequestFailed(
                    failure.UNREACHABLE, "its answer was truncated or is not JSON", status=status, retry=True
                )
            words = "the answer is not from Vault (a proxy's page?)"
            raise RequestFailed(failure.FOREIGN, words, status=status)
        import time

        asked = retry.retry_after(response.header("Retry-After"), time.time())
        raise failure.from_status(status, body, raw[:200].decode("latin-1"), asked, self.hidden, self.unproven)


def _content(response: Response, end: float, now: Callable[[], float]) -> bytes:
    parts, size = [], 0
    while part := response.piece():
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise RequestFailed(
                failure.FOREIGN, f"its answer is larger than {LARGEST_ANSWER_BYTES // 1024 // 1024} MiB"
            )
        if now() > end:
            raise failure.no_answer()
    return b"".join(parts)


REDIRECTS = (301, 302, 303, 307, 308)
_FOLLOWED = (301, 302, 307)


def origin(url: str, *, unless: str) -> str:
    """Scheme, host and port of an address; "" if they are those of `unless`."""
    found = urlsplit(url)
    other = urlsplit(unless)
    if (found.scheme, found.netloc) == (other.scheme, other.netloc):
        return ""
    return f"{found.scheme}://{found.netloc}"


def next_address(response: Response, way: Sequence[str], method: str, server: VaultServer) -> str:
    """The address of a redirect. way: the addresses of the requests so far. Raises RequestFailed.

    As Vault's own client does, we follow one redirect, of the same kinds (api/client.go of Vault,
    `rawRequestWithContext`), to another node of the cluster and nowhere else, and none with VAULT_DISABLE_REDIRECTS.
    The token is sent there, and so is a secret id. A login page, a plain connection instead of a secure one, or an
    address with a user name and a password must never get the token. A write is only sent to its own path.
    """
    url, location = way[-1], response.header("Location")
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        place = f"{parts.scheme}://{parts.hostname}"
        place += f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        raise RequestFailed(failure.FOREIGN, "it redirects to an invalid URL") from None
    if not (location.isascii() and location.isprintable()) or "\\" in location or " " in location:
        raise RequestFailed(failure.FOREIGN, "it redirects to an invalid URL")  # or not to the same one for all readers
    if "@" in parts.netloc:
        raise RequestFailed(failure.FOREIGN, "it redirects to an address with a user name or a password in it")
    if response.status not in _FOLLOWED:
        why = f"it redirects to {place} by HTTP {response.status}, which Vault does not do"
        raise RequestFailed(failure.FOREIGN, why)
    if server.stays:
        raise RequestFailed(failure.FOREIGN, f"it redirects to {place}, and {server.stays} forbids redirects")
    if url.startswith("https:") and parts.scheme != "https":
        raise RequestFailed(failure.FOREIGN, f"it redirects from https to {place}, which would expose the token")
    if not location or parts.scheme not in ("http", "https") or not parts.hostname or "/v1/" not in parts.path:
        raise RequestFailed(failure.FOREIGN, f"it redirects to {place}, which is not Vault's API (a login page?)")
    if len(way) > 1:
        raise RequestFailed(failure.FOREIGN, f"it redirects again, to {place}; one redirect is followed")
    if method.lower() != "get" and _api_path(target) != _api_path(url):
        raise RequestFailed(failure.FOREIGN, f"it redirects a request that writes to another path, at {place}")
    return target


def _api_path(url: str) -> str:
    return unquote(urlsplit(url).path).partition("/v1/")[2]
