"""What the author's side remembers about a lowered node; never part of a contract."""

from __future__ import annotations

from typing import Any

# The key of the author's notes in a lowered node; no name of a field or of a mapping's key can be this.
REMARKS = "\0remarks"


def remarks(node: dict[str, Any]) -> dict[str, Any]:
    """Those of a node; empty where it has none."""
    found: dict[str, Any] = node.get(REMARKS, {})
    return found


def remarked(node: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The node with more remarks."""
    return {**node, REMARKS: {**remarks(node), **more}}
