"""`confcontract boot`: merge, validate, check, hand off. The plan reads in `main`."""

from __future__ import annotations

import gc
import os
import sys
import time

from confcontract.boot.judge import Refused, Resolver
from confcontract.boot.launch import signals
from confcontract.boot.launch.command import find_command, may_be_refused
from confcontract.boot.launch.handoff import hand_off
from confcontract.boot.options import MAY_BE_IDLE, VARIABLES, Options, parse, wants_json
from confcontract.contract.artifact import Contract
from confcontract.host.sourcefile import give_up_at
from confcontract.report import streams
from confcontract.report.errors import ConfcontractError, UsageError
from confcontract.report.problem import ERROR, INFO, WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.boot.log import Log
    from confcontract.secrets.vault.reader import VaultReader
    from confcontract.verdict.resolution import Resolution

TERMINATION_LOG = "/dev/termination-log"
AT_LEAST = 0.5  # seconds for checks, and for messages, when the time is used up: what is ready is found ready


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Boot. Returns the exit code of a boot that failed or was dry; one that succeeds becomes the command."""
    began = time.monotonic()
    contract = None
    log_format = "json" if wants_json(arguments, environ) else "text"
    readers: list[VaultReader] = []
    resolution: Resolution | None = None
    try:
        options = parse(arguments, environ)
        streams.give_up_at(began + options.timeout + AT_LEAST)
        _refuse_idle(options, None)
        if options.supervise:
            from confcontract.host.limits import refuse_shortage

            refuse_shortage()
        signals.phase("reading the contract")
        command = Command(options, environ)
        contract = Contract.load(options.contract)
        _refuse_idle(options, contract)
        command.take(options.command or _command_of(contract, options))
        give_up_at(began + options.timeout)
        resolver = Resolver(contract, options, environ, readers)
        resolution = resolver.resolve(command.look)
        _warn_of_idle(resolution, options, environ)
        command.look(resolution.environ)
        if may_be_refused(resolution.environ):
            _foresee(resolution, command, options)
        _check(contract, resolution, options, began + options.timeout - time.monotonic())
        if options.dry_run:
            _give_back(readers)
            return _explain(resolution, command, options, environ, began + options.timeout)
        if options.supervise:
            from confcontract.boot.supervise.run import supervise

            ready = resolution

            def announce() -> None:
                _announce(ready, options, environ)

            return supervise(command.found, resolution, resolver, options, environ, announce)
        delivered = _delivered(resolution, options, environ)
        _announce(resolution, options, environ)
        _leave_for_probes(resolution, options, environ)
        hand_off(command.found, options.command, delivered)
    except ConfcontractError as error:
        _give_back(readers)
        return _failed(_with_warnings(error, resolution), contract, environ, log_format)
    except Exception as error:
        _give_back(readers)
        return _failed(_defect(error, contract, environ, log_format), contract, environ, log_format)


class Command:
    """The command to start, looked up as soon as its PATH is known, and before any secret is fetched."""

    __slots__ = ("_environ", "_options", "path")

    def __init__(self, options: Options, environ: Mapping[str, str]) -> None:
        """Raises CommandNotFound or CommandNotExecutable, as the methods below do."""
        self._options = options
        self._environ = environ
        self.path: str | None = None
        self.take(options.command)

    def take(self, command: list[str]) -> None:
        """The command, once it is known. PATH may yet come from an env file if the environment has none."""
        options = self._options
        options.command = command
        files = options.env_files or os.path.isdir(options.conf_dir)
        if options.command and ("/" in options.command[0] or "PATH" in self._environ or not files):
            self.look(self._environ)

    @property
    def words(self) -> list[str]:
        return self._options.command

    @property
    def found(self) -> str:
        """Its path. Raises UsageError if there is no command."""
        if self.path is None:
            raise UsageError(Problem("usage", "there is no command to start", hint="write it after --"))
        return self.path

    def look(self, environ: Mapping[str, str]) -> None:
        """environ: with all that env files say."""
        if self.path is None and self._options.command:
            self.path = find_command(self._options.command, environ)


def _refuse_idle(options: Options, contract: Contract | None) -> None:
    if not options.given.isdisjoint(MAY_BE_IDLE):
        from confcontract.boot.idle import refuse_idle

        refuse_idle(options, contract)


def _warn_of_idle(resolution: Resolution, options: Options, environ: Mapping[str, str]) -> None:
    if not environ.keys().isdisjoint(VARIABLES):
        from confcontract.boot.idle import idle_variables

        resolution.problems += idle_variables(options, resolution.contract, environ)


def _defect(
    error: Exception, contract: Contract | None, environ: Mapping[str, str], log_format: str
) -> ConfcontractError:
    """What should not happen: a limit, a package that is missing, a damaged contract, or else a defect of ours."""
    from confcontract.host.installed import unusable
    from confcontract.host.limits import reached
    from confcontract.report.errors import Bug, LimitReached
    from confcontract.report.failure import internal_error

    if limit := reached(error):
        return LimitReached(limit)
    if refused := unusable(error):
        return refused
    if contract is not None:
        from confcontract.contract.damage import refuse_damaged

        try:
            refuse_damaged(contract, thorough=True)
        except ConfcontractError as damaged:
            return damaged
    if log_format != "json":
        sys.stderr.write(internal_error(error, environ))
    return Bug(Problem("internal", f"a defect in confcontract: {type(error).__name__}"))


def _command_of(contract: Contract, options: Options) -> list[str]:
    """The command of the role, where none was given."""
    command: list[str] = []
    if options.role is not None:
        from confcontract.verdict.roles import find_role

        command = find_role(contract, options.role).get("command", [])
    if not command and not options.dry_run:
        hint = "write it after --: confcontract boot -- COMMAND ARG..., or name a --role that has one"
        raise UsageError(Problem("usage", "there is no command to start", hint=hint))
    return command


def _give_back(readers: list[VaultReader]) -> None:
    """What Vault has lent to a boot that starts nothing is of no use to anybody."""
    for reader in readers:
        signals.run_interruptibly(reader.give_back)


def _check(contract: Contract, resolution: Resolution, options: Options, left: float) -> None:
    """Wait for what the application depends on, as long as the time that is left.

    Raises Refused, with all else that is worth a word: exit 69 where a dependency is not ready, 78 for an image that
    lacks a driver.
    """
    checks = contract.checks
    if not checks:
        return
    gc.enable()
    from confcontract.boot.checks.progress import progress_to
    from confcontract.boot.checks.run import run_checks
    from confcontract.boot.checks.secrecy import secrecy

    signals.phase("waiting for dependencies")
    problems = signals.run_interruptibly(
        lambda: run_checks(
            checks,
            resolution.environ,
            resolution.values,
            max(left, AT_LEAST),
            progress_to(sys.stderr, options.log_format),
            **secrecy(resolution),
        )
    )
    if problems:
        found = resolution.sources
        for problem in problems:  # a wrong address may be a default that nothing outranks, as a name is misspelt
            source = found.get(problem.variable or "")
            unsaid = problem.source is None and source is not None
            resolution.problems.append(problem.but(source=str(source)) if unsaid else problem)
    if not resolution.ok:
        raise Refused(resolution)


def _foresee(resolution: Resolution, command: Command, options: Options) -> None:
    """Raises what the hand-over would, before it is announced."""
    from confcontract.boot.launch.foresee import foresee, in_environment

    foresee(command.path or "", command.words, in_environment(resolution, options.deliver))


def _log(log_format: str) -> Log:
    from confcontract.boot.log import Log

    return Log(sys.stderr, log_format)


def _explain(
    resolution: Resolution, command: Command, options: Options, environ: Mapping[str, str], until: float
) -> int:
    from confcontract.verdict.explain import rows, show

    _foresee(resolution, command, options)
    stdout: Any = streams.Bounded(sys.stdout, until)
    show(rows(resolution), options.log_format, stdout, environ)
    if options.log_format == "json":
        _log("json").problems(resolution.problems)
        return 0
    if resolution.problems:
        from confcontract.report.formats import print_problems

        print_problems(resolution.problems, sys.stderr, environ=environ)
    return 0


def _announce(resolution: Resolution, options: Options, environ: Mapping[str, str]) -> None:
    """Warnings, and one line that says what is started. Notes are for those who ask (--dry-run, validate)."""
    contract = resolution.contract
    warnings = [problem for problem in resolution.problems if problem.severity not in (ERROR, INFO)]
    if options.log_format == "json":
        _log("json").started(resolution, options.command[0], warnings)
        return
    if warnings:
        from confcontract.report.formats import print_problems

        print_problems(warnings, sys.stderr, environ=environ)
    from confcontract.report.terminal import harmless, printable
    from confcontract.verdict.problems.warnings import verdict

    what = f"{verdict(resolution)}; starting {options.command[0]}"
    sys.stderr.write(harmless(printable(f"confcontract: {contract.name} {contract.version}: {what}")) + "\n")


def _delivered(resolution: Resolution, options: Options, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the application; where its secrets go elsewhere, they are there now."""
    way = options.deliver or resolution.contract.deliver
    if way == "env":
        return resolution.environ
    from confcontract.boot.deliver.ways import delivery

    return delivery(way, options.secrets_dir, environ).environ(resolution)


