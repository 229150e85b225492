"""A reader of secrets from AWS: references in, values and problems out. See the package for its variables."""

from __future__ import annotations

from confcontract.secrets.aws import configured
from confcontract.secrets.store import GONE, Failure, Fetched
from confcontract.secrets.vault.values import wanted_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from confcontract.report.problem import Problem
    from confcontract.secrets.aws.batches import Name, StoredText
    from confcontract.secrets.aws.clients import Clients
    from confcontract.secrets.store import Lease
    from confcontract.secrets.vault.exchange import Call
    from confcontract.secrets.vault.failure import RequestFailed
    from confcontract.secrets.vault.retry import Deadline
    from confcontract.secrets.vault.values import Wanted
    from confcontract.secrets.waiting import Waiting

DEADLINE_SECONDS = 60.0
_SIDE_BY_SIDE = 8
_ATTEMPT_SECONDS = 10.0


class AwsReader:
    """The `SecretStore` that is AWS Secrets Manager and Parameter Store.

    deadline_seconds: the total for one `read`, including all waits. progress: called on the calling thread with a line
    for a person while something is awaited. log: called there with one record (plain JSON data) for each failed
    attempt. Neither ever gets a secret.

    Nothing is leased: values are static, and a later read may return another one.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        progress: Callable[[str], object] | None = None,
        log: Callable[[dict[str, object]], None] | None = None,
    ) -> None:
        self._environ = environ
        self._deadline_seconds = deadline_seconds
        self._progress = progress
        self._log = log
        self._clients: Clients | None = None  # from a read until `close`

    @property
    def configured(self) -> bool:
        """Whether the environment configures AWS."""
        return configured(self._environ)

    def read(self, references: Mapping[str, str], seconds: float | None = None) -> Fetched:
        """Read what the references name, and nothing else. Never raises because of AWS or the environment.

        seconds: the deadline of this call, if it is not the reader's own.
        """
        return self._read([wanted_of(variable, text) for variable, text in references.items()], seconds)

    def create(self, references: Mapping[str, str]) -> Fetched:
        """Does nothing: AWS creates no secrets on request."""
        return Fetched()

    def check(self, questions: Iterable[tuple[str, str]]) -> list[Wanted]:
        """Like `read`, for several questions about one variable. Returns the result of each, in their order."""
        asked = [wanted_of(variable, text) for variable, text in questions]
        try:
            self._read(asked, None)
        finally:
            self.close()
        return asked

    def close(self) -> None:
        clients, self._clients = self._clients, None
        if clients is not None:
            clients.close()

    @property
    def tokens(self) -> None:
        """None: boto3 renews its credentials itself."""
        return None

    def renew(self, lease: Lease, seconds: float) -> Lease | Failure:
        return Failure(GONE, "AWS has issued no lease")

    def revoke(self, leases: Sequence[Lease], seconds: float) -> list[Lease]:
        return []

    def give_back(self) -> None:
        self.close()

    def _read(self, asked: Sequence[Wanted], seconds: float | None) -> Fetched:
        from confcontract.secrets.aws.clients import NoBoto3

        fetched = Fetched()
        fetched.problems = [item.problem for item in asked if item.problem is not None]
        wanted = [item for item in asked if item.problem is None]
        if not wanted:
            return fetched
        try:
            visit = _AwsVisit(self, fetched, self._deadline_seconds if seconds is None else seconds)
        except NoBoto3:
            from confcontract.secrets.aws.aws_words import no_boto3

            for item in wanted:
                item.problem = no_boto3(item.variable, item.reference)
                fetched.problems.append(item.problem)
            return fetched
        visit.settle(wanted)
        return fetched

    def _opened(self, seconds: float) -> Clients:
        """The clients, created within the deadline. Raises NoBoto3."""
        if self._clients is None:
            from confcontract.secrets.aws.clients import Clients

            self._clients = Clients(self._environ, max(min(_ATTEMPT_SECONDS, seconds), 0.1))
        return self._clients


class _AwsVisit:
    """The requests for one verdict. Raises NoBoto3."""

    def __init__(self, reader: AwsReader, fetched: Fetched, seconds: float) -> None:
        from random import random
        from time import monotonic

        from confcontract.secrets.vault.retry import Deadline

        self._deadline = Deadline(seconds, monotonic, random)
        self._clients = reader._opened(seconds)
        self._fetched = fetched
        self._told = told_of_aws(self._deadline, reader._progress, reader._log)
        self._answers: dict[Name, StoredText | RequestFailed] = {}

    def settle(self, wanted: Sequence[Wanted]) -> None:
        """Each round moves variables whose secret is absent to their next reference."""
        from confcontract.secrets.aws.batches import fetch

        left = list(wanted)
        while left:
            new = [_name_of(item) for item in left if _name_of(item) not in self._answers]
            self._answers.update(fetch(new, self._clients, self._run))
            left = [item for item in left if self._take(item)]

    def _run(self, calls: Sequence[Call]) -> None:
        from confcontract.secrets.vault.exchange import Exchange

        exchange = Exchange(
            self._deadline,
            side_by_side=_SIDE_BY_SIDE,
            attempt_seconds=_ATTEMPT_SECONDS,
            redirected=self._told.redirected,
            failed=self._told.failed,
            waiting=self._told.waiting,
        )
        try:
            exchange.run(calls)
        finally:
            exchange.close()

    def _take(self, item: Wanted) -> bool:
        """True if it is absent, and there is another reference to try."""
        from confcontract.contract.envtext import ValueUnusable, to_text
        from confcontract.secrets.aws import aws_words as words
        from confcontract.secrets.aws.batches import SERVICES, StoredText, region_of

        reference, said = item.reference, self._answers[_name_of(item)]
        if not isinstance(said, StoredText):
            address = self._clients.address(SERVICES[reference.scheme], region_of(reference.mount_path))
            problem = words.failed(item.variable, reference, said, address, self._deadline.seconds)
            return self._pass_over(item, problem) if said.absent else self._add(item, problem)
        try:
            if said.text is None:
                raise ValueUnusable("it is binary; store text, as in base64")
            value: object = said.text
            if reference.key:
                keys = _keys_of(said.text)
                if reference.key not in keys:
                    return self._pass_over(item, words.key_missing(item.variable, reference))
                value = keys[reference.key]
            self._fetched.values[item.variable] = to_text(value)
        except ValueUnusable as unusable:
            return self._add(item, words.unusable(item.variable, reference, str(unusable)))
        self._fetched.references[item.variable] = reference.text
        item.found = True
        return False

    def _pass_over(self, item: Wanted, problem: Problem) -> bool:
        """The secret is absent: use the next reference or a lower source, or report a problem."""
        item.passed = item.passed or problem
        if item.at + 1 < len(item.references):
            item.at += 1
            return True
        if item.optional:
            self._fetched.absent.append(item.variable)
            return False
        from confcontract.secrets.aws.aws_words import and_no_fallback

        return self._add(item, and_no_fallback(item.passed, item.references[1:]))

    def _add(self, item: Wanted, problem: Problem) -> bool:
        item.problem = problem
        self._fetched.problems.append(problem)
        return False


def _name_of(item: Wanted) -> Name:
    return item.reference.scheme, item.reference.mount_path, item.reference.label


def _keys_of(text: str) -> Mapping[str, object]:
    """Raises ValueUnusable, in words that don't show the text."""
    from confcontract.contract.envtext import ValueUnusable
    from confcontract.secrets.vault.values import parse

    try:
        found = parse(text)
    except ValueError:
        raise ValueUnusable("it is not JSON, so it has no keys; leave out #KEY to get the whole secret") from None
    if not isinstance(found, dict):
        raise ValueUnusable("it is not a JSON object, so it has no keys; leave out #KEY to get the whole secret")
    return found


def told_of_aws(
    deadline: Deadline,
    progress: Callable[[str], object] | None,
    log: Callable[[dict[str, object]], None] | None,
) -> Waiting:
    """Output while requests to AWS run. boto3 follows redirects itself and doesn't report them."""
    from confcontract.secrets.waiting import Waiting

    attempt = {"event": "store-attempt-failed", "store": "AWS"}
    return Waiting("AWS", "requests", attempt, deadline, progress, log)
