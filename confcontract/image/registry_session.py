"""Sends requests to one registry: TLS, proxies, login by token or password, and redirects to the storage of blobs."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from confcontract.image.entry import ByteStream
from confcontract.image.image_fault import ImageFault
from confcontract.image.registry_credentials import RegistryCredentials, credentials_for
from confcontract.image.registry_patience import ANSWER_SECONDS, SLOWEST, RegistryBody, within
from confcontract.image.registry_trust import FOLDERS, trusting
from confcontract.image.verified import json_object, whole

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0  # without receiving a byte
REDIRECTS = 5
_TOKEN_BYTES = 1024 * 1024
ANSWER_BYTES = 4 * 1024 * 1024  # the limit that registries have for an index or a manifest
_HUB_HOST = "registry-1.docker.io"
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_REDIRECTED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """headers: by lower-case name."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class RegistrySession:
    """Repeats a request only after a login, and follows redirects only for reads. Raises ImageFault.

    actions: the actions that a token is requested for, in the registry's terms: "pull", or "pull,push".
    """

    def __init__(
        self, host: str, repository: str, environ: Mapping[str, str], stack: ExitStack, actions: str = "pull"
    ) -> None:
        self._name = host
        self._host = _HUB_HOST if host == "docker.io" else host
        self._repository = repository
        self._environ = environ
        self._stack = stack
        self._actions = actions
        self._scheme = "https"
        self._authorization = ""
        self._pools: dict[str, Any] = {}

    def get(self, path: str, accept: str, what: str) -> ByteStream:
        """what: the requested object, in words."""
        answer, is_registry = self._ask(path, accept)
        # The registry may redirect to another host, which must not decide where the credentials are sent.
        if answer.status == 401 and is_registry and not self._authorization:
            challenge = str(answer.headers.get("WWW-Authenticate") or "")
            answer.close()
            self._authorization = self._login(challenge)
            answer, _ = self._ask(path, accept)
        if answer.status == 200:
            return RegistryBody(answer, self._name)
        answer.close()
        raise self._refused(int(answer.status), what)

    def send(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"", *, limit: int = ANSWER_BYTES
    ) -> RegistryAnswer:
        """Returns any answer, with at most `limit` bytes. address: a path, or the Location of an earlier answer. The
        first request of a session must be `get`, which finds out whether the registry has TLS."""
        url = self._address(address, f"{self._scheme}://{self._host}/")
        if not self._may_ask(url):
            raise self._unavailable("points to an address without TLS")
        is_registry = urlsplit(url).netloc == self._host
        answer = self._send(url, self._headers(headers, is_registry), method, body, tls_is_ours=False)
        if answer.status == 401 and is_registry and not self._authorization:
            challenge = str(answer.headers.get("WWW-Authenticate") or "")
            answer.close()
            self._authorization = self._login(challenge)
            answer = self._send(url, self._headers(headers, True), method, body, tls_is_ours=False)
        named = {str(name).lower(): str(value) for name, value in answer.headers.items()}
        sent = RegistryBody(answer, self._name)
        content = b"" if method == "HEAD" else whole(sent, limit, "the answer of the registry")
        answer.close()
        return RegistryAnswer(int(answer.status), named, content)

    def refused(self, answer: RegistryAnswer, what: str) -> ImageFault:
        """The error for an unexpected answer. what: the requested object, in words."""
        return self._refused(answer.status, what)

    def _headers(self, given: Mapping[str, str], is_registry: bool) -> dict[str, str]:
        login = {"Authorization": self._authorization} if self._authorization and is_registry else {}
        return {"Accept-Encoding": "identity", "User-Agent": "confcontract", **given, **login}

    def _ask(self, path: str, accept: str) -> tuple[Any, bool]:
        """Returns the answer, and whether it came from the registry itself."""
        headers = self._headers({"Accept": accept}, True)
        url = f"{self._scheme}://{self._host}{path}"
        try:
            answer = self._send(url, headers)
        except ssl.SSLError as error:
            # A registry with an untrusted certificate does have TLS, so plain HTTP is not tried.
            untrusted = isinstance(error, ssl.SSLCertVerificationError)
            if self._scheme == "http" or untrusted or not _is_here(self._host) or self._authorization:
                raise self._unreachable(error) from None
            self._scheme = "http"
            return self._ask(path, accept)
        for _ in range(REDIRECTS):
            if answer.status not in _REDIRECTED:
                return answer, urlsplit(url).netloc == self._host
            location = str(answer.headers.get("Location") or "")
            answer.close()
            onward = self._address(location, url)
            if not self._may_ask(onward):
                raise self._unavailable("redirects to an address without TLS")
            if urlsplit(onward).netloc != urlsplit(url).netloc:
                headers.pop("Authorization", None)  # credentials are for the registry only
            url = onward
            answer = self._send(url, headers, tls_is_ours=False)
        raise self._unavailable(f"redirects more than {REDIRECTS} times")

    def _address(self, text: str, base: str = "") -> str:
        """Raises ImageFault for a malformed address."""
        try:
            found = urljoin(base, text)
            _ = urlsplit(found).port
        except ValueError:
            raise self._unavailable("points to a malformed address") from None
        return found

    def _may_ask(self, url: str) -> bool:
        """Allows requests without TLS only to this machine, and only if the registry there has no TLS either."""
        parts = urlsplit(url)
        return parts.scheme == "https" or (parts.scheme == self._scheme == "http" and _is_here(parts.netloc))

    def _send(
        self, url: str, headers: Mapping[str, str], method: str = "GET", body: bytes = b"", *, tls_is_ours: bool = True
    ) -> Any:
        """Raises ssl.SSLError if `tls_is_ours`, else ImageFault."""
        import urllib3

        options = {"headers": dict(headers), "preload_content": False, "redirect": False, "retries": False}
        seconds = ANSWER_SECONDS + len(body) / SLOWEST
        try:
            pool = self._pool(url)
            return within(seconds, lambda: pool.request(method, url, body=body or None, **options), _closed)
        except TimeoutError as error:
            raise self._unreachable(error) from None
        except urllib3.exceptions.HTTPError as error:
            cause = _cause(error)
            if isinstance(cause, ssl.SSLError) and tls_is_ours:
                raise cause from None
            raise self._unreachable(cause) from None
        except ValueError:
            raise self._unavailable("points to a malformed address") from None

    def _pool(self, url: str) -> Any:
        """The connection pool for the scheme and host of an address, through the environment's proxy if it names
        one."""
        from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

        import urllib3

        parts = urlsplit(url)
        proxy = "" if proxy_bypass_environment(parts.netloc) else getproxies_environment().get(parts.scheme, "")
        if proxy not in self._pools:
            facts: dict[str, Any] = {
                "timeout": urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                "ssl_context": trusting(self._name, self._environ),
            }
            made = urllib3.ProxyManager(proxy, **facts) if proxy else urllib3.PoolManager(**facts)
            self._stack.callback(made.clear)
            self._pools[proxy] = made
        return self._pools[proxy]

    def _login(self, challenge: str) -> str:
        """Returns the Authorization header that a challenge requires. Raises ImageFault."""
        known = credentials_for(self._name, self._repository, self._environ)
        scheme = challenge.partition(" ")[0].lower()
        if scheme == "basic":
            if known is None or not known.user:
                raise self._denied("requires a login, and there are no credentials for it")
            return _basic(known)
        if scheme != "bearer":
            raise self._denied("requires an unsupported kind of login")
        return f"Bearer {self._token(dict(_PARAMETER.findall(challenge)), known)}"

    def _token(self, asked: Mapping[str, str], known: RegistryCredentials | None) -> str:
        realm = urlsplit(self._address(asked.get("realm", "")))
        if not self._may_ask(realm.geturl()) or not realm.netloc:
            raise self._denied("names a login address without TLS")
        fields = {"service": asked.get("service", ""), "scope": f"repository:{self._repository}:{self._actions}"}
        if known and known.identity:
            answer = self._exchanged(asked["realm"], {**fields, "refresh_token": known.identity})
        else:
            headers = {"User-Agent": "confcontract", **({"Authorization": _basic(known)} if known else {})}
            mark = "&" if realm.query else "?"
            answer = self._send(f"{asked['realm']}{mark}{urlencode(fields)}", headers, tls_is_ours=False)
        if answer.status != 200:
            answer.close()
            raise self._denied(f"refuses the login ({answer.status})")
        sent = RegistryBody(answer, self._name)
        data = json_object(whole(sent, _TOKEN_BYTES, "the token"), "the answer to the login")
        token = data.get("token") or data.get("access_token")
        if not isinstance(token, str) or not (token.isascii() and token.isprintable()):
            raise self._denied("issued no token")
        return token

    def _exchanged(self, realm: str, fields: Mapping[str, str]) -> Any:
        import urllib3

        body = {**fields, "grant_type": "refresh_token", "client_id": "confcontract"}
        options = {"encode_multipart": False, "preload_content": False, "redirect": False, "retries": False}
        try:
            pool = self._pool(realm)
            return within(ANSWER_SECONDS, lambda: pool.request("POST", realm, fields=body, **options), _closed)
        except TimeoutError as error:
            raise self._unreachable(error) from None
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(_cause(error)) from None
        except ValueError:
            raise self._unavailable("points to a malformed address") from None

    def _refused(self, status: int, what: str) -> ImageFault:
        if status in (401, 403):
            return self._denied(f"refuses access to {self._repository} ({status})")
        if status == 404:
            hint = "correct the name, the tag or the digest; a private image may need a login"
            return ImageFault(f"the registry has no such {what}", hint, code="image-not-found")
        if status == 429:
            return self._unavailable("answers: too many requests (429)")
        return self._unavailable(f"answers with {status}")

    def _denied(self, what: str) -> ImageFault:
        hint = f"log in with skopeo login {self._name}, or ask for access"
        return ImageFault(f"the registry {self._name} {what}", hint, code="registry-denied")

    def _unavailable(self, what: str) -> ImageFault:
        hint = "check the registry, and try again later"
        return ImageFault(f"the registry {self._name} {what}", hint, code="registry-unavailable")

    def _unreachable(self, error: BaseException) -> ImageFault:
        from confcontract.host.network_words import network_words, tls_reason

        words = network_words(error)
        hint = "check the address, the network, and the proxy that the environment names"
        if words is None and isinstance(error, ssl.SSLCertVerificationError):
            words = f"its certificate is not trusted: {error.verify_message}"
            hint = f"install its certificate authority, as {FOLDERS[0]}/{self._name}/ca.crt or for the whole system"
        elif words is None and isinstance(error, ssl.SSLError):
            words = tls_reason(error.reason or "")
        elif words is None:
            words = "it did not answer in time" if isinstance(error, TimeoutError) else "the connection failed"
        what = f"the registry {self._name} can't be reached: {words}"
        return ImageFault(what, hint, code="registry-unavailable")


def _closed(answer: Any) -> None:
    if answer is not None:
        answer.close()


def _cause(error: BaseException) -> BaseException:
    """The original network or TLS error inside urllib3's exception."""
    for _ in range(10):
        within = error.__cause__ or error.__context__ or getattr(error, "reason", None)
        if isinstance(error, OSError) or not isinstance(within, BaseException):
            break
        error = within
    return TimeoutError() if "Timeout" in type(error).__name__ else error


def _basic(known: RegistryCredentials) -> str:
    import base64

    return f"Basic {base64.b64encode(f'{known.user}:{known.password}'.encode()).decode()}"


def _is_here(host: str) -> bool:
    """Whether a registry is on this machine."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
