"""Checks that an author declares: what must be there before the application starts.

They are data; `confcontract boot` runs them, side by side, after the settings are valid. Times are seconds.
A target is the name of a declared variable or a literal; a check of an optional variable
that is not set is skipped.
"""

from __future__ import annotations

from confcontract.credentials import holds_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

TIMEOUT = 2.0
INTERVAL = 0.5
DEADLINE = 30.0

# A header whose name holds one of these carries a credential.
_CREDENTIAL_HEADERS = ("authorization", "cookie", "token", "secret", "password", "api-key", "apikey", "x-auth")


class _Check:
    __slots__ = ("deadline", "interval", "name", "target", "timeout")
    kind = ""

    def __init__(self, name: str, target: str, timeout: float, interval: float, deadline: float) -> None:
        _require(_is_text(name), "a check needs a name")
        _require(_is_text(target), f"check {name}: the target is empty")
        for word, seconds in (("timeout", timeout), ("interval", interval), ("deadline", deadline)):
            least = 0 if word == "interval" else 0.001
            _require(_is_number(seconds) and least <= seconds < 1e9, f"check {name}: {word} is no number of seconds")
        literal = target.partition("://")[2].partition("/")[0]
        _require("@" not in literal and not holds_credentials(target), f"check {name}: credentials are never baked")
        self.name = name
        self.target = target
        self.timeout = float(timeout)
        self.interval = float(interval)
        self.deadline = float(deadline)

    def as_data(self) -> dict[str, Any]:
        """The check as it stands in the contract."""
        return {
            "name": self.name,
            "kind": self.kind,
            "target": self.target,
            **self._parameters(),
            "timeout": self.timeout,
            "interval": self.interval,
            "deadline": self.deadline,
        }

    def _parameters(self) -> dict[str, Any]:
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.target!r})"


class Tcp(_Check):
    """Something accepts connections.

    target: a variable that holds a URL, a DSN or HOST:PORT, or a literal HOST:PORT. Of several hosts one is
    enough. timeout: of one attempt; interval: between two; deadline: of all. Raises ValueError.
    """

    __slots__ = ()
    kind = "tcp"

    def __init__(
        self,
        name: str,
        target: str,
        *,
        timeout: float = TIMEOUT,
        interval: float = INTERVAL,
        deadline: float = DEADLINE,
    ) -> None:
        super().__init__(name, target, timeout, interval, deadline)


class Http(_Check):
    """A GET is answered with one of the given statuses; redirects are not followed, https is verified.

    target: a variable that holds an http or https URL, or a literal one. path: appended to it.
    headers: literal ones, which everybody can read in the image. The times are as in Tcp. Raises ValueError.
    """

    __slots__ = ("headers", "path", "status")
    kind = "http"

    def __init__(
        self,
        name: str,
        target: str,
        *,
        path: str = "",
        status: Sequence[int] = (200,),
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        interval: float = INTERVAL,
        deadline: float = DEADLINE,
    ) -> None:
        super().__init__(name, target, timeout, interval, deadline)
        _require(not path or path.startswith("/"), f"check {name}: the path must begin with /")
        _require(_is_clean(path) and " " not in path, f"check {name}: the path holds white space")
        known = all(code in range(100, 600) for code in status)
        _require(len(status) > 0 and known, f"check {name}: status is no list of HTTP statuses")
        for header, value in (headers or {}).items():
            _require(_is_clean(header + value), f"check {name}: header {header!r} holds a line end")
            secret = any(word in header.lower() for word in _CREDENTIAL_HEADERS) or holds_credentials(value)
            _require(not secret, f"check {name}: header {header!r} is a credential, and these are never baked")
        _require(not holds_credentials(path), f"check {name}: credentials are never baked, and the path holds one")
        self.path = path
        self.status = list(status)
        self.headers = dict(headers or {})

    def _parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = {"status": self.status}
        if self.path:
            parameters["path"] = self.path
        if self.headers:
            parameters["headers"] = self.headers
        return parameters


class File(_Check):
    """A file or directory is there, and can be read or written by the user that boots.

    target: a variable that holds a path, or a literal one. require: "exists", "readable", "writable".
    The times are as in Tcp. Raises ValueError.
    """

    __slots__ = ("require",)
    kind = "file"

    def __init__(
        self,
        name: str,
        target: str,
        *,
        require: Sequence[str] = ("exists",),
        timeout: float = TIMEOUT,
        interval: float = INTERVAL,
        deadline: float = DEADLINE,
    ) -> None:
        super().__init__(name, target, timeout, interval, deadline)
        known = {"exists", "readable", "writable"}.issuperset(require)
        _require(known and bool(require), f"check {name}: require is a list of exists, readable, writable")
        self.require = list(require)

    def _parameters(self) -> dict[str, Any]:
        return {"require": self.require}


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_clean(text: str) -> bool:
    return not any(character in text for character in "\r\n\0")
