"""Remarks on a lowered node for the author's side; never part of a contract."""

from __future__ import annotations

from typing import Any

# The key of the remarks in a lowered node; no field and no key of a mapping can have this name.
REMARKS = "\0remarks"


def remarks(node: dict[str, Any]) -> dict[str, Any]:
    """The remarks of a node; empty if it has none."""
    found: dict[str, Any] = node.get(REMARKS, {})
    return found


def remarked(node: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The node with more remarks."""
    return {**node, REMARKS: {**remarks(node), **more}}
