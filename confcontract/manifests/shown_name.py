"""Shows the name of a variable or of an image in a message. The manifest may have something else in its place."""

from __future__ import annotations

import re

from confcontract.contract.anywhere import without_login

_NAME = re.compile(r"[-._\[\]a-zA-Z0-9]*")


def is_like_a_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name != ""


def shown_name(name: str) -> str:
    """The beginning of the text that is a valid name. The rest may be a value, as in `KEY: value` instead of
    KEY=value."""
    match = _NAME.match(name)
    return name if match is None or match[0] == name else f"{match[0]}…"


def shown_image(image: str) -> str:
    """The image without a possible login, which container runtimes do not accept there."""
    head = "docker:"
    return without_login(f"{head}{image}").removeprefix(head)
