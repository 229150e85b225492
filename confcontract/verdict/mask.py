"""How much of a value may be shown. In doubt, less: a masked port is a nuisance, a shown password an incident."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.contract.secretnames import is_secret_key
from confcontract.report.terminal import columns, cut, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

_PRIVATE_KEY = "PRIVATE KEY-----"  # of PEM

MASK = "***"  # of fixed length: it must not hint at the length of the hidden text
EMPTY = "(empty)"
UNSET = "(unset)"
SHOWN_COLUMNS = 60

# Boot's own settings: secret even if an application declares them as plain text.
_OURS = tuple(
    prefix + name
    for prefix in ("VAULT_", "BAO_")
    for name in ("TOKEN", "SECRET_ID", "WRAPPED_SECRET_ID", "PASSWORD", "JWT", "UNSEAL_KEY")
)

# Keys of key=value DSNs and of URL queries that certainly end a preceding secret: libpq's, ODBC's and ADO's. Any other
# key counts as part of the secret, because a badly written password may contain "&" or "=".
_PLAIN_KEYS = (
    "host|hostaddr|hostname|server|data source|address|addr|port|user|username|user id|uid|userid|login|"
    "db|dbname|database|initial catalog|sslmode|sslrootcert|sslcert|sslkey|ssl|tls|encrypt|driver|dsn|options|"
    "application_name|connect_timeout|timeout|target_session_attrs|charset|schema|service|replicaSet|authSource|"
    "retryWrites|pool_size|trusted_connection"
)


def shown(value: str | None, variable: Mapping[str, Any] | None, limit: int | None = SHOWN_COLUMNS) -> str:
    """A value in the form for people: masked, on one line, at most `limit` columns.

    variable: its entry in the contract; None for a name that the contract does not know, whose value is never shown.
    The value None is shown as "(unset)", and the empty string as "(empty)", even for a secret.
    """
    if value is None:
        return UNSET
    if value == "":
        return EMPTY
    text = masked(value, variable)
    if limit is None:
        return printable(text)
    return cut(printable(text[: limit + 1]), limit)


def quoted(value: str, variable: Mapping[str, Any] | None) -> str:
    """A value as from `shown`, in quotes and with Python's escapes: a line end becomes `\\n`, a backslash two
    backslashes."""
    if value == "":
        return repr(EMPTY)
    text = repr(masked(value, variable)[: SHOWN_COLUMNS + 1])
    if columns(text) <= SHOWN_COLUMNS + 2:
        return text
    return cut(text[:-1], SHOWN_COLUMNS + 1) + text[-1]


def masked(value: str, variable: Mapping[str, Any] | None) -> str:
    """The value without its secrets, otherwise unchanged. An empty value stays empty."""
    if value == "":
        return value
    if variable is None or is_hidden(variable) or _is_ours(variable):
        return MASK
    if variable.get("credentials") and not _is_url(value):
        return MASK  # not a URL at all: perhaps only the password, pasted into the wrong variable
    # not only if the contract says "credentials": a plain `str` field may hold a broker's URL
    return mask_credentials(value, whole=True)


def _is_url(value: str) -> bool:
    if "://" not in value:
        return False
    from confcontract.verdict.mask_urls import is_sure

    return is_sure(value)


def _is_ours(variable: Mapping[str, Any]) -> bool:
    return any(name.upper() in _OURS for name in (variable.get("name", ""), *variable.get("aliases", ())))


def as_shown(variables: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The variables; each counts as secret, or as hidden, if anything inside it is: SHOP_DATABASE='{"password": …}'
    contains a secret."""
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


def masked_default(value: str, variable: Mapping[str, Any] | None) -> str:
    """`masked`, for a default in the contract."""
    text = masked(value, variable)
    return text if text in (value, MASK) else mask_of_defaults(value, whole=True)


def mask_of_defaults(text: str, *, whole: bool = False) -> str:
    """`mask_credentials`, but keeps a user without a password in a URL: in a default, bake has judged it to be a public
    key. In an operator's value it may be a token."""
    return mask_credentials(text, whole=whole, users=False)


def mask_credentials(text: str, *, whole: bool = False, users: bool = True) -> str:
    """The text with `***` for every password in a URL, a key=value DSN, a query, or a JSON object.

    whole: the text is one value. Otherwise it may be prose, in which a URL ends at white space. users: whether a user
    without a password in a URL is masked too if it may be a token.

    Badly encoded passwords ("@", "/", "#", blanks) are covered: if a password could end at several places, the last one
    counts, and if it is uncertain which part is the password, every possible part is masked.
    """
    if _PRIVATE_KEY in text:
        return MASK
    spans = _after_keys(text)
    if "://" in text or "@" in text or "%" in text:
        from confcontract.verdict.mask_urls import in_urls  # regular expressions are slow to import

        spans += in_urls(text, whole, users=users)
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
        if (sign == "=" or quote) and is_secret_key(name) and position < len(text):
            end = _end_of_item(text, position) if sign == ":" else _end_of_value(text, position)
            spans.append((position, end))
            position = end
    return spans


def _end_of_value(text: str, start: int) -> int:
    """key=value: up to the next key that certainly is one, or to the end."""
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
    """The position after the closing quote; the end of the text if that is missing; `start` if nothing is quoted."""
    quote = "}" if text[start] == "{" else text[start]  # ODBC's braces
    if quote not in "'\"}":
        return start
    position = start + 1
    while position < len(text):
        if text[position] == "\\" and quote != "}":
            position += 2
        elif text[position] == quote:
            if not text.startswith(quote, position + 1):
                return position + 1
            position += 2  # doubled: ODBC's escape for one brace
        else:
            position += 1
    return len(text)
