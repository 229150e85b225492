"""From references to values: which requests are needed, and what their answers mean for each variable."""

from __future__ import annotations

from confcontract.boot.vault.fetched import Fetched, Lease
from confcontract.boot.vault.server import NotConfigured, Server
from confcontract.reference import Reference, ReferenceInvalid, parse_reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from confcontract.boot.vault.exchange import Call
    from confcontract.boot.vault.failure import Failure
    from confcontract.boot.vault.mounts import Mounts
    from confcontract.boot.vault.session import Session, Token
    from confcontract.boot.vault.wording import Place
    from confcontract.problem import Problem

DEADLINE_SECONDS = 60.0


class Wanted:
    """One variable, its reference, and the path it is read from (after moves)."""

    __slots__ = ("path", "reference", "variable")

    def __init__(self, variable: str, reference: Reference) -> None:
        self.variable = variable
        self.reference = reference
        self.path = reference.mount_path


class VaultReader:
    """Fetches secrets from the server that `environ` names; see the package for the variables.

    deadline_seconds: the total for one call, with all waits and logins. progress: called from the calling thread with
    a line for a person while something is awaited. log: called from the calling thread with one record (plain JSON
    data) for each failed attempt. Neither ever gets a secret.

    A reader can be called again: it keeps its token, and logs in anew only when that has expired or is refused.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        progress: Callable[[str], None] | None = None,
        log: Callable[[dict[str, object]], None] | None = None,
    ) -> None:
        self._environ = environ
        self._deadline_seconds = deadline_seconds
        self._progress = progress
        self._log = log
        self._token: Token | None = None
        self._unwrapped: dict[str, str] = {}

    def __call__(self, references: Mapping[str, str]) -> Fetched:
        """Fetch each variable's reference. Never raises for what Vault or the environment does: that is in problems."""
        fetched = Fetched()
        wanted = _parse(references, fetched.problems)
        if wanted:
            try:
                self._fetch(wanted, fetched)
            except NotConfigured as missing:
                from confcontract.boot.vault.wording import not_configured

                fetched.problems += [not_configured(item.variable, item.reference, str(missing)) for item in wanted]
        return fetched

    def _fetch(self, wanted: Sequence[Wanted], fetched: Fetched) -> None:
        from time import monotonic

        from confcontract.boot.vault.mounts import Mounts, Moves
        from confcontract.boot.vault.retry import Deadline

        start = monotonic()
        server, mounts, moves = Server(self._environ), Mounts(self._environ), Moves(self._environ)
        for item in wanted:
            item.path = moves.apply(item.reference.mount_path)
        from random import random

        from confcontract.boot.vault.session import Session

        spent = monotonic() - start
        session = Session(
            self._environ,
            server,
            Deadline(max(self._deadline_seconds - spent, 0.0), monotonic, random),
            token=self._token,
            unwrapped=self._unwrapped,
            progress=self._progress,
            log=self._log,
        )
        try:
            _Visit(session, server, mounts, self._deadline_seconds, fetched).fetch(wanted)
            self._token = session.token
        finally:
            session.close()


