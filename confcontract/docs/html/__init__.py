"""The documentation as one page that needs nothing else: no network, no storage; text, style and script in one file."""

from __future__ import annotations

from confcontract.docs.html.document import page

__all__ = ["page"]
