"""The name of a variable or of an image in a message, where something else may stand in its place."""

from __future__ import annotations

import re

from confcontract.contract.anywhere import without_login

_NAME = re.compile(r"[-._\[\]a-zA-Z0-9]*")


def is_like_a_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name != ""


def shown_name(name: str) -> str:
    """As far as it is one. What follows may be a value, as in `KEY: value` where KEY=value belongs."""
    match = _NAME.match(name)
    return name if match is None or match[0] == name else f"{match[0]}…"


def shown_image(image: str) -> str:
    """Without what may be a login in it, which no container runtime takes there."""
    head = "docker:"
    return without_login(f"{head}{image}").removeprefix(head)
