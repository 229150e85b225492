"""Distributions of Python as installers write them, in files of images and of virtual environments."""

from __future__ import annotations


def metadata(name: str, version: str, *more: str) -> str:
    """The text of METADATA. more: further lines, an empty one before a description."""
    return "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *more, ""])
