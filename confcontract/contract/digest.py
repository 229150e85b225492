"""The canonical form of a contract, and the digest over it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_LARGE = 500_000  # bytes; above this, OpenSSL's speed is worth its 2 ms and 2 MB


def canonical(data: Mapping[str, Any]) -> bytes:
    """Sorted keys, no white space, UTF-8, one trailing newline: the same data gives the same bytes."""
    import json

    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def digest_of(data: Mapping[str, Any]) -> str:
    """sha256 over the canonical form without provenance (and without the digest itself)."""
    return sha256(canonical({key: value for key, value in data.items() if key not in ("digest", "provenance")}))


def sha256(*parts: bytes | memoryview) -> str:
    """The import of `hashlib` itself loads OpenSSL and takes 3 ms."""
    whole: Any
    try:
        if sum(map(len, parts)) > _LARGE:
            import _hashlib

            whole = _hashlib.openssl_sha256()
        elif sys.version_info >= (3, 12):
            import _sha2

            whole = _sha2.sha256()
        else:
            import _sha256  # type: ignore[import-not-found]

            whole = _sha256.sha256()
    except ImportError:  # this Python was built without it
        import hashlib

        whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return "sha256:" + str(whole.hexdigest())
