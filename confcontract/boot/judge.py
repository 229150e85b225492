"""The verdict for a contract and boot's options: once at the start, and again whenever a supervisor needs it."""

from __future__ import annotations

import gc
import os
import sys
import time

from confcontract.boot.launch import hardening, signals
from confcontract.boot.options import secret_dirs
from confcontract.host.sourcefile import PATIENCE, give_up_at
from confcontract.report.errors import ConfcontractError
from confcontract.verdict.resolve import resolve
from confcontract.verdict.validator import prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO, TypeVar

    from confcontract.boot.log import Log
    from confcontract.boot.options import Options
    from confcontract.boot.rotation.lent import Reading
    from confcontract.contract.artifact import Contract
    from confcontract.secrets.store import Fetched, SecretReader, SecretStore
    from confcontract.verdict.resolution import Resolution

    T = TypeVar("T")


class Refused(ConfcontractError):
    """A verdict with errors; the exit code is that of the worst."""

    def __init__(self, resolution: Resolution) -> None:
        super().__init__(*resolution.problems)
        self.exit_code = resolution.exit_code


class _Interruptible:
    """The store during a start: signals interrupt its requests, and it reports what it waits for.

    make: creates the store when it is first needed. is_configured: whether there is one. log: where it reports.
    """

    def __init__(
        self, make: Callable[[], SecretReader], is_configured: Callable[[], bool], log: Callable[[], Log]
    ) -> None:
        self._make = make
        self._is_configured = is_configured
        self._log = log

    @property
    def configured(self) -> bool:
        return self._is_configured()

    def read(self, references: Mapping[str, str]) -> Fetched:
        gc.enable()
        return self._run(lambda: self._make().read(references))

    def create(self, references: Mapping[str, str]) -> Fetched:
        return self._run(lambda: self._make().create(references))

    def close(self) -> None:
        self._run(lambda: self._make().close())

    def _run(self, work: Callable[[], T]) -> T:
        signals.phase("fetching secrets")
        try:
            done = signals.run_interruptibly(work)
        finally:
            self._log().done()
        signals.phase("validating the configuration")
        return done


class Resolver:
    """Computes the verdict, and computes it again while the application runs, from the same files, policies and
    environment.
    """

    def __init__(
        self, contract: Contract, options: Options, environ: Mapping[str, str], stores: list[SecretStore]
    ) -> None:
        """stores: gets the one that is used, if any. Raises ConfigurationInvalid, ContractUnusable."""
        signals.phase("validating the configuration")
        hardening.harden()  # a secret may be anywhere, even in a variable that is not declared as one
        self._contract = contract
        self._options = options
        self._environ = environ
        self._policies = _overlays(options.policy_dir)
        self._stores = stores
        self._waiting: Log | None = None
        self.first: Reading | None = None  # what a store has issued, if a supervisor keeps it
        if options.supervise:
            from confcontract.boot.rotation.lent import Reading

            self.first = Reading(self._store)
        from confcontract.contract.engine import without_re

        with without_re():
            prepare(contract)

    def resolve(self, before_vault: Callable[[Mapping[str, str]], None]) -> Resolution:
        """The verdict at the start. Raises Refused."""
        resolution = self._resolve(_Interruptible(self._first_asked, self._has_store, self._log), before_vault)
        if os.path.lexists(self._options.policy_dir):
            from confcontract.verdict.policy.overlays import passed_over

            resolution.problems.extend(passed_over(self._options.policy_dir))
        if not resolution.ok:
            raise Refused(resolution)
        return resolution

    def _first_asked(self) -> SecretReader:
        return self.first or self._store()

    def _has_store(self) -> bool:
        from confcontract.secrets.known_stores import is_configured

        return is_configured(self._environ)

    def speak_through(self, stream: TextIO) -> None:
        """See `Log`: for output while `again` is used."""
        self._log().speak_through(stream)

    def again(self, vault: Reading) -> Resolution:
        """The verdict at present."""
        give_up_at(time.monotonic() + PATIENCE)
        return self._resolve(vault, None)

    def _log(self) -> Log:
        from confcontract.boot.log import Log

        if self._waiting is None:
            self._waiting = Log(sys.stderr, self._options.log_format, (self._contract.name, self._contract.version))
        return self._waiting

    def _store(self) -> SecretStore:
        """The one that everything is read from."""
        from confcontract.secrets.known_stores import store_for

        if not self._stores:
            log = self._log()
            store = store_for(
                self._environ,
                deadline_seconds=self._options.timeout,
                progress=log.waiting,
                log=log.record,
                keeps_login=self._options.supervise,
            )
            self._stores.append(store)
        return self._stores[0]

    def _resolve(
        self,
        vault: SecretReader,
        before_vault: Callable[[Mapping[str, str]], None] | None,
    ) -> Resolution:
        options = self._options
        return resolve(
            self._contract,
            environ=self._environ,
            env_files=options.env_files,
            conf_dir=options.conf_dir,
            secret_dirs=secret_dirs(options.mounted_secrets),
            conf_files=options.conf_files,
            policies=self._policies,
            role=options.role,
            strict=options.strict,
            vault=vault,
            before_vault=before_vault,
            keep=options.keep,
        )


def _overlays(directory: str) -> list[str]:
    """The organisation's policies. Raises ConfigurationInvalid if they can't be listed."""
    if not os.path.lexists(directory):
        return []  # as a rule
    from confcontract.verdict.policy.overlays import overlays_in

    return overlays_in(directory)
