"""Whom an image runs as: as container engines read its USER and its /etc/passwd."""

from __future__ import annotations

import io

import pytest

from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.image_walk import walk_image
from confcontract.audit.rules.user_root import find
from confcontract.audit.value_search.needles import Needles
from confcontract.findings.severity import Severity
from confcontract.image.entry import EntryKind, Image, ImageLayer, LayerEntry

PASSWD = b"""root:x:0:0::/root:/bin/sh
app:x:10001:10001::/:/bin/sh
app:x:0:0::/:/bin/sh
toor:x:-0:0::/:/bin/sh
typo:x:x1:1::/:/bin/sh
far:x:4294967296:1::/:/bin/sh
short:x
"""


def offences(user: str | None, passwd: bytes = PASSWD) -> list[tuple[str, Severity | None]]:
    entry = LayerEntry("etc/passwd", EntryKind.FILE, size=len(passwd), read=io.BytesIO(passwd).read)
    users = walk_image([ImageLayer("", None, "", lambda: iter([entry]))], {}, Needles({})).users
    image = Image("", {"config": {"User": user}}, [], "")
    return [(each.sentence, each.severity) for each in find(AuditedImage(image, users=users))]


@pytest.mark.parametrize(
    "user", ["", None, "0", "00:5", "+0", "-0", "0" * 5000, "root", "root:app", "toor", "typo", "short"]
)
def test_whoever_has_the_number_0_is_root(user: str | None) -> None:
    ((sentence, severity),) = offences(user)
    assert sentence.startswith("is root")
    assert severity is None


def test_root_is_root_without_a_passwd_as_well() -> None:
    assert offences("root", b"") == [("is root", None)]


@pytest.mark.parametrize("user", ["-1", "2147483648", "4294967296", "far"])
def test_a_number_that_engines_may_take_for_another_is_found(user: str) -> None:
    ((sentence, severity),) = offences(user)
    assert "CVE-2024-40635" in sentence
    assert severity is None


@pytest.mark.parametrize(
    "user", ["nobody-known", "\N{SUPERSCRIPT TWO}", "\N{ARABIC-INDIC DIGIT ZERO}", "9" * 5000, "1_0"]
)
def test_what_is_neither_a_number_nor_in_passwd_is_found(user: str) -> None:
    assert offences(user) == [("is a name that /etc/passwd of the image does not have", None)]


def test_the_first_line_for_a_name_counts_and_a_name_is_a_warning() -> None:
    ((sentence, severity),) = offences("app")
    assert "Kubernetes" in sentence
    assert severity is Severity.WARNING


@pytest.mark.parametrize("user", ["10001", "1:0", "+7", "2147483647"])
def test_a_number_above_0_is_right(user: str) -> None:
    assert offences(user) == []
