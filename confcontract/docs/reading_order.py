"""The order in which people read a page: required variables first, flat names in groups, titles in words."""

from __future__ import annotations

import re
from typing import NamedTuple

from confcontract.docs.build import GENERAL, anchor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from confcontract.docs.model import Page, Section, VariableEntry

_GROUPED_FROM = 13  # with fewer names at the top level, one list is easier to read
_GROUP = 3  # this many names with the same first word make a group
_ABBREVIATIONS = (
    " api aws cdn cors cpu csrf css csv db dns dsn gcp grpc html http https id imap io ip jwks jwt json kms ldap mfa"
    " nats oidc otp pdf pem rpc s3 saml sms smtp sns sql sqs ssh ssl sso tcp tls ttl udp ui uri url uuid xml yaml "
)


class Group(NamedTuple):
    """Variables under one heading. title: in words. about: one or more sentences, or empty. depth: 0 for the top level.

    entries: the required ones first; the variable that sets the whole section as JSON is last.
    """

    title: str
    about: str
    anchor: str
    depth: int
    entries: tuple[VariableEntry, ...]


def must_be_set(page: Page) -> list[VariableEntry]:
    """The variables without which boot refuses to start. For a section with required members, only the members."""
    required = [entry for entry in page.entries if entry.required]
    above = {entry.path[: index + 1] for entry in required for index, sign in enumerate(entry.path) if sign == "."}
    return [entry for entry in required if entry.kind != "object" or f"{entry.path}." not in above]


def first_sentence(entry: VariableEntry) -> str:
    """The first sentence of its description, without the full stop."""
    return re.split(r"\.\s+(?=[A-Z])", entry.description.partition("\n")[0])[0].removesuffix(".")


def groups(page: Page) -> list[Group]:
    """All variables of a page, each in one group."""
    return [group for section in page.sections for group in _of_section(section, page.sections)]


def _of_section(section: Section, sections: Sequence[Section]) -> Iterator[Group]:
    entries = _required_first(section.entries)
    if section.path:
        whole = section.whole
        about = whole.description if whole is not None else ""
        last = () if whole is None else (whole._replace(description=""),)
        yield Group(title_of(section.path), about, section.anchor, section.depth, (*entries, *last))
        return
    taken = {title_of(other.path) for other in sections if other.path}
    prefixed = {} if len(entries) < _GROUPED_FROM else _by_first_word(entries, taken)
    grouped = {entry.name for members in prefixed.values() for entry in members}
    rest = tuple(entry for entry in entries if entry.name not in grouped)
    if rest or not prefixed:
        yield Group(GENERAL, "", section.anchor, 0, rest)
    for word, members in prefixed.items():
        yield Group(title_of(word), "", f"group:{anchor(word)}", 1, tuple(members))


def _required_first(entries: Iterable[VariableEntry]) -> tuple[VariableEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: not entry.required))


def _by_first_word(entries: Sequence[VariableEntry], taken: set[str]) -> dict[str, list[VariableEntry]]:
    """First word of the fields' names → several fields. A prefix that all names share is skipped: it does not
    distinguish them.
    """
    words = {entry.name: entry.path.lower().split("_") for entry in entries}
    common = 0
    while len({tuple(each[: common + 1]) for each in words.values()}) == 1:
        common += 1
    found: dict[str, list[VariableEntry]] = {}
    for entry in entries:
        rest = words[entry.name][common:]
        if len(rest) > 1 and rest[0] in entry.name.lower().split("_"):  # an alias may have another first word
            found.setdefault(rest[0], []).append(entry)
    return {word: members for word, members in found.items() if len(members) >= _GROUP and title_of(word) not in taken}


def title_of(path: str) -> str:
    """A path of fields in words: smtp.retry becomes "SMTP: retry"."""
    first, *rest = (_in_words(step) for step in path.split("."))
    return ": ".join([first[:1].upper() + first[1:], *rest])


def _in_words(step: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", step.replace("_", " ")).split()
    known = [word.upper() if f" {word.lower()} " in _ABBREVIATIONS else word for word in words]
    return " ".join(word if word.isupper() else word.lower() for word in known) or step
