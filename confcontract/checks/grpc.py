"""A gRPC server says that it serves."""

from __future__ import annotations

from confcontract.checks.check import Check, is_clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from confcontract.checks.check import Common


class Grpc(Check):
    """A server says SERVING in the standard protocol grpc.health.v1; needs grpcio (confcontract[grpc]).

    target: a variable that holds HOST:PORT or a URL, or a literal of these. service: the name to ask for; empty for the
    whole server. tls: for a server that requires it; grpcs:// and https:// imply it. Raises ValueError.
    """

    __slots__ = ("service", "tls")
    kind = "grpc"
    words = "the gRPC service at {target} says that it serves"
    members = ("service", "tls")
    drivers = ("grpc",)

    def __init__(
        self,
        name: str | None = None,
        target: str | None = None,
        *,
        service: str = "",
        tls: bool = False,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(name, target, **common)
        self._require(is_clean(service), "service is not text in one line")
        self._require(isinstance(tls, bool), "tls is True or False")
        self.service = service
        self.tls = tls
