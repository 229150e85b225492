"""What may be said of a variable that should hold a path: the path itself only where something is there.

A credential is easily pasted into VAULT_TOKEN_FILE instead of VAULT_TOKEN, and base64 may begin with a slash. What
names nothing that exists may be one.
"""

from __future__ import annotations

import os

from confcontract.host.folder import at


def shown_path(text: str) -> str | None:
    """The path if it names something that is there, else None."""
    return text if text.isprintable() and os.path.lexists(at(text)) else None


def pointer(variable: str, path: str, kind: str = "file") -> str:
    """How a sentence about a path in a variable begins: "NAME names /run/x, which", or "NAME names a file that".

    Of what does not exist the folder is named, if there is one: that much is a path.
    """
    if shown := shown_path(path):
        return f"{variable} names {shown}, which"
    folder = os.path.dirname(path)
    if len(folder) > 1 and os.path.isabs(folder) and shown_path(folder):
        return f"{variable} names a {kind} in {folder} that"
    return f"{variable} names a {kind} that"
