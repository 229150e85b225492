"""Where health is served: `--health-addr`."""

from __future__ import annotations

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

DEFAULT_ADDRESS = "127.0.0.1:9321"
_LOOPBACK = "127.0.0.1"


class Listen:
    """path: of a Unix socket, or None; then host and port are used. A port of 0 lets the system choose."""

    __slots__ = ("host", "path", "port")

    def __init__(self, host: str, port: int, path: str | None = None) -> None:
        self.host = host
        self.port = port
        self.path = path

    @property
    def is_loopback(self) -> bool:
        return self.path is None and is_loopback(self.host)

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse(text: str) -> Listen:
    """`HOST:PORT`, `[::1]:PORT`, `PORT` or `:PORT` (both on loopback), `unix:/PATH`. Raises UsageError (exit 64)."""
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        if not path.startswith("/") or "\0" in path:
            raise _unusable("a Unix socket needs an absolute path")
        return Listen("", 0, path)
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host or "[" in host or "]" in host:
        raise _unusable("an IPv6 address is written in brackets")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise _unusable("the port is missing" if not colon or not port else "the port is not a number below 65536")
    return Listen(host or _LOOPBACK, int(port))


def is_loopback(host: str) -> bool:
    """Whether a host name or address, as written, can only be this machine."""
    return host.lower() in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())


def _unusable(why: str) -> UsageError:
    """The message omits the text, which may come from CONFCONTRACT_HEALTH_ADDR and be a misplaced credential."""
    hint = f"write HOST:PORT, such as {DEFAULT_ADDRESS}, [::1]:PORT, or unix:/PATH"
    return UsageError(Problem("usage", f"--health-addr: {why}", hint=hint))
