"""Commands and instructions without possible secrets: values of names that sound like a secret, and passwords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from confcontract.contract.secretnames import as_variable, is_secret_name
from confcontract.verdict.instruction_pairs import InstructionPair, instruction_pairs, json_members
from confcontract.verdict.mask import MASK, mask_credentials

_ASSIGNED = re.compile(r"""(?P<name>[\w.-]+)=(?P<value>"[^"]*"?|'[^']*'?|[^\s"']+)""")
# --password VALUE, Authorization: Bearer VALUE
_BEARER = re.compile(r"""\b(Bearer\s+)[^\s"']+""", re.IGNORECASE)
_FOLLOWED = re.compile(
    r"""(?P<name>--?[A-Za-z][\w-]*)(?P<blank>\s+)(?P<value>"[^"]*"?|'[^']*'?|[^\s"'-][^\s"']*)""", re.IGNORECASE
)

# Name: value, as in headers; a login is one, with any scheme
_HEADER = re.compile(r"""(?P<name>[A-Za-z][\w-]*)(?P<blank>:\s+)(?P<value>[^\s"'][^"'\n]*)""")
_LOGIN_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_LOGIN_OPTIONS = ("-u", "--user", "--proxy-user")  # for curl and others: NAME:PASSWORD
_LOGIN = re.compile(r"""(?P<before>(?<!\S)(?:-u|--user|--proxy-user)[ =]\s*["']?[^\s:"']+:)[^\s"']+""")


def mask_words(words: list[str], secret: Set[str] = frozenset()) -> list[str]:
    """For a command: an option's value may be the next word."""
    return [_masked_after(last, word, secret) for last, word in zip(["", *words], words, strict=False)]


def _masked_after(last: str, word: str, secret: Set[str]) -> str:
    if last in _LOGIN_OPTIONS and ":" in word:
        return f"{word.partition(':')[0]}:{MASK}"
    if last.startswith("-") and "=" not in last and is_secret_in(last, secret) and not word.startswith("-"):
        return MASK
    return mask_command(word, secret)


def is_secret_in(name: str, secret: Set[str]) -> bool:
    """Whether the name of a variable, a label or an option is one of the secret ones, or sounds like one."""
    if name in secret or is_secret_name(name):
        return True
    lower = as_variable(name.lstrip("-")).lower()
    return any(lower == each.lower() or lower.startswith(f"{each.lower()}__") for each in secret)


def _without(text: str, pairs: Iterable[InstructionPair], secret: Set[str]) -> str:
    """The text with `***` for the values of secret names among these pairs."""
    parts, done = [], 0
    for each in pairs:
        if each.start >= done and each.hidden_to > each.start and is_secret_in(each.name, secret):
            parts += [text[done : each.start], MASK]
            done = each.hidden_to
    return "".join([*parts, text[done:]])


def mask_command(text: str, secret: Set[str] = frozenset()) -> str:
    """secret: names that are secret, even if they do not sound like it."""

    def assigned(match: re.Match[str]) -> str:
        name = match["name"]
        return f"{name}={MASK}" if is_secret_in(name, secret) else match[0]

    def followed(match: re.Match[str]) -> str:
        return f"{match['name']}{match['blank']}{MASK}" if is_secret_in(match["name"], secret) else match[0]

    def header(match: re.Match[str]) -> str:
        login = match["name"].lower() in _LOGIN_HEADERS
        return f"{match['name']}{match['blank']}{MASK}" if login or is_secret_in(match["name"], secret) else match[0]

    text = _without(text, instruction_pairs(text), secret)
    text = _without(text, json_members(text), secret)
    known = _LOGIN.sub(rf"\g<before>{MASK}", _HEADER.sub(header, _ASSIGNED.sub(assigned, text)))
    known = _FOLLOWED.sub(followed, _BEARER.sub(rf"\1{MASK}", known))
    if "{" in known or "-----" in known:  # JSON or a key, which is not split at blanks
        return mask_credentials(known)
    return re.sub(r"\S+", lambda word: mask_credentials(word[0]), known)
