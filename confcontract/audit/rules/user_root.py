"""USER_ROOT."""

from __future__ import annotations

from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.findings.severity import ERROR, WARNING


def find(image: AuditedImage) -> Iterator[Offence]:
    user = str(image.image.settings.get("User") or "").partition(":")[0]
    number = user if user.isdigit() else image.users.get(user, "0" if user in ("", "root") else "")
    if number and int(number) == 0:
        yield Offence("USER", "is root" + ("" if user else ", since the image names none"))
    elif not number:
        yield Offence("USER", "is a name that /etc/passwd of the image does not have")
    elif not user.isdigit():
        what = "is a name and not a number: Kubernetes can't see that it is not root"
        yield Offence("USER", what, severity=WARNING)


RULE = AuditRule(
    "USER_ROOT",
    ERROR,
    "The application runs as root (an error), or as a user of whom only the name is known (a warning).",
    "Write USER 10001:10001, or another number above 0.",
    find,
)
