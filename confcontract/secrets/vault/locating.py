"""Which engine each path belongs to: by CONFCONTRACT_VAULT_KV_VERSION, else by the server's word."""

from __future__ import annotations

from confcontract.secrets.vault import failure
from confcontract.secrets.vault.api import look_up
from confcontract.secrets.vault.exchange import Call
from confcontract.secrets.vault.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.secrets.vault.mounts import Mounts
    from confcontract.secrets.vault.session import Session

_NO_API = "it has no Vault API at this address (404 for sys/internal/ui/mounts); is the path in VAULT_ADDR right?"


class Locator:
    """login_failed: why the second login failed that a denied look-up asked for."""

    def __init__(self, session: Session, mounts: Mounts) -> None:
        self._session = session
        self._mounts = mounts
        self.login_failed: Failure | None = None

    def locate(self, paths: Sequence[str], written: Sequence[str] = ()) -> dict[str, Failure]:
        """Have `mounts` know the engine of each path. Returns the paths for which it does not, and why.

        written: those of the paths that are written to; of each of these the server itself must have said it.
        """
        refused: dict[str, Failure] = {}
        # At most one round per first segment of depth: each round either learns a mount or gives up on a path.
        while to_ask := self._mounts.to_ask([path for path in paths if path not in refused]):
            self._learn(to_ask, refused)
        untold = [path for path in dict.fromkeys(written) if path not in refused and self._mounts.told(path) is None]
        self._learn(untold, refused)
        return refused

    def _learn(self, to_ask: Sequence[str], refused: dict[str, Failure]) -> None:
        for path, call in self._look_up(to_ask).items():
            if self.login_failed and call.failure:
                refused[path] = self.login_failed
            elif call.failure and call.failure.absent:
                refused[path] = Failure(failure.FOREIGN, _NO_API, answered_by=call.answered_by)
            elif call.failure:
                refused[path] = call.failure
            elif not self._mounts.learn(path, call.answer or {}):
                words = "its answer about a mount is not Vault's"
                refused[path] = Failure(failure.FOREIGN, words, answered_by=call.answered_by)
            elif self._mounts.told(path) is None:
                refused[path] = Failure(failure.MISSING, failure.ONLY_A_MOUNT, answered_by=call.answered_by)

    def confirm(self, calls: Sequence[Call]) -> None:
        """What seems to be absent may only have been asked for as the wrong engine, or at the wrong place: an optional
        secret must not be passed over for that. So the server is asked after all; if it doesn't say, the operator's
        word counts."""
        absent = [call for call in calls if call.failure and call.failure.absent]
        doubtful = [call for call in absent if self._mounts.is_assumed(call.about)]
        looked_up = self._look_up([call.about for call in doubtful])
        for call in doubtful:
            answer = looked_up[call.about]
            if answer.failure is None:
                words = self._mounts.contradiction(call.about, answer.answer or {})
                if words:
                    call.failure = Failure(failure.OVERRIDE, words, answered_by=answer.answered_by)
            elif answer.failure.absent:
                call.failure = Failure(failure.FOREIGN, _NO_API, answered_by=answer.answered_by)

    def _look_up(self, paths: Sequence[str]) -> dict[str, Call]:
        calls = {path: Call(f"the mount of {path}", look_up(self._session.connection, path)) for path in paths}
        if calls:
            self.login_failed = self._session.ask(list(calls.values()))
        return calls
