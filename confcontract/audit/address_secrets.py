"""The passwords in an address: of each of its hosts, and in its query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

from confcontract.contract.secretnames import is_secret_key

_LOGINS_AND_HOSTS = re.compile(r"//([^/?#]*@[^/?#]*)")
_QUERY = re.compile(r"//[^?#]*\?([^#]*)")
_HOST = r"(?:\[[^\]]*\]|[^:@,\[\]]*)(?::\d*)?"
# user:password@host:port,host:port, which may be repeated. A password may hold an @ or a comma; it is looked for from
# every comma, since the hosts before it may have none; where it could be read in two ways, both are given.
_LOGIN = re.compile(rf"(?:^|,)(?=[^:@,]*:(.+?)@{_HOST}(?:,{_HOST})*(?:,|$))", re.DOTALL)


def address_secrets(text: str) -> Iterator[str]:
    """As they stand there, and percent-decoded."""
    address = text.strip()
    for logins in _LOGINS_AND_HOSTS.findall(address):
        for password in _LOGIN.findall(logins):
            yield from (password, unquote(password))
    for query in _QUERY.findall(address):
        for parameter in query.split("&"):
            key, _, value = parameter.partition("=")
            if value and is_secret_key(unquote(key)):
                yield from (value, unquote(value), unquote_plus(value))
