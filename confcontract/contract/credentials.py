"""Does a text hold a password? Bake asks this about every text that would be readable in the image.

In doubt the answer is no for a word that merely mentions passwords (`max_tokens`), and yes for a URL or a connection
string that carries one. (Masking of *shown* text is wider: verdict/mask.py.)
"""

from __future__ import annotations

_KEYS = r"(?:ssl|db|pg)?pass(?:word|wd|phrase)?|pwd|secret|client_secret|token|access_token|api_?key|auth_token"


def holds_credentials(text: str) -> bool:
    """Whether `text` is, or contains, a URL with a password or a connection string with one."""
    if "@" not in text and "=" not in text:
        return False
    import re

    patterns = (
        # scheme://user:password@host (a Path makes one slash of two); the password may hold anything but blanks
        r"[A-Za-z][A-Za-z0-9+.-]*:/{1,2}[^/?#\s@:]*:[^\s@]+@",
        # user:password@tcp(host:3306)/db
        r"(?:^|[\s\"'=])[^\s:@/\"'=]+:[^\s@/]+@(?:tcp|unix)?\(",
        # key=value DSNs and queries
        rf"(?:^|[?&;,\s])(?:{_KEYS})\s*=\s*[^\s&;,]",
    )
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)