class _Visit:
    """One fetch: log in, find the mounts, read the paths, pick the keys. Each step passes on what is still wanted."""

    def __init__(self, session: Session, server: Server, mounts: Mounts, seconds: float, fetched: Fetched) -> None:
        self._session = session
        self._server = server
        self._mounts = mounts
        self._seconds = seconds
        self._fetched = fetched
        self._token_is_valid: bool | None = None

    def fetch(self, wanted: Sequence[Wanted]) -> None:
        failed = self._session.log_in()
        if failed:
            self._login_failed(wanted, failed)
            return
        for group in self._locate(wanted):
            self._read(group)

    def _locate(self, wanted: Sequence[Wanted]) -> list[list[list[Wanted]]]:
        """The wanted whose engine is known, as one batch of requests: a list of variables for each path and version."""
        from confcontract.boot.vault import wording

        refused: dict[str, Failure] = {}
        # At most one round per first segment of depth: each round either learns a mount or gives up on a path.
        while to_ask := self._mounts.to_ask([item.path for item in wanted if item.path not in refused]):
            refused.update(self._ask_mounts(to_ask))
        groups: dict[tuple[str, int | None], list[Wanted]] = {}
        for item in wanted:
            place = self._place(item.path)
            if item.path in refused:
                self._add(wording.look_up_failed(item.variable, item.reference, refused[item.path], place))
            elif item.reference.version is not None and place.engine != "kv2":
                message = f"A version was asked for, but the mount {place.mount} keeps none (it is not KV version 2)"
                self._add(wording.problem("reference-invalid", item.variable, item.reference, message))
            else:
                groups.setdefault((item.path, item.reference.version), []).append(item)
        return [list(groups.values())] if groups else []

    def _ask_mounts(self, paths: Sequence[str]) -> dict[str, Failure]:
        from confcontract.boot.vault import failure
        from confcontract.boot.vault.api import look_up
        from confcontract.boot.vault.exchange import Call

        calls = {path: Call(f"the mount of {path}", look_up(self._session.connection, path)) for path in paths}
        second_login = self._session.ask(list(calls.values()))
        self._look_at_token(calls.values())
        refused = {}
        for path, call in calls.items():
            if second_login and call.failure:
                refused[path] = second_login
            elif call.failure:
                refused[path] = call.failure
            elif not self._mounts.learn(call.answer or {}):
                refused[path] = failure.Failure(failure.FOREIGN, "its answer about a mount is not Vault's")
            elif self._mounts.find(path) is None:
                refused[path] = failure.Failure(failure.MISSING, f"{path} is itself a mount; a path in it is needed")
        return refused

    def _read(self, groups: Sequence[Sequence[Wanted]]) -> None:
        from confcontract.boot.vault.api import read
        from confcontract.boot.vault.exchange import Call

        calls = []
        for group in groups:
            found = self._mounts.find(group[0].path)
            assert found is not None
            calls.append(Call(group[0].path, read(self._session.connection, *found, group[0].reference.version)))
        second_login = self._session.ask(calls)
        self._look_at_token(calls)
        for group, call in zip(groups, calls, strict=True):
            if call.failure and second_login:
                self._login_failed(group, second_login)
            else:
                self._take(group, call)

    def _take(self, group: Sequence[Wanted], call: Call) -> None:
        from confcontract.boot.vault import wording
        from confcontract.boot.vault.api import secret_of

        place = self._place(group[0].path)
        if call.failure:
            for item in group:
                self._add(wording.read_failed(item.variable, item.reference, call.failure, place))
            return
        answer = call.answer or {}
        lease = _lease(answer, place.path)
        if lease:
            self._fetched.leases.append(lease)
        secret = secret_of(answer, place.engine)
        for item in group:
            self._pick(item, secret, place)

    def _pick(self, item: Wanted, secret: Mapping[str, object] | None, place: Place) -> None:
        from confcontract.boot.vault import wording
        from confcontract.boot.vault.values import ValueUnusable, to_text

        where, key = place.words(item.reference), item.reference.key
        if secret is None:
            self._add(
                wording.problem("vault-path-missing", item.variable, item.reference, f"Vault has no data at {where}")
            )
        elif key not in secret:
            message = f"The secret at {where} in Vault has no key {key!r}"
            self._add(wording.problem("vault-key-missing", item.variable, item.reference, message))
        else:
            try:
                self._fetched.values[item.variable] = to_text(secret[key])
            except ValueUnusable as unusable:
                message = f"The value of key {key!r} at {where} in Vault can't be used: {unusable}"
                self._add(wording.problem("vault-value-unusable", item.variable, item.reference, message))

    def _look_at_token(self, calls: Iterable[Call]) -> None:
        """After a denial of a token that was given to us: is it the token, or what it may do? Asked once."""
        denied = any(call.failure is not None and call.failure.status == 403 for call in calls)
        if denied and self._token_is_valid is None and self._session.identity.given:
            self._token_is_valid = self._session.token_is_valid()

    def _login_failed(self, wanted: Sequence[Wanted], failed: Failure) -> None:
        from confcontract.boot.vault.wording import login_failed

        for item in wanted:
            self._add(login_failed(item.variable, item.reference, failed, self._place(item.path)))

    def _place(self, path: str) -> Place:
        from confcontract.boot.vault.wording import Place

        place = Place(
            address=self._server.words(),
            namespace=self._server.namespace,
            identity=self._session.identity.words,
            path=path,
            seconds=self._seconds,
        )
        place.token_is_valid = self._token_is_valid
        found = self._mounts.find(path)
        if found:
            place.mount, _, place.engine = found
        return place

    def _add(self, problem: Problem) -> None:
        self._fetched.problems.append(problem)


def _parse(references: Mapping[str, str], problems: list[Problem]) -> list[Wanted]:
    wanted = []
    for variable, text in references.items():
        try:
            wanted.append(Wanted(variable, parse_reference(text)))
        except ReferenceInvalid as wrong:
            from confcontract.boot.vault.wording import invalid

            problems.append(invalid(variable, str(wrong)))
    return wanted


def _lease(answer: Mapping[str, object], path: str) -> Lease | None:
    from time import monotonic

    from confcontract.boot.vault.session import whole

    identifier = answer.get("lease_id")
    if not isinstance(identifier, str) or not identifier:
        return None
    seconds = float(whole(answer.get("lease_duration")))
    return Lease(identifier, path, seconds, answer.get("renewable") is True, monotonic())
