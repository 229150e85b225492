"""Checks that log in to a service, with the driver that the application has installed."""

from __future__ import annotations

from confcontract.checks.check import Check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from confcontract.checks.check import Common


class Login(Check):
    """The options common to checks that log in. plain_connection: without a driver, an open port is enough."""

    __slots__ = ("plain_connection",)
    members = ("plainConnection",)

    def __init__(
        self,
        name: str | None = None,
        target: str | None = None,
        *,
        plain_connection: bool = False,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(name, target, **common)
        self._require(isinstance(plain_connection, bool), "plain_connection is True or False")
        self.plain_connection = plain_connection
