"""`confcontract boot`: merge, validate, check, hand off. The plan reads in `main`."""

from __future__ import annotations

import gc
import sys
import time

from confcontract.boot.judge import Refused, Resolver
from confcontract.boot.launch import signals
from confcontract.boot.launch.handoff import hand_off
from confcontract.boot.launch.start_command import StartCommand, may_be_refused
from confcontract.boot.messages import Messages
from confcontract.boot.options import MAY_BE_IDLE, Options
from confcontract.boot.parse_options import parse
from confcontract.contract.artifact import Contract
from confcontract.host.sourcefile import give_up_at
from confcontract.report import streams
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.secrets.store import SecretStore
    from confcontract.verdict.resolution import Resolution

AT_LEAST = 0.5  # seconds for checks and messages after the deadline, so that a ready dependency is found ready


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Boot. Returns the exit code of a failed boot or a dry run; a successful boot becomes the command."""
    began = time.monotonic()
    messages = Messages(arguments, environ)
    contract: Contract | None = None
    resolution: Resolution | None = None
    stores: list[SecretStore] = []
    try:
        options = parse(arguments, environ)
        until = began + options.timeout
        streams.give_up_at(until + AT_LEAST)
        _refuse_idle(options, None)
        if options.supervise:
            from confcontract.host.limits import refuse_shortage

            refuse_shortage()
        signals.phase("reading the contract")
        command = StartCommand(options, environ)
        contract = Contract.load(options.contract)
        messages.service = contract.name, contract.version
        _refuse_idle(options, contract)
        if not options.command:
            command.take(_command_of(contract, options))
        give_up_at(until)
        resolver = Resolver(contract, options, environ, stores)
        resolution = resolver.resolve(command.look)
        _warn_of_idle(resolution, options)
        command.look(resolution.environ)
        if may_be_refused(resolution.environ):
            _foresee(resolution, command, options)
        _check(contract, resolution, options, until - time.monotonic())
        if options.dry_run:
            _give_back(stores)
            _foresee(resolution, command, options)
            messages.explained(resolution, until)
            return 0
        if options.supervise:
            from confcontract.boot.supervise.stay import supervise

            return supervise(command.found, resolution, resolver, options, environ, messages)
        delivered = _delivered(resolution, options, environ)
        messages.started(resolution, options.command[0])
        _leave_for_probes(resolution, environ, messages)
        hand_off(command.found, options.command, delivered)
    except Exception as error:
        from confcontract.boot.failed import failed

        _give_back(stores)
        return failed(error, contract, resolution, messages)


def _refuse_idle(options: Options, contract: Contract | None) -> None:
    if not options.given.isdisjoint(MAY_BE_IDLE):
        from confcontract.boot.idle import refuse_idle

        refuse_idle(options, contract)


def _warn_of_idle(resolution: Resolution, options: Options) -> None:
    if options.by_variable:
        from confcontract.boot.idle import idle_variables

        resolution.problems += idle_variables(options, resolution.contract)


def _command_of(contract: Contract, options: Options) -> list[str]:
    """The command of the role, if none was given."""
    command: list[str] = []
    if options.role is not None:
        from confcontract.verdict.roles import find_role

        command = find_role(contract, options.role).get("command", [])
    if not command and not options.dry_run:
        hint = "write it after --: confcontract boot -- COMMAND ARG..., or name a --role that has one"
        raise UsageError(Problem("usage", "there is no command to start", hint=hint))
    return command


def _give_back(stores: list[SecretStore]) -> None:
    """Revoke leases if boot starts nothing."""
    for store in stores:
        signals.run_interruptibly(store.give_back)


def _check(contract: Contract, resolution: Resolution, options: Options, left: float) -> None:
    """Wait for the application's dependencies, for the time that is left.

    Raises Refused, with earlier warnings: exit 69 if a dependency is not ready, 78 for an image that lacks a driver.
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
            progress_to(sys.stderr, options.log_format, (contract.name, contract.version)),
            **secrecy(resolution),
        )
    )
    if problems:
        found = resolution.sources
        for problem in problems:  # a wrong address may be a default that nothing outranks, because of a misspelled name
            source = found.get(problem.variable or "")
            unsaid = problem.source is None and source is not None
            resolution.problems.append(problem.but(source=str(source)) if unsaid else problem)
    if not resolution.ok:
        raise Refused(resolution)


def _foresee(resolution: Resolution, command: StartCommand, options: Options) -> None:
    """Raises the errors of the hand-over before the start is announced."""
    from confcontract.boot.launch.foresee import foresee, in_environment

    foresee(command.path or "", command.words, in_environment(resolution, options.deliver))


def _delivered(resolution: Resolution, options: Options, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the application; secrets that are delivered elsewhere have been delivered."""
    way = options.deliver or resolution.contract.deliver
    if way == "env":
        return resolution.environ
    from confcontract.boot.deliver.ways import delivery

    return delivery(way, options.secrets_dir, environ).environ(resolution)


def _leave_for_probes(resolution: Resolution, environ: Mapping[str, str], messages: Messages) -> None:
    if not resolution.contract.checks and not environ.get("CONFCONTRACT_RUNTIME_DIR"):
        return
    from confcontract.boot.health.left_for_probes import leave_for_probes

    if warning := leave_for_probes(resolution, environ):
        messages.no_probe(warning)
