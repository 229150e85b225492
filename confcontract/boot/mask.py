"""What may be shown of a value. In doubt, less: a masked port is a nuisance, a shown password an incident."""

from __future__ import annotations

from confcontract.contract import is_hidden
from confcontract.terminal import cut, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

MASK = "***"  # of fixed length: it must not hint at the length of what it hides
EMPTY = "(empty)"
UNSET = "(unset)"
SHOWN_COLUMNS = 60

# A key that holds one of these names a secret (password, sslpassword, PGPASSFILE, client_secret, …).
_SECRET_WORDS = ("pass", "pwd", "secret", "token", "credential", "signature")
_SECRET_KEYS = ("api", "access", "account", "auth", "private", "shared", "encryption")  # …key, …_key, …-key
_SECRET_NAMES = ("pw", "sig", "key", "auth")

# What boot itself is given: a secret even where an application declares it as plain text.
_OURS = tuple(
    prefix + name
    for prefix in ("VAULT_", "BAO_")
    for name in ("TOKEN", "SECRET_ID", "WRAPPED_SECRET_ID", "PASSWORD", "JWT", "UNSEAL_KEY")
)

# Keys of key=value DSNs and of URL queries after which a secret has surely ended: libpq's, ODBC's and ADO's.
# After any other key it counts as continued, because a badly written password may hold "&" or "=" itself.
_PLAIN_KEYS = (
    "host|hostaddr|hostname|server|data source|address|addr|port|user|username|user id|uid|userid|login|"
    "db|dbname|database|initial catalog|sslmode|sslrootcert|sslcert|sslkey|ssl|tls|encrypt|driver|dsn|options|"
    "application_name|connect_timeout|timeout|target_session_attrs|charset|schema|service|replicaSet|authSource|"
    "retryWrites|pool_size|trusted_connection"
)
_TOKEN_AS_USER = ("", "x-oauth-basic", "x-token-auth")  # passwords of those who send a token as the user


def shown(value: str | None, variable: Mapping[str, Any] | None, limit: int | None = SHOWN_COLUMNS) -> str:
    """A value as it may appear before people: masked, on one line, at most `limit` columns.

    variable: its entry in the contract; None for a name that the contract does not know, whose value is
    never shown. None as a value reads "(unset)", the empty string "(empty)", even of a secret.
    """
    if value is None:
        return UNSET
    if value == "":
        return EMPTY
    text = masked(value, variable)
    if limit is None:
        return printable(text)
    return cut(printable(text[: limit + 1]), limit)


def masked(value: str, variable: Mapping[str, Any] | None) -> str:
    """The value without its secrets, otherwise unchanged. An empty value stays empty."""
    if value == "":
        return value
    if variable is None or is_hidden(variable) or _is_ours(variable):
        return MASK
    if variable.get("credentials") and "://" not in value:
        return MASK  # no URL, whatever it is: perhaps the password alone, pasted into the wrong variable
    # not only where the contract says "credentials": a plain `str` field may well hold a broker's URL
    return mask_credentials(value)


def _is_ours(variable: Mapping[str, Any]) -> bool:
    return any(name.upper() in _OURS for name in (variable.get("name", ""), *variable.get("aliases", ())))


