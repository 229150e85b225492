"""Expands $(NAME) in a value, by Kubernetes' rules: k8s.io/kubernetes, third_party/forked/golang/expansion.

`$$` gives one `$`, so that `$$(NAME)` stays text. An unknown name stays as written. The result of a reference is not
expanded again.
"""

from __future__ import annotations

from collections.abc import Callable


def expand(text: str, look_up: Callable[[str], str | None]) -> str:
    """look_up: returns the value of a name; None if there is none."""
    parts: list[str] = []
    at = 0
    while True:
        dollar = text.find("$", at)
        if dollar < 0 or dollar + 1 == len(text):
            return "".join((*parts, text[at:]))
        parts.append(text[at:dollar])
        follows = text[dollar + 1]
        end = text.find(")", dollar) if follows == "(" else -1
        if end > 0:
            name = text[dollar + 2 : end]
            value = look_up(name)
            parts.append(text[dollar : end + 1] if value is None else value)
            at = end + 1
        else:
            parts.append("$" if follows == "$" else "$" + follows)
            at = dollar + 2
