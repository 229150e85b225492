"""A GET request gets the expected answer."""

from __future__ import annotations

from confcontract.checks.check import Check, is_clean, items
from confcontract.contract.credentials import holds_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from confcontract.checks.check import Common

_NAME = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
# A header is a credential if its name contains one of these.
_CREDENTIAL_HEADERS = ("authorization", "cookie", "token", "secret", "password", "api-key", "apikey", "x-auth")


class Http(Check):
    """A GET request returns one of the given statuses. Redirects are not followed, https is verified.

    target: a variable that holds an http or https URL, or a literal URL. path: appended to it. headers: literals, which
    everybody can read in the image. body: a regular expression that must match within the first 64 KiB of the answer.
    Raises ValueError.
    """

    __slots__ = ("body", "headers", "path", "status")
    kind = "http"
    words = "a GET of {target}{path} is answered with {status:or}"
    members = ("status", "path", "headers", "body")
    optional = ("path", "headers", "body")

    def __init__(
        self,
        name: str | None = None,
        target: str | None = None,
        *,
        path: str = "",
        status: Sequence[int] = (200,),
        headers: Mapping[str, str] | None = None,
        body: str = "",
        **common: Unpack[Common],
    ) -> None:
        super().__init__(name, target, **common)
        self._require(is_clean(path) and " " not in path, "path is not text without white space")
        self._require(not path or path.startswith("/"), "path must begin with /")
        statuses = [int(code) for code in items(status) or () if isinstance(code, int) and code in range(100, 600)]
        self._require(statuses != [] and statuses == items(status), "status is a list of HTTP statuses, such as [200]")
        self._require(hasattr(headers or {}, "items"), 'headers is a mapping, such as {"Accept": "*/*"}')
        for header, value in (headers or {}).items():
            self._require(_is_name(header), f"{header!r} can't be the name of a header")
            self._require(is_clean(value) and value.isascii(), f"header {header!r} is not text of ASCII in one line")
            secret = any(word in header.lower() for word in _CREDENTIAL_HEADERS) or holds_credentials(value)
            self._require(not secret, f"header {header!r} is a credential, and these are never baked")
        self._require(not holds_credentials(path), "credentials are never baked, and path holds one")
        self._require(_is_pattern(body), "body is not a regular expression")
        self.path = path
        self.status = statuses
        self.headers = dict(headers or {})
        self.body = body


def _is_name(header: object) -> bool:
    """A token of RFC 9110, 5.6.2."""
    return isinstance(header, str) and bool(header) and set(header) <= _NAME


def _is_pattern(pattern: object) -> bool:
    import re

    try:
        return isinstance(pattern, str) and bool(re.compile(pattern))
    except re.error:
        return False
