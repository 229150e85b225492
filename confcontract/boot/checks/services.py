"""Logins, with the driver that the application has installed."""

from __future__ import annotations

from confcontract.boot.checks.address import NotAnAddress, parse
from confcontract.boot.checks.attempt import (
    EXPIRED,
    HOST_NAME,
    MISMATCH,
    UNTRUSTED,
    LoginRefused,
    Never,
    NotYet,
    connect,
    remaining,
)
from confcontract.boot.checks.network import tcp_data
from confcontract.boot.checks.plan import Target
from confcontract.boot.checks.redaction import masked
from confcontract.boot.checks.settings import passwords
from confcontract.checks.kinds import class_of
from confcontract.host.folder import entered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.boot.checks.address import Address
    from confcontract.boot.checks.attempt import Attempt
    from confcontract.boot.checks.plan import Place

# Texts or names of exceptions by which drivers report a refused login.
_REFUSED = (
    *("authenticat", "password", "access denied", "access_refused", "accessrefused", "noauth", "wrongpass", "noperm"),
    *("28000", "28p01", "1045", "1698"),
)


def target(check: Mapping[str, Any], place: Place) -> Target:
    """Raises NotAnAddress."""
    kind = check["kind"]
    login: Any = __import__(f"confcontract.boot.checks.drivers.{kind}", fromlist=["login"])
    address = parse(place.text)
    if address.scheme.partition("+")[0] not in login.SCHEMES:
        raise NotAnAddress(f"is not a URL of {' or '.join(f'{scheme}://' for scheme in login.SCHEMES)}")
    if address.others:
        raise NotAnAddress("has several URLs; a login needs exactly one")
    attempt = _login_attempt(kind, login, address, place, plain=bool(check.get("plainConnection")))
    return Target(attempt, address.where or place.unshown, tcp_data(address), credentials=True)


def _login_attempt(kind: str, login: Any, address: Address, place: Place, *, plain: bool) -> Attempt:
    url = place.text.strip()
    drivers = class_of(kind).drivers

    def attempt(until: float) -> str | None:
        name, driver = _driver(login, drivers, address.scheme)
        if driver is None and plain:
            connect(address.endpoints, until).close()
            return "the port is open; no driver is installed that could log in"
        if driver is None:
            names = ", ".join(drivers)
            what = f"none of its drivers is installed ({names})" if len(drivers) > 1 else f"{names} is missing"
            raise Never(what, f"install confcontract[{kind}] in the image, or set plain_connection=True in the check")
        try:
            with entered():  # URLs name certificates
                getattr(login, f"by_{name.replace('.', '_').lower()}")(driver, url, address, remaining(until))
        except NotYet:
            raise
        except Exception as error:
            said = f"{type(error).__name__} {error}".lower()
            refused = any(word in said for word in _REFUSED)
            if not refused:
                connect(address.endpoints, until).close()  # our own message if nothing listens
            text = _words(error, address, place)
            if refused:
                raise LoginRefused(f"accepts connections, but refuses the login: {text}", *_causes(text)) from None
            words = f"accepts connections, but its answer is not valid: {text}"
            raise NotYet(words, *_causes(text)) from None
        return None

    return attempt


def _driver(login: Any, drivers: Sequence[str], scheme: str) -> tuple[str, Any]:
    """The driver that the scheme names (postgresql+asyncpg), or else the first that is installed."""
    import importlib
    import logging

    dialect = scheme.partition("+")[2]
    named = login.DIALECTS.get(dialect)
    for name in dict.fromkeys((*([named] if named else []), *drivers)):
        try:
            driver = importlib.import_module(name)
        except ImportError:
            continue
        # without logging set up by an application, their warnings would go to stderr unmasked
        logging.getLogger(name.partition(".")[0]).setLevel(logging.CRITICAL + 1)
        return name, driver
    return "", None


# Phrases by which drivers report errors of their TLS library or of the name server.
_SAID = (("host name", HOST_NAME), ("mismatch", MISMATCH), ("expire", EXPIRED), ("certificate", UNTRUSTED))


def _causes(said: str) -> list[str]:
    return [cause for phrase, cause in _SAID if phrase in said]


def _words(error: Exception, address: Address, place: Place) -> str:
    """The message of the server or the driver, without what must not be shown."""
    if address.where is None or "@" in address.user:
        return type(error).__name__  # drivers split a URL, and may repeat its pieces
    text = str(error)
    _, fatal, said = text.rpartition("FATAL:")  # PostgreSQL's own message, after libpq's
    secrets = (*place.settings.secrets(), *passwords(place.text))
    words = masked(said if fatal else text, secrets)
    return words or type(error).__name__
