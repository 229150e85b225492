"""Redis and Valkey: PING."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.boot.checks.address import Address

SCHEMES = ("redis", "rediss", "valkey", "valkeys", "unix")
DIALECTS: dict[str, str] = {}


def by_redis(driver: Any, url: str, address: Address, seconds: float) -> None:
    _ping(driver, driver.Redis, url, address, seconds, {"valkey": "redis", "valkeys": "rediss"})


def by_valkey(driver: Any, url: str, address: Address, seconds: float) -> None:
    _ping(driver, driver.Valkey, url, address, seconds, {"redis": "valkey", "rediss": "valkeys"})


def _ping(driver: Any, make: Any, url: str, address: Address, seconds: float, spellings: dict[str, str]) -> None:
    from importlib import import_module

    scheme = "unix" if "unix" in address.scheme.split("+") else address.scheme
    url = f"{spellings.get(scheme, scheme)}://{url.partition('://')[2]}"
    # boot itself retries until its deadline
    once = import_module(f"{driver.__name__}.retry").Retry(import_module(f"{driver.__name__}.backoff").NoBackoff(), 0)
    client = make.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=once)
    try:
        client.ping()
    finally:
        client.close()
