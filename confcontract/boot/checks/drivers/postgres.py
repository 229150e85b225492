"""PostgreSQL: SELECT 1."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.boot.checks.address import Address

SCHEMES = ("postgres", "postgresql")
DIALECTS = {
    "asyncpg": "asyncpg",
    "pg8000": "pg8000",
    "psycopg": "psycopg",
    "psycopg2": "psycopg2",
    "psycopg_async": "psycopg",
}
_ASK = "SELECT 1"

# The parameters of a connection URL that libpq knows begin with one of these; the rest is SQLAlchemy's or a pool's.
_LIBPQ = (
    *(
        "application_name",
        "channel_binding",
        "client_encoding",
        "connect_timeout",
        "dbname",
        "fallback_",
        "gss",
        "host",
    ),
    *("keepalives", "krb", "load_balance", "options", "passfile", "password", "port", "require", "service", "ssl"),
    *("target_session", "tcp_user", "user"),
)
_ASYNCPG = ("dbname", "host", "passfile", "password", "port", "ssl", "target_session_attrs", "user")


def by_psycopg(driver: Any, url: str, address: Address, seconds: float) -> None:
    with driver.connect(_dsn(url, address, _LIBPQ), connect_timeout=_whole(seconds), autocommit=True) as connection:
        connection.execute(_ASK)


def by_psycopg2(driver: Any, url: str, address: Address, seconds: float) -> None:
    connection = driver.connect(_dsn(url, address, _LIBPQ), connect_timeout=_whole(seconds))
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ASK)
    finally:
        connection.close()


def by_asyncpg(driver: Any, url: str, address: Address, seconds: float) -> None:
    import asyncio

    async def ask() -> None:
        connection = await driver.connect(_dsn(url, address, _ASYNCPG), timeout=seconds, command_timeout=seconds)
        try:
            await connection.execute(_ASK)
        finally:
            await connection.close(timeout=seconds)

    asyncio.run(ask())


def by_pg8000(driver: Any, url: str, address: Address, seconds: float) -> None:
    from importlib import import_module
    from urllib.parse import parse_qs, unquote

    user, _, password = address.user.partition(":")
    endpoint = address.endpoints[0]
    place = {"unix_sock": endpoint} if isinstance(endpoint, str) else {"host": endpoint[0], "port": endpoint[1]}
    wants_tls = parse_qs(address.query).get("sslmode", [""])[0] in ("require", "verify-ca", "verify-full")
    connection = import_module("pg8000.dbapi").connect(
        user=unquote(user),
        password=unquote(password) or None,
        database=unquote(address.path.strip("/")) or None,
        timeout=seconds,
        ssl_context=True if wants_tls else None,
        **place,
    )
    try:
        connection.cursor().execute(_ASK)
    finally:
        connection.close()


def _dsn(url: str, address: Address, known: tuple[str, ...]) -> str:
    """The URL with the scheme and the parameters that the driver knows."""
    from urllib.parse import parse_qsl, urlencode

    base = url.partition("://")[2].partition("?")[0]
    given = [("sslmode" if key == "ssl" else key, value) for key, value in parse_qsl(address.query)]
    modes = {"true": "require", "false": "disable"}
    kept = [(key, modes.get(value, value)) for key, value in given if key.startswith(known)]
    return f"postgresql://{base}" + (f"?{urlencode(kept)}" if kept else "")


def _whole(seconds: float) -> int:
    """libpq's timeouts are whole seconds, and it treats 1 as 2."""
    return max(round(seconds + 0.499), 2)
