"""MySQL and MariaDB: SELECT 1."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.boot.checks.address import Address

SCHEMES = ("mysql", "mariadb")
DIALECTS = {
    "aiomysql": "pymysql",
    "mysqlconnector": "mysql.connector",
    "mysqldb": "MySQLdb",
    "pymysql": "pymysql",
}


def by_pymysql(driver: Any, url: str, address: Address, seconds: float) -> None:
    limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), seconds)
    _ask(driver.connect(**_login(address), **_tls(address), **limits))


def by_mysqldb(driver: Any, url: str, address: Address, seconds: float) -> None:
    limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), _whole(seconds))
    _ask(driver.connect(**_login(address), **_tls(address), **limits))


def by_mysql_connector(driver: Any, url: str, address: Address, seconds: float) -> None:
    files = {f"ssl_{word}": path for word, path in _tls(address).get("ssl", {}).items()}
    _ask(driver.connect(**_login(address), **files, connection_timeout=_whole(seconds), use_pure=True))


def _ask(connection: Any) -> None:
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.fetchall()
        cursor.close()
    finally:
        connection.close()


def _login(address: Address) -> dict[str, Any]:
    from urllib.parse import parse_qs, unquote

    user, _, password = address.user.partition(":")
    endpoint = address.endpoints[0]
    login: dict[str, Any] = {"user": unquote(user), "password": unquote(password)}
    if isinstance(endpoint, str):
        login["unix_socket"] = endpoint
    else:
        login["host"], login["port"] = endpoint
    for socket in parse_qs(address.query).get("unix_socket", ()):
        login["unix_socket"] = socket
    if database := unquote(address.path.strip("/")):
        login["database"] = database
    return login


def _tls(address: Address) -> dict[str, dict[str, str]]:
    """ssl_ca, ssl_cert and ssl_key, which SQLAlchemy accepts in a query."""
    from urllib.parse import parse_qsl

    files = {key.removeprefix("ssl_"): value for key, value in parse_qsl(address.query) if key.startswith("ssl_")}
    return {"ssl": {word: path for word, path in files.items() if word in ("ca", "cert", "key")}} if files else {}


def _whole(seconds: float) -> int:
    return max(round(seconds + 0.499), 1)
