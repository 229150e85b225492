"""The requests to Vault's API that boot needs, each as one attempt. They are those that hvac would send."""

from __future__ import annotations

from confcontract.secrets.vault.engine_kinds import KV1, KV2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from confcontract.secrets.vault.connection import Answer, Connection


def look_up(to: Connection, path: str) -> Callable[[], Mapping[str, object]]:
    """Ask which engine a path belongs to (GET sys/internal/ui/mounts/PATH, as `bao kv get` does)."""
    from urllib.parse import quote

    def attempt() -> Answer:
        return to.adapter.get(f"/v1/sys/internal/ui/mounts/{quote(path)}")

    return attempt


def list_mounts(to: Connection) -> Callable[[], Mapping[str, object]]:
    """The mounts that our token may see. Every token that Vault knows gets an answer."""

    def attempt() -> Answer:
        return to.adapter.get("/v1/sys/internal/ui/mounts")

    return attempt


def read(
    to: Connection, mount: str, path: str, engine: str, version: int | None, parameters: Mapping[str, str]
) -> Callable[[], Mapping[str, object]]:
    """Read a secret. version: of KV version 2, None for the latest. parameters: written to the path."""
    from urllib.parse import quote

    def attempt() -> Answer:
        if engine == KV2:
            asked = "" if version is None else f"?version={version}"
            return to.adapter.get(f"/v1/{quote(mount)}/data/{quote(path)}{asked}")
        address = f"/v1/{quote(mount)}/{quote(path)}"
        written = parameters and engine != KV1
        return to.adapter.put(address, json=parameters) if written else to.adapter.get(address)

    return attempt


def capabilities(to: Connection, paths: Sequence[str]) -> Callable[[], Mapping[str, object]]:
    """Look up what our token may do at each of the paths, without doing it."""

    def attempt() -> Answer:
        return to.adapter.post("/v1/sys/capabilities-self", json={"paths": paths})

    return attempt


def capabilities_of(answer: Mapping[str, object], path: str) -> set[str]:
    """The result of `capabilities` for one path. A root token may do everything; a denied path has no capabilities."""
    data = answer.get("data")
    words = data.get(path) if isinstance(data, dict) else None
    found = {word for word in words if isinstance(word, str)} if isinstance(words, list) else set()
    if "deny" in found:
        return set()
    return found | {"read", "update"} if "root" in found else found | ({"update"} if "create" in found else set())


def revoke_token(to: Connection) -> Callable[[], Mapping[str, object]]:
    """Revoke the token of the request, and every lease that depends on it."""

    def attempt() -> Answer:
        return to.adapter.post("/v1/auth/token/revoke-self", json={})

    return attempt


def renew_lease(to: Connection, identifier: str) -> Callable[[], Mapping[str, object]]:
    """Renew for as long as the engine grants by default."""

    def attempt() -> Answer:
        return to.adapter.put("/v1/sys/leases/renew", json={"lease_id": identifier})

    return attempt


def renew_token(to: Connection) -> Callable[[], Mapping[str, object]]:
    def attempt() -> Answer:
        return to.adapter.post("/v1/auth/token/renew-self", json={})

    return attempt


def look_up_token(to: Connection) -> Callable[[], Mapping[str, object]]:
    def attempt() -> Answer:
        return to.adapter.get("/v1/auth/token/lookup-self")

    return attempt


def revoke_lease(to: Connection, identifier: str) -> Callable[[], Mapping[str, object]]:
    def attempt() -> Answer:
        return to.adapter.put("/v1/sys/leases/revoke", json={"lease_id": identifier})

    return attempt


def secret_of(answer: Mapping[str, object], engine: str) -> Mapping[str, object] | None:
    """The keys and values in an answer, or None if it has none."""
    data = answer.get("data")
    if engine == KV2 and isinstance(data, dict):
        data = data.get("data")
    return data if isinstance(data, dict) else None
