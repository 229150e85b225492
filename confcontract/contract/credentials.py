"""Does a text hold a password? Asked at bake, of all that would be readable in the image.

It errs towards no where a word merely mentions passwords (`max_tokens`), and towards yes where a URL
or a connection string carries one. (What is *shown* is masked more widely: verdict/mask.py.)
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
