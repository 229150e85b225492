"""Kubernetes' own expansion of $(NAME), in `env` and in commands. Not in what comes from a ConfigMap or a Secret."""

from __future__ import annotations


def literal(text: str) -> str:
    """What a text has to be written as, so that it arrives as it is."""
    return text.replace("$", "$$") if "$(" in text or "$$" in text else text