def as_shown(variables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The variables, each counted as secret, or as hidden, if anything inside it is: SHOP_DATABASE='{"password": …}'
    holds one."""
    secret = _above(variable for variable in variables if variable.get("secret") or _is_ours(variable))
    hidden = _above(variable for variable in variables if "masked" in variable)
    shown = []
    for variable in variables:
        path = tuple(variable["path"])
        if path in secret or _is_ours(variable):
            shown.append(variable | {"secret": True})
        elif path in hidden and not is_hidden(variable):
            shown.append(variable | {"masked": "name"})
        else:
            shown.append(variable)
    return shown


def _above(variables: Iterable[Mapping[str, Any]]) -> set[tuple[str, ...]]:
    """The paths of the sections that the variables are in."""
    return {tuple(variable["path"][:depth]) for variable in variables for depth in range(len(variable["path"]))}


def mask_credentials(text: str) -> str:
    """The text with `***` for every password in a URL, a key=value DSN, a query, or a JSON object.

    Badly encoded passwords ("@", "/", "#", blanks) are covered: where a password could end at several
    places, the last one counts.
    """
    spans = [*_in_userinfo(text), *_after_keys(text)]
    if not spans:
        return text
    spans.sort()
    parts: list[str] = []
    done = 0
    for start, end in spans:
        if start > done or not parts:
            parts += [text[done:start], MASK]
        done = max(done, end)
    return "".join([*parts, text[done:]])


def _in_userinfo(text: str) -> list[tuple[int, int]]:
    """scheme://user:password@host, also without scheme; from the first colon to the last "@"."""
    authority, start = _password_start(text)
    end = text.rfind("@")
    if authority is not None and text[:authority][-8:].lower().endswith(("http://", "https://")):
        stop = text.find("@", authority)
        user_only = start is None or stop < start
        if (stop > authority and user_only and not _has_path(text[authority:stop])) or (
            start is not None and text[start:end] in _TOKEN_AS_USER and end > authority
        ):
            return [(authority, max(stop, end))]
    if start is None:
        return []
    if end > start:
        return [(start, end)]
    if end < 0 and authority is not None and not _has_path(text[authority:start]):
        return _instead_of_port(text, start)
    return []


def _password_start(text: str) -> tuple[int | None, int | None]:
    """Where the authority of the first URL begins, and where a password would: after the first colon that
    belongs neither to "://" nor to prose ("name: value")."""
    authority: int | None = None
    position = 0
    while (colon := text.find(":", position)) >= 0:
        after = text[colon + 1 : colon + 3]
        fresh = authority is None or any(character.isspace() for character in text[position:colon])
        if after == "//" and fresh:
            authority = position = colon + 3
            closing = text.find("]", position)
            if text.startswith("[", position) and closing > 0 and text.find("@", position) < 0:
                position = closing  # an IPv6 address has colons of its own
        elif authority is None and (after == "" or after[0].isspace()):
            position = colon + 1
        else:
            return authority, colon + 1
    return authority, None


def _has_path(text: str) -> bool:
    return any(character in text for character in "/?#")


def _instead_of_port(text: str, start: int) -> list[tuple[int, int]]:
    """postgres://app:hunter2 - the "@" was forgotten, so what stands for the port may be the password."""
    end = start
    while end < len(text) and text[end] not in "/?#,;&'\")]} \t\r\n":
        end += 1
    port = text[start:end]
    return [(start, end)] if port and not (port.isascii() and port.isdigit() and len(port) <= 5) else []


def _after_keys(text: str) -> list[tuple[int, int]]:
    """password=…, "password": "…", ?token=…"""
    if "=" not in text and ":" not in text:
        return []
    import re

    key = re.compile(r"(?<![\w.%-])([\w.%-]++)([\"']?)\s*+([=:])\s*+")
    spans: list[tuple[int, int]] = []
    position = 0
    while match := key.search(text, position):
        name, quote, sign = match.groups()
        position = match.end()
        if (sign == "=" or quote) and _names_secret(name.lower()) and position < len(text):
            end = _end_of_item(text, position) if sign == ":" else _end_of_value(text, position)
            spans.append((position, end))
            position = end
    return spans


def _names_secret(key: str) -> bool:
    if key in _SECRET_NAMES or any(word in key for word in _SECRET_WORDS):
        return True
    return key.endswith("key") and any(word in key for word in _SECRET_KEYS)


def _end_of_value(text: str, start: int) -> int:
    """key=value: up to the next key that is certainly one, or to the end."""
    import re

    start = _end_of_quoted(text, start)
    following = re.compile(rf"[\s;&,?](?:{_PLAIN_KEYS})\s*+=", re.IGNORECASE).search(text, start)
    return following.start() if following else len(text)


def _end_of_item(text: str, start: int) -> int:
    """An item of JSON or of a Python repr, "key": value."""
    if text[start] in "'\"":
        return _end_of_quoted(text, start)
    if text[start] in "[{":
        return len(text)
    end = start
    while end < len(text) and text[end] not in ",}":
        end += 1
    return end


def _end_of_quoted(text: str, start: int) -> int:
    """Behind the closing quote; the end of the text where it is missing; `start` where nothing is quoted."""
    quote = text[start]
    if quote not in "'\"":
        return start
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text[position] == quote:
            if not text.startswith(quote, position + 1):
                return position + 1
            position += 2  # doubled: ODBC's way to write one
        else:
            position += 1
    return len(text)
