"""By which digest the base image is named: in a label, or in the history."""

from __future__ import annotations

from typing import Any

import pytest

from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.rules.base_not_pinned import find
from confcontract.image.entry import Image

DIGEST = "sha256:" + "0a" * 32
LONGER = "sha512:" + "0a" * 64


def offences(labels: dict[str, str], history: list[Any]) -> list[str]:
    image = Image("", {"config": {"Labels": labels}, "history": history}, [], "")
    return [each.sentence for each in find(AuditedImage(image))]


@pytest.mark.parametrize("digest", [DIGEST, LONGER])
def test_a_digest_anywhere_is_enough(digest: str) -> None:
    assert offences({"org.opencontainers.image.base.digest": digest}, []) == []
    assert offences({"org.opencontainers.image.base.name": f"python:3@{digest}"}, []) == []
    assert offences({}, ["", {"created_by": "RUN x", "comment": f"FROM docker.io/library/python@{digest}"}]) == []


@pytest.mark.parametrize("digest", ["sha256:0a", f"{DIGEST}0a", "sha1:" + "0a" * 20])
def test_what_is_no_digest_pins_nothing(digest: str) -> None:
    assert len(offences({"org.opencontainers.image.base.name": f"python:3@{digest}"}, [])) == 1
    assert len(offences({}, [{"comment": f"FROM python@{digest}"}])) == 1