def _leave_for_probes(resolution: Resolution, options: Options, environ: Mapping[str, str]) -> None:
    if not resolution.contract.checks and not environ.get("CONFCONTRACT_RUNTIME_DIR"):
        return
    from confcontract.boot.health.state import leave_for_probes

    if warning := leave_for_probes(resolution, environ):
        _log(options.log_format).record({"event": "no-probe", "level": "warning", "reason": warning})


def _with_warnings(error: ConfcontractError, resolution: Resolution | None) -> ConfcontractError:
    """What ended a boot, with what was worth a word before: a misspelt name may be the reason."""
    if resolution is not None:
        said = {id(problem) for problem in error.problems}
        warnings = [each for each in resolution.problems if each.severity == WARNING and id(each) not in said]
        error.problems = (*error.problems, *warnings)
    return error


def _failed(error: ConfcontractError, contract: Contract | None, environ: Mapping[str, str], log_format: str) -> int:
    """The report, then one JSON line with the reason, here and where Kubernetes looks for it."""
    from confcontract.report.failure import failure_line
    from confcontract.report.formats import print_problems

    # what the application would have checked is of no interest where it isn't started
    problems = [problem for problem in error.problems if problem.code != "check-deferred"]
    if log_format == "json":
        _log("json").problems(problems)
    else:
        subject = f"confcontract: {contract.name} {contract.version}: " if contract else "confcontract: "
        title = subject + "boot failed"
        print_problems(problems, sys.stderr, title=title, environ=environ)
    line = failure_line(error.problems, error.exit_code, (contract.name, contract.version) if contract else None) + "\n"
    sys.stderr.write(line)
    _leave_message(line)
    return error.exit_code


def _leave_message(line: str) -> None:
    """Kubernetes shows /dev/termination-log as the container's last word; elsewhere it doesn't exist."""
    try:
        descriptor = os.open(TERMINATION_LOG, os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return  # not Kubernetes, or a link
    try:
        found = os.fstat(descriptor)
        if found.st_mode & 0o170000 == 0o100000 and found.st_nlink <= 1:  # the file that was mounted there
            os.ftruncate(descriptor, 0)
            os.write(descriptor, line.encode())
    except OSError:
        return  # the same line is on stderr
    finally:
        os.close(descriptor)
