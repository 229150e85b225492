"""One session to one Vault server, and one attempt at one request.

hvac knows Vault's API, but it neither retries nor tells statuses apart, and it reads the environment of the process by
itself. So it gets an adapter of ours: hvac builds the request, the adapter sends it once, within limits, and turns
whatever comes back into an answer or a `Failure`. Importing this module imports hvac and requests (some 70 ms): only
`reader` does, and only when there is a reference to fetch.

`trust_env` of requests is off: it would read ~/.netrc, whose credentials have no business in a request to Vault, and
REQUESTS_CA_BUNDLE, which would silently replace the authorities chosen by VAULT_CACERT. Proxies are looked up in the
environment that was passed in (see `server`).
"""

from __future__ import annotations

from typing import Any

import hvac
import requests
import urllib3
from hvac.adapters import Adapter
from requests.adapters import HTTPAdapter

from confcontract.secrets.vault import failure, faults, retry, tls, values
from confcontract.secrets.vault.failure import Failure
from confcontract.secrets.vault.redirect import REDIRECTS, next_address, origin
from confcontract.secrets.vault.variables import NotConfigured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from confcontract.secrets.vault.server import Server

    JSONAdapter = Adapter[dict[str, Any]]
else:
    JSONAdapter = Adapter

if not hasattr(urllib3.HTTPResponse, "read1"):  # before 2.2
    raise ImportError("urllib3 can't read an answer piece by piece", name="urllib3")

CONNECT_SECONDS = 5.0
LARGEST_ANSWER_BYTES = 8 * 1024 * 1024
SIDE_BY_SIDE = 16
_MARGIN_SECONDS = 0.1


class Connection:
    """A client of hvac whose every call is one attempt, and the adapter that makes it. Nothing is sent yet.

    Raises NotConfigured for unusable certificates.
    """

    __slots__ = ("adapter", "client")

    def __init__(self, server: Server, deadline: retry.Deadline) -> None:
        self.adapter = OneAttempt(server, deadline)

        def adapter(**_: object) -> OneAttempt:
            return self.adapter

        made: Any = adapter  # hvac asks for a class, but only ever calls it
        # What is None hvac takes from the process's environment and from ~/.vault-token, so nothing is None.
        self.client = hvac.Client(url=server.address, token="", cert=("", ""), verify=True, adapter=made)

    def close(self) -> None:
        self.adapter.close()


class Answer(dict[str, Any]):
    """Vault's JSON. answered_by: scheme, host and port of the server that sent it, where that is another one than the
    one that was asked, which has redirected us; else "".
    """

    __slots__ = ("answered_by",)

    def __init__(self, body: Mapping[str, Any], answered_by: str) -> None:
        super().__init__(body)
        self.answered_by = answered_by


