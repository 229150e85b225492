"""AWS Secrets Manager as a target.

A new secret is created, which fails if it exists by then. A new value first becomes a separate version, and then the
current one, in one step that fails if the current version has changed since it was read. Each write has its own token
(ClientRequestToken), so that a write whose answer was lost is not repeated.
"""

from __future__ import annotations

from confcontract.secrets.aws.batches import region_of
from confcontract.secrets.aws.clients import Clients
from confcontract.secrets.seeding.target import Held
from confcontract.secrets.vault.exchange import Call, Exchange
from confcontract.secrets.vault.failure import REJECTED, RequestFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

_ATTEMPT_SECONDS = 10.0
_SIDE_BY_SIDE = 8
_SERVICE = "secretsmanager"
_STAGE = "CONFCONTRACT"  # of a version that is about to be the current one


class AwsTarget:
    """Raises NoBoto3. seconds: for each of `look` and `write`."""

    def __init__(
        self,
        environ: Mapping[str, str],
        seconds: float,
        progress: Callable[[str], object] | None = None,
        log: Callable[[dict[str, object]], None] | None = None,
    ) -> None:
        self._clients = Clients(environ, min(_ATTEMPT_SECONDS, seconds))
        self._seconds = seconds
        self._progress = progress
        self._log = log

    def look(self, names: Sequence[str]) -> dict[str, Held | RequestFailed]:
        current = {"VersionStage": "AWSCURRENT"}
        calls = {name: self._call(name, "get_secret_value", {"SecretId": name, **current}) for name in names}
        self._run(list(calls.values()))
        return {name: _held(call) for name, call in calls.items()}

    def write(self, name: str, held: Held, changes: Mapping[str, str]) -> RequestFailed | None:
        from uuid import uuid4

        from confcontract.contract.envtext import to_text

        if "" in changes:
            text = changes[""]
        elif held.text is not None and held.keys is None:
            return RequestFailed(REJECTED, "it is not a JSON object, and has no keys")
        else:
            text = to_text({**(held.keys or {}), **changes})
        value = {"SecretString": text, "ClientRequestToken": str(uuid4())}
        if held.is_absent:
            return self._done(name, "create_secret", {"Name": name, **value})
        staged = {"SecretId": name, **value, "VersionStages": [_STAGE]}
        current = {
            "SecretId": name,
            "VersionStage": "AWSCURRENT",
            "MoveToVersionId": value["ClientRequestToken"],
            "RemoveFromVersionId": held.version,
        }
        return self._done(name, "put_secret_value", staged) or self._done(name, "update_secret_version_stage", current)

    def close(self) -> None:
        self._clients.close()

    def _done(self, name: str, operation: str, parameters: dict[str, Any]) -> RequestFailed | None:
        call = self._call(name, operation, parameters)
        self._run([call])
        return call.failure

    def _call(self, name: str, operation: str, parameters: dict[str, Any]) -> Call:
        region = region_of(name)
        return Call(name, lambda: self._clients.request(_SERVICE, region, operation, parameters))

    def _run(self, calls: Sequence[Call]) -> None:
        from random import random
        from time import monotonic

        from confcontract.secrets.aws.aws_reader import told_of_aws
        from confcontract.secrets.vault.retry import Deadline

        deadline = Deadline(self._seconds, monotonic, random)
        telling = told_of_aws(deadline, self._progress, self._log)
        exchange = Exchange(
            deadline,
            side_by_side=_SIDE_BY_SIDE,
            attempt_seconds=_ATTEMPT_SECONDS,
            redirected=telling.redirected,
            failed=telling.failed,
            waiting=telling.waiting,
        )
        try:
            exchange.run(calls)
        finally:
            exchange.close()


def _held(call: Call) -> Held | RequestFailed:
    from confcontract.secrets.aws.causes import DELETED
    from confcontract.secrets.vault.values import parse

    if call.failure is not None:
        return Held("") if call.failure.absent and call.failure.kind != DELETED else call.failure
    answer: Any = call.answer or {}
    text = answer.get("SecretString")
    if text is None:
        return RequestFailed(REJECTED, "it is binary")
    try:
        keys = parse(text)
    except ValueError:
        keys = None
    return Held(str(answer.get("VersionId")), keys if isinstance(keys, dict) else None, text)
