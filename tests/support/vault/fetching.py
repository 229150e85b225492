"""A reader that checks after every fetch that nothing of what was said shows a secret."""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import confcontract.secrets.vault.session  # noqa: F401  (takes its time before any deadline of a test begins)
from confcontract.secrets.vault.reader import VaultReader
from tests.support.vault.openbao import PATIENCE

# Part of every token, password and value in these tests. It must never be seen anywhere but in `values`.
CANARY = "canary" + secrets.token_hex(8)


class Visit:
    """What one fetch gave, and all that it said on the way."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.problems: list[Any] = []
        self.leases: list[Any] = []
        self.absent: list[str] = []
        self.references: dict[str, str] = {}
        self.creatable: dict[str, str] = {}  # whether or not it was created
        self.answered_by: dict[str, str] = {}
        self.progress: list[str] = []
        self.log: list[dict[str, object]] = []
        self.records: list[str] = []

    @property
    def codes(self) -> dict[str | None, str]:
        return {problem.variable: problem.code for problem in self.problems}

    @property
    def message(self) -> str:
        """The message of the only problem."""
        assert len(self.problems) == 1, self.problems
        message: str = self.problems[0].message
        return message


def patiently(fetch: Callable[[float], Visit], holds: Callable[[Visit], object]) -> Visit:
    """What a fetch ends with by its deadline, which it is given in seconds.

    A few will do, as a rule; where a busy machine has used them up before there was an answer, it takes more.
    """
    for seconds in (2.0, 10.0):
        visit = fetch(seconds)
        if holds(visit):
            return visit
    return fetch(40.0)


class Fetch:
    """Call it to fetch. A token is put in unless the environment has a VAULT_ or BAO_ credential of its own."""

    def __init__(self, canaries: Callable[[], set[str]]) -> None:
        self._canaries = canaries

    def __call__(
        self,
        environ: Mapping[str, str],
        references: Mapping[str, str],
        *,
        deadline: float = PATIENCE,
        reader: VaultReader | None = None,
        waiting: Callable[[], object] | None = None,
    ) -> Visit:
        """waiting: is called when the first line of progress was told."""
        visit = Visit()
        reader = reader or self.reader(environ, deadline=deadline)

        def progress(line: str) -> None:
            visit.progress.append(line)
            if waiting is not None and len(visit.progress) == 1:
                waiting()

        reader._progress, reader._log = progress, visit.log.append
        with _everything_logged(visit.records):
            try:
                fetched = reader.read(references)
                visit.creatable = fetched.creatable
                if fetched.creatable and not fetched.problems:
                    fetched = fetched.and_also(reader.create(fetched.creatable))
            finally:
                reader.close()
        visit.values, visit.problems, visit.leases = fetched.values, fetched.problems, fetched.leases
        visit.absent, visit.references = fetched.absent, fetched.references
        visit.answered_by = fetched.answered_by
        self.assert_nothing_leaked(visit, repr(fetched), repr(reader), repr(reader._token))
        for problem in visit.problems:
            assert problem.variable in references
            assert problem.variable not in visit.values
        told = [*visit.values, *visit.absent, *{str(problem.variable) for problem in visit.problems}]
        assert sorted([*told, *fetched.creatable]) == sorted(references), "each in exactly one of them"
        return visit

    def reader(self, environ: Mapping[str, str], *, deadline: float = PATIENCE) -> VaultReader:
        return VaultReader(environ, deadline_seconds=deadline)

    def assert_nothing_leaked(self, visit: Visit, *more: str) -> None:
        said = [json.dumps(problem.as_dict()) for problem in visit.problems]
        said += [*visit.progress, *(json.dumps(record) for record in visit.log), *visit.records, *more]
        for canary in self._canaries():
            assert not [text for text in said if canary in text]


class _everything_logged:
    """Collects what anybody logs, at the most talkative level."""

    def __init__(self, records: list[str]) -> None:
        self._records = records

    def __enter__(self) -> None:
        records = self._records

        class Collector(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                records.append(record.getMessage())
                if record.exc_info:
                    records.append("".join(traceback.format_exception(*record.exc_info)))

        self._collector = Collector(level=logging.NOTSET)
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self._collector)
        root.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.removeHandler(self._collector)
        root.setLevel(self._level)
