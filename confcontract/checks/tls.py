"""A TLS handshake succeeds."""

from __future__ import annotations

from confcontract.checks.check import Check, is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from confcontract.checks.check import Common


class Tls(Check):
    """A TLS handshake succeeds, with a trusted certificate for the host.

    target: as for Tcp, for a service that uses TLS from the first byte. days: the minimum number of days for which the
    certificate must remain valid. SSL_CERT_FILE and SSL_CERT_DIR name the authorities. Raises ValueError.
    """

    __slots__ = ("days",)
    kind = "tls"
    words = "the certificate of {target} is valid for {days} more days"
    members = ("days",)

    def __init__(
        self, name: str | None = None, target: str | None = None, *, days: float = 0, **common: Unpack[Common]
    ) -> None:
        super().__init__(name, target, **common)
        self._require(is_number(days) and 0 <= days < 1e5, "days is not a number of days")
        self.days = days