class OneAttempt(JSONAdapter):
    """Sends one request once; the answer is Vault's JSON as a dict. Raises Failure, never anything of requests.

    hidden: credentials that were sent, to be taken out of whatever a server says. unproven: names of which it isn't
    known yet that they are none, as that of a role before its login.
    """

    def __init__(self, server: Server, deadline: retry.Deadline) -> None:
        session = _session(server)
        super().__init__(
            base_uri=server.address, token="", verify=server.verify, session=session, namespace=server.namespace or None
        )
        self._server = server
        self.deadline = deadline
        self.attempt_seconds = server.attempt_seconds
        self.hidden: set[str] = set()
        self.unproven: set[str] = {server.namespace} - {""}

    def get_login_token(self, response: Mapping[str, Any]) -> str:
        token: str = response["auth"]["client_token"]
        return token

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        raise_exception: bool = True,
        **kwargs: Any,
    ) -> dict[str, Any]:
        sent = {**(headers or {}), "X-Vault-Request": "true", "Accept-Encoding": "identity"}
        if self.token:
            sent.setdefault("X-Vault-Token", self.token)
        if self.namespace:
            sent["X-Vault-Namespace"] = self.namespace
        asked = self.base_uri + url
        way = [asked]
        try:
            answer = Answer(self._send(method, way, sent, **kwargs), origin(way[-1], unless=asked))
            self.unproven.discard(self._server.namespace)
            return answer
        except Failure as known:
            failed = known
        except NotConfigured as wrong:
            failed = Failure(failure.TLS, str(wrong))
        except Exception as error:  # whatever a network, a TLS library or a broken server can come up with
            failed = faults.explain(error, self._server.tls_name)
        # Raised outside of the except block: the original exception carries the request with its token.
        failed.answered_by = origin(way[-1], unless=asked)
        raise failed

    def _send(self, method: str, way: list[str], headers: dict[str, str], **kwargs: Any) -> dict[str, Any]:
        """way: the address to ask. Where a redirect leads is added to it."""
        # At the very end the attempt gives up a little before the deadline: its own words say more than "in time".
        remaining = self.deadline.remaining()
        limit = min(self.attempt_seconds, max(remaining - min(_MARGIN_SECONDS, remaining / 10), 0.001))
        end = self.deadline.now() + limit
        while True:
            response = self.session.request(
                method,
                way[-1],
                headers=headers,
                stream=True,
                timeout=(min(CONNECT_SECONDS, limit), limit),
                allow_redirects=False,
                **kwargs,
            )
            with response:
                if response.status_code not in REDIRECTS:
                    return self._read(response, end)
                way.append(next_address(response, way, method, self._server))
                if way[-1].startswith("https:") and not self._server.address.startswith("https:"):
                    self.session.mount("https://", _Verified(self._server))
            kwargs.pop("params", None)  # they are in the new address

    def _read(self, response: requests.Response, end: float) -> dict[str, Any]:
        status = response.status_code
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
            if not raw or "json" in response.headers.get("Content-Type", ""):
                raise Failure(failure.UNREACHABLE, "its answer was cut short or is not JSON", status=status, retry=True)
            words = "it answered with something that is not Vault's (a proxy's page?)"
            raise Failure(failure.FOREIGN, words, status=status)
        import time

        asked = retry.retry_after(response.headers.get("Retry-After"), time.time())
        raise failure.from_status(status, body, raw[:200].decode("latin-1"), asked, self.hidden, self.unproven)


def _session(server: Server) -> requests.Session:
    from http.cookiejar import DefaultCookiePolicy

    session = _Session()
    session.trust_env = False
    session.verify = server.verify
    if not server.verify:
        # Said once, by `session`, instead of by urllib3 for each request.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if server.proxy:
        session.proxies = {"http": server.proxy, "https": server.proxy}
    session.mount("http://", HTTPAdapter(pool_maxsize=SIDE_BY_SIDE))
    if server.address.startswith("https:"):
        session.mount("https://", _Verified(server))
    return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nothing: requests prepares to follow even where it must not, and fails over what is no address."""


class _Verified(HTTPAdapter):
    """HTTPS with exactly the authorities, the client certificate and the server name that were configured."""

    def __init__(self, server: Server) -> None:
        self._pool: dict[str, Any] = {"ssl_context": tls.context(server)}
        if server.tls_name:
            self._pool["server_hostname"] = server.tls_name
        super().__init__(pool_maxsize=SIDE_BY_SIDE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, **self._pool})

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**kwargs, **self._pool})

    def cert_verify(self, *_: object) -> None:
        """requests would add its own bundle of authorities here. The context has them all."""


def _content(response: requests.Response, end: float, now: Callable[[], float]) -> bytes:
    parts, size = [], 0
    while part := response.raw.read1(65536, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            response.close()
            raise Failure(failure.FOREIGN, f"its answer is larger than {LARGEST_ANSWER_BYTES // 1024 // 1024} MiB")
        if now() > end:
            response.close()
            raise Failure(failure.UNREACHABLE, failure.NO_ANSWER, retry=True, everywhere=True)
    return b"".join(parts)
