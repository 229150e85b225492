"""The documentation as one self-contained page, without network or storage: text, style and script in one file."""

from __future__ import annotations

from confcontract.docs.html.document import page

__all__ = ["page"]
