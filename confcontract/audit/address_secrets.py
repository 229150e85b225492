"""Finds the passwords in an address: those of each host, and those in the query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

from confcontract.contract.secretnames import is_secret_key

_LOGINS_AND_HOSTS = re.compile(r"//([^/?#]*@[^/?#]*)")
_QUERY = re.compile(r"//[^?#]*\?([^#]*)")
_HOST = r"(?:\[[^\]]*\]|[^:@,\[\]]*)(?::\d*)?"
# user:password@host:port,host:port, with any number of hosts. A password may contain an @ or a comma. The search starts
# at every comma, since earlier hosts may have no password. If the text can be read in two ways, both results are
# returned.
_LOGIN = re.compile(rf"(?:^|,)(?=[^:@,]*:(.+?)@{_HOST}(?:,{_HOST})*(?:,|$))", re.DOTALL)


def address_secrets(text: str) -> Iterator[str]:
    """The passwords as written, and percent-decoded."""
    address = text.strip()
    for logins in _LOGINS_AND_HOSTS.findall(address):
        for password in _LOGIN.findall(logins):
            yield from (password, unquote(password))
    for query in _QUERY.findall(address):
        for parameter in query.split("&"):
            key, _, value = parameter.partition("=")
            if value and is_secret_key(unquote(key)):
                yield from (value, unquote(value), unquote_plus(value))
