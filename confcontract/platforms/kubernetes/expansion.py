"""Kubernetes' own expansion of $(NAME), in `env` and in commands. It doesn't apply to values from a ConfigMap or a
Secret.
"""

from __future__ import annotations


def literal(text: str) -> str:
    """The text, escaped so that it arrives unchanged."""
    return text.replace("$", "$$") if "$(" in text or "$$" in text else text
