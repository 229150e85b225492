"""USER_ROOT."""

from __future__ import annotations

import re
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR, WARNING

# Container engines parse the number with Go's strconv.Atoi, which rejects longer texts.
_NUMBER = re.compile(r"(?P<sign>[+-]?)0*(?P<digits>[0-9]{1,18})", re.ASCII)
_LARGEST = 2**31 - 1


def find(image: AuditedImage) -> Iterator[Offence]:
    user = str(image.image.settings.get("User") or "").partition(":")[0]
    number = _number(user)
    if number is not None:
        yield from _of_number(number)
    elif not user:
        yield Offence("USER", "is root, because the image names no user")
    elif user in image.users:
        yield from _of_entry(image.users[user])
    elif user == "root":
        yield Offence("USER", "is root")
    else:
        yield Offence("USER", "is a name that /etc/passwd of the image does not have")


def _of_number(number: int) -> Iterator[Offence]:
    if number == 0:
        yield Offence("USER", "is root")
    elif not 0 < number <= _LARGEST:
        what = f"is not between 1 and {_LARGEST}: older releases of containerd may run it as root (CVE-2024-40635)"
        yield Offence("USER", what)


def _of_entry(text: str) -> Iterator[Offence]:
    """text: the number of this user in /etc/passwd."""
    number = _number(text)
    if number is None:
        what = "is root: its number in /etc/passwd is not a number, which container engines read as 0"
        yield Offence("USER", what)
    elif offences := [*_of_number(number)]:
        yield from offences
    else:
        what = "is a name and not a number: Kubernetes can't see that it is not root"
        yield Offence("USER", what, severity=WARNING)


def _number(text: str) -> int | None:
    matched = _NUMBER.fullmatch(text)
    return int(matched["sign"] + matched["digits"]) if matched else None


RULE = AuditRule(
    "USER_ROOT",
    ERROR,
    "The application runs as root (an error), or as a user named without its number (a warning).",
    "Write USER 10001:10001, or another number above 0.",
    find,
)
