"""The faulty line of an env file, as far as it may be shown."""

from __future__ import annotations

from confcontract.report.excerpt import Excerpt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.verdict.sources.origin import Source


def with_value(source: Source, value: str) -> Excerpt | None:
    """With the value marked; None if the line spells it differently. Any text after it, such as a comment, is left out.
    value: one that may be shown completely."""
    name, equals, right = source.line_text.lstrip().partition("=")
    at = right.find(value)
    quote = right[:at].strip()
    if not equals or at < 0 or quote not in ("", "'", '"'):
        return None
    end = at + len(value)
    closing = quote if quote and right.startswith(quote, end) else ""
    text = f"{name}={right[:end]}{closing}"
    return Excerpt(source.place, source.line, text, len(name) + 1 + at, len(value))


def with_name(source: Source, name: str) -> Excerpt | None:
    """With the name marked, and without the value: the value is unknown, so it may be a secret."""
    before, equals, _ = source.line_text.strip().partition("=")
    before = before.rstrip()
    if not equals or not before.endswith(name):
        return None
    return Excerpt(source.place, source.line, f"{before}=...", len(before) - len(name), len(name))
