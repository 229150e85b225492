"""How to describe a variable that should hold a path: the path itself is shown only if it exists.

A credential is easily pasted into VAULT_TOKEN_FILE instead of VAULT_TOKEN, and base64 may begin with a slash. So a path
that does not exist may be a credential.
"""

from __future__ import annotations

import os

from confcontract.host.folder import at


def shown_path(text: str) -> str | None:
    """The path if it exists, else None."""
    return text if text.isprintable() and os.path.lexists(at(text)) else None


def pointer(variable: str, path: str, kind: str = "file") -> str:
    """The beginning of a sentence about a path in a variable: "NAME names /run/x, which", or "NAME names a file that".

    If the path does not exist but its folder does, the folder is named: that part certainly is a path.
    """
    if shown := shown_path(path):
        return f"{variable} names {shown}, which"
    folder = os.path.dirname(path)
    if len(folder) > 1 and os.path.isabs(folder) and shown_path(folder):
        return f"{variable} names a {kind} in {folder} that"
    return f"{variable} names a {kind} that"
