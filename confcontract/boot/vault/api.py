"""The requests to Vault's API that a boot needs, each as one attempt, built by hvac."""

from __future__ import annotations

from confcontract.boot.vault.mounts import KV1, KV2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.boot.vault.connection import Connection


def look_up(to: Connection, path: str) -> Callable[[], Mapping[str, object]]:
    """Ask which engine a path belongs to (GET sys/internal/ui/mounts/PATH, as `bao kv get` does)."""
    from hvac.utils import format_url

    def attempt() -> Any:
        return to.adapter.get(format_url("/v1/sys/internal/ui/mounts/{path}", path=path))

    return attempt


def read(to: Connection, mount: str, path: str, engine: str, version: int | None) -> Callable[[], Mapping[str, object]]:
    """Read a secret. version: of KV version 2, None for the latest."""
    from hvac.utils import format_url

    def attempt() -> Any:
        if engine == KV2:
            return to.client.secrets.kv.v2.read_secret_version(path, version, mount, raise_on_deleted_version=False)
        if engine == KV1:
            return to.client.secrets.kv.v1.read_secret(path, mount)
        return to.adapter.get(format_url("/v1/{mount}/{path}", mount=mount, path=path))

    return attempt


def secret_of(answer: Mapping[str, object], engine: str) -> Mapping[str, object] | None:
    """The keys and values in an answer, or None if it has none."""
    data = answer.get("data")
    if engine == KV2 and isinstance(data, dict):
        data = data.get("data")
    return data if isinstance(data, dict) else None
