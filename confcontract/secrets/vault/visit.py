"""From references to values: the necessary requests, and the meaning of their answers for each variable.

The plan: log in; find the engines; read stored values, with fallbacks, until all are settled. Secrets that reading
creates are only named, and read when that is requested. One request for each path, whatever the number of keys,
variables and fallbacks.
"""

from __future__ import annotations

from confcontract.secrets.store import Fetched, Lease
from confcontract.secrets.vault.engine_kinds import AS_IT_IS, IDENTITY, KV2, OWN, is_rotated_by_vault
from confcontract.secrets.vault.engines import EngineFinder
from confcontract.secrets.vault.values import certificate_end, lease_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.report.problem import Problem
    from confcontract.secrets.vault.engines import Mounts
    from confcontract.secrets.vault.exchange import Call
    from confcontract.secrets.vault.failure import RequestFailed
    from confcontract.secrets.vault.server import VaultServer
    from confcontract.secrets.vault.session import Session
    from confcontract.secrets.vault.values import Wanted
    from confcontract.secrets.vault.wording import Whereabouts

    Request = tuple[str, int | None, tuple[tuple[str, str], ...]]  # path, version, parameters: one request


class Visit:
    """The requests to a server for one verdict. seconds: the deadline that is reported in messages."""

    def __init__(self, session: Session, server: VaultServer, mounts: Mounts, seconds: float) -> None:
        self.session = session
        self._server = server
        self._mounts = mounts
        self._locator = EngineFinder(session, mounts)
        self._seconds = seconds
        self._fetched = Fetched()
        self._creatable: list[Wanted] = []
        self._answers: dict[Request, Call] = {}
        self._lent: dict[Call, Lease] = {}

    def taken(self) -> Fetched:
        """What was found since the last call."""
        fetched, self._fetched = self._fetched, Fetched()
        return fetched

    def read(self, wanted: Sequence[Wanted]) -> None:
        """Read stored values; what would be created by reading it is only named."""
        self._creatable = self._read_what_lies_there(wanted)
        self._fetched.creatable.update((item.variable, item.text_from_here) for item in self._creatable)

    def create(self, references: Mapping[str, str]) -> None:
        """Create what `read` has named. references: variable → its references; only the variables are used."""
        self._settle([item for item in self._creatable if item.variable in references], create=True)

    def check(self, wanted: Sequence[Wanted]) -> None:
        """Like `read`, but only checks whether secrets could be created."""
        self._ask_permission(self._read_what_lies_there(wanted))

    def _read_what_lies_there(self, wanted: Sequence[Wanted]) -> list[Wanted]:
        failed = self.session.log_in()
        if failed:
            self._login_failed(wanted, failed)
            return []
        return self._settle(wanted, create=False)

    def engines(self, wanted: Sequence[Wanted]) -> dict[str, tuple[str, str, str]]:
        """Path → (mount, path in the mount, engine)."""
        failed = self.session.log_in()
        if failed:
            self._login_failed(wanted, failed)
            return {}
        located = [(item.path, self._found(item)) for item in self._locate(wanted)]
        return {path: found for path, found in located if found is not None}

    def _settle(self, wanted: Sequence[Wanted], *, create: bool) -> list[Wanted]:
        """Read until each variable has a value or a problem. Returns what would be created, unless `create` is true.

        Each round moves variables whose secret is absent to their next reference.
        """
        still_to_do, creatable = list(wanted), []
        while still_to_do:
            located = self._locate(still_to_do)
            creatable += [item for item in located if not create and self._is_created(item)]
            still_to_do = self._read([item for item in located if create or not self._is_created(item)])
        return creatable

    def _is_created(self, item: Wanted) -> bool:
        """True if reading it creates something: engines other than key-value are taken to do so."""
        found = self._found(item)
        return found is not None and found[2] in (AS_IT_IS, IDENTITY)

    def _found(self, item: Wanted) -> tuple[str, str, str] | None:
        """(mount, path in it, engine); for a path that is written, from the server's own answer about it."""
        return self._mounts.told(item.path) if item.reference.parameters else self._mounts.find(item.path)

    def _locate(self, wanted: Sequence[Wanted]) -> list[Wanted]:
        """The variables whose engine is known and suits their reference."""
        from confcontract.secrets.vault import wording

        written = [item.path for item in wanted if item.reference.parameters]
        refused = self._locator.locate([item.path for item in wanted], written)
        located = []
        for item in wanted:
            place = self._whereabouts(item.path)
            place.mount, _, place.engine = self._found(item) or (place.mount, "", place.engine)
            if item.path in refused and self._locator.login_failed:
                self._login_failed([item], self._locator.login_failed)
            elif item.path in refused:
                failed = refused[item.path]
                self._add(item, wording.look_up_failed(item.variable, item.reference, failed, place), failed)
            elif item.reference.version is not None and place.engine != KV2:
                message = f"A version was requested, but the mount {place.mount} keeps none (it is not KV version 2)"
                self._add(item, wording.problem("reference-invalid", item.variable, item.reference, message))
            elif place.engine == OWN or (item.reference.parameters and place.engine != AS_IT_IS):
                self._add(item, wording.not_for_references(item.variable, item.reference, place))
            else:
                located.append(item)
        return located

    def _read(self, wanted: Sequence[Wanted]) -> list[Wanted]:
        """One request for each path, version and set of parameters that was not requested before.

        Returns those that continue with their next reference.
        """
        from confcontract.secrets.vault.api import read
        from confcontract.secrets.vault.exchange import Call

        groups: dict[Request, list[Wanted]] = {}
        for item in wanted:
            groups.setdefault((item.path, item.reference.version, item.reference.parameters), []).append(item)
        fresh = []
        for request in groups:
            path, version, parameters = request
            if request not in self._answers:
                found = self._found(groups[request][0])
                assert found is not None
                attempt = read(self.session.connection, *found, version, dict(parameters))
                fresh.append(Call(path, attempt))
                self._answers[request] = fresh[-1]
        second_login = self.session.ask(fresh)
        self._locator.confirm(fresh)
        for call in fresh:
            lease = lease_of(call.answer or {}, call.about, call.started) or self._end_of(call)
            if lease:
                self._fetched.leases.append(lease)
                self._lent[call] = lease
        again: list[Wanted] = []
        for request, group in groups.items():
            call = self._answers[request]
            if call.failure and second_login:
                self._login_failed(group, second_login)
            else:
                again += [item for item in group if self._take(item, call)]
        return again

    def _take(self, item: Wanted, call: Call) -> bool:
        """Read the item's key from an answer. True if it is absent, and there is another reference to try."""
        from confcontract.contract.envtext import ValueUnusable, to_text
        from confcontract.secrets.vault import wording
        from confcontract.secrets.vault.api import secret_of

        place = self._whereabouts(item.path)
        where, key = place.words(item.reference), item.reference.key
        if call.failure:
            problem = wording.read_failed(item.variable, item.reference, call.failure, place)
            return self._pass_over(item, problem, call) if call.failure.absent else self._add(item, problem, call)
        secret = secret_of(call.answer or {}, place.engine)
        if secret is None:
            message = f"Vault has no data at {where}"
            return self._add(item, wording.problem("vault-path-missing", item.variable, item.reference, message), call)
        if key not in secret:
            message = f"The secret at {where} in Vault has no key {key!r}"
            problem = wording.problem("vault-key-missing", item.variable, item.reference, message)
            return self._pass_over(item, problem, call)
        try:
            text = to_text(secret[key])
            if self._is_created(item) and self.session.is_our_token(text):
                return self._add(item, wording.our_token(item.variable, item.reference, place), call)
            item.found, item.answered_by = True, call.answered_by
            self._fetched.values[item.variable] = text
            self._fetched.references[item.variable] = item.reference.text
            if call.answered_by:
                self._fetched.answered_by[item.variable] = call.answered_by
            lease = self._lent.get(call)
            if lease is not None or (self._is_created(item) and not is_rotated_by_vault(item.path)):
                self._fetched.created[item.variable] = lease
        except ValueUnusable as unusable:
            message = f"The value of key {key!r} at {where} in Vault can't be used: {unusable}"
            self._add(item, wording.problem("vault-value-unusable", item.variable, item.reference, message), call)
        return False

    def _pass_over(self, item: Wanted, problem: Problem, call: Call) -> bool:
        """The secret is absent: use the next reference or a lower source, or report a problem."""
        item.passed = item.passed or self._with_who_answered(problem, call)
        if item.at + 1 < len(item.references):
            item.at += 1
            return True
        if item.optional:
            self._fetched.absent.append(item.variable)
            return False
        from confcontract.secrets.vault.wording import and_no_fallback

        return self._add(item, and_no_fallback(item.passed, item.references[1:]))

    def _ask_permission(self, wanted: Sequence[Wanted]) -> None:
        """Whether secrets that reading creates could be created, by the capabilities of our token."""
        if not wanted:
            return
        from confcontract.secrets.vault import wording
        from confcontract.secrets.vault.api import capabilities, capabilities_of
        from confcontract.secrets.vault.exchange import Call

        paths = sorted({item.path for item in wanted})
        call = Call("the permissions", capabilities(self.session.connection, paths))
        second_login = self.session.ask([call])
        for item in wanted:
            place = self._whereabouts(item.path)
            if call.failure and second_login:
                self._login_failed([item], second_login)
            elif call.failure:
                self._add(item, wording.permissions_denied(item.variable, item.reference, call.failure, place), call)
            elif ("update" if item.reference.parameters else "read") in capabilities_of(call.answer or {}, item.path):
                item.creatable = True
            else:
                self._add(item, wording.not_allowed(item.variable, item.reference, place), call)

    def _login_failed(self, wanted: Sequence[Wanted], failed: RequestFailed) -> None:
        from confcontract.secrets.vault.wording import login_failed

        for item in wanted:
            self._add(item, login_failed(item.variable, item.reference, failed, self._whereabouts(item.path)), failed)

    def _whereabouts(self, path: str) -> Whereabouts:
        from confcontract.secrets.vault.wording import Whereabouts

        place = Whereabouts(
            address=self._server.words(),
            namespace=self._namespace(),
            identity=self.session.identity.words,
            path=path,
            seconds=self._seconds,
        )
        place.answered = self.session.answered
        place.policies = self.session.token.policies if self.session.token else ()
        place.token_is_valid = self.session.token_is_valid
        found = self._mounts.find(path)
        if found:
            place.mount, _, place.engine = found
        return place

    def _namespace(self) -> str:
        """In words: before the first answer it may be a credential in the wrong variable instead of a namespace."""
        if not self._server.namespace:
            return ""
        return f"namespace {self._server.namespace}" if self.session.answered else "the namespace of VAULT_NAMESPACE"

    def _end_of(self, call: Call) -> Lease | None:
        """The expiry of something that was created without a lease."""
        found = self._mounts.find(call.about)
        if found is None or found[2] != AS_IT_IS:
            return None  # the keys of a secret can have any name
        return certificate_end(call.answer or {}, call.about, call.started)

    def _add(self, item: Wanted, problem: Problem, answer: Call | RequestFailed | None = None) -> bool:
        """Add a problem. Always False: there is nothing more to try. answer: the subject of the problem."""
        if answer is not None:
            problem = self._with_who_answered(problem, answer)
        item.problem = problem
        self._fetched.problems.append(problem)
        return False

    def _with_who_answered(self, problem: Problem, answer: Call | RequestFailed) -> Problem:
        """An answer from another server must not look like one from the requested server."""
        if not answer.answered_by:
            return problem
        return problem.but(message=f"{problem.message} ({self._server.origin} redirects to {answer.answered_by})")
