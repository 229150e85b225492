"""KV version 2 of Vault or OpenBao as a target: with check-and-set, so that no concurrent write is lost."""

from __future__ import annotations

from confcontract.secrets.seeding.target import Held
from confcontract.secrets.vault.engine_kinds import KV2
from confcontract.secrets.vault.engines import EngineFinder, Mounts, Moves
from confcontract.secrets.vault.exchange import Call
from confcontract.secrets.vault.failure import REJECTED, RequestFailed
from confcontract.secrets.vault.server import VaultServer
from confcontract.secrets.vault.values import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from confcontract.secrets.vault.session import Session


class VaultTarget:
    """The server that `environ` names. Raises NotConfigured. seconds: for all reads and writes."""

    def __init__(
        self,
        environ: Mapping[str, str],
        seconds: float,
        progress: Callable[[str], object] | None = None,
        log: Callable[[dict[str, object]], None] | None = None,
    ) -> None:
        from random import random
        from time import monotonic

        from confcontract.secrets.vault.retry import Deadline
        from confcontract.secrets.vault.session import Session

        self._mounts, self._moves = Mounts(environ), Moves(environ)
        self._session: Session = Session(
            environ,
            VaultServer(environ),
            Deadline(seconds, monotonic, random),
            token=None,
            unwrapped={},
            progress=progress,
            log=log,
        )

    def look(self, names: Sequence[str]) -> dict[str, Held | RequestFailed]:
        from confcontract.secrets.vault.api import read

        denied = self._session.log_in()
        if denied is not None:
            return dict.fromkeys(names, denied)
        paths = {name: self._moves.apply(name) for name in names}
        refused = EngineFinder(self._session, self._mounts).locate(list(paths.values()))
        found: dict[str, Held | RequestFailed] = {}
        calls: dict[str, Call] = {}
        for name, path in paths.items():
            located = self._mounts.find(path)
            if path in refused or located is None:
                found[name] = refused.get(path) or RequestFailed(REJECTED, "its secrets engine is unknown")
            elif located[2] != KV2:
                found[name] = RequestFailed(
                    REJECTED, f"the mount {located[0]} is not KV version 2, and confcontract writes to no other kind"
                )
            else:
                calls[name] = Call(path, read(self._session.connection, *located, None, {}))
        failed = self._session.ask(list(calls.values())) if calls else None
        for name, call in calls.items():
            found[name] = failed if failed is not None and call.failure else _held(call)
        return found

    def write(self, name: str, held: Held, changes: Mapping[str, str]) -> RequestFailed | None:
        from urllib.parse import quote

        mount, path, _ = self._mounts.find(self._moves.apply(name)) or ("", name, "")
        try:
            data = {key: _as_stored(value) for key, value in (held.keys or {}).items()} | dict(changes)
        except ValueError:
            return RequestFailed(REJECTED, "it has a number that would not keep its exact form")
        body = {"options": {"cas": int(held.version)}, "data": data}
        adapter = self._session.connection.adapter
        call = Call(name, lambda: adapter.post(f"/v1/{quote(mount)}/data/{quote(path)}", json=body))
        return self._session.ask([call]) or call.failure

    def close(self) -> None:
        try:
            if self._session.token is not None and self._session.token.revocable:
                self._session.revoke_token()
        finally:
            self._session.close()


def _held(call: Call) -> Held | RequestFailed:
    if call.failure is not None:
        if not call.failure.absent:
            return call.failure
        return Held(str(whole((call.failure.body or {}).get("version"))))
    data: Any = (call.answer or {}).get("data")
    keys, about = data.get("data"), data.get("metadata")
    return Held(str(whole(about.get("version"))), keys if isinstance(keys, dict) else None)


def _as_stored(value: object) -> object:
    """A value for JSON, with numbers as numbers again. Raises ValueError for a number that would change."""
    from decimal import Decimal

    from confcontract.contract.envtext import Number

    if isinstance(value, Number):
        if value.lstrip("-").isdigit():
            return int(value)
        if Decimal(value) != Decimal(repr(float(value))):
            raise ValueError
        return float(value)
    if isinstance(value, dict):
        return {key: _as_stored(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_stored(inner) for inner in value]
    return value
