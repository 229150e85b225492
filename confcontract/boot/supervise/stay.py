"""What surrounds the running application: its health, its secrets, and the loop that is its parent."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, cast

from confcontract.boot.checks.plan import plans
from confcontract.boot.checks.run import run_checks
from confcontract.boot.checks.secrecy import secrecy
from confcontract.boot.checks.settings import Settings
from confcontract.boot.deliver.ways import Environment, delivery
from confcontract.boot.health.health import APPLICATION, Health
from confcontract.boot.health.metrics import Metrics
from confcontract.boot.health.serving import NotServed, Server
from confcontract.boot.health.statuses import DOWN, UP
from confcontract.boot.launch import signals
from confcontract.boot.log import Log
from confcontract.boot.rotation.change import RESTART, Undone
from confcontract.boot.rotation.state import problem_words
from confcontract.boot.supervise import supervisor as states
from confcontract.boot.supervise.stderr import Stderr
from confcontract.boot.supervise.supervisor import Supervisor
from confcontract.host.folder import leave

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from confcontract.boot.checks.plan import Plan
    from confcontract.boot.deliver.ways import Delivery, NewSecrets
    from confcontract.boot.judge import Resolver
    from confcontract.boot.messages import Messages
    from confcontract.boot.options import Options
    from confcontract.boot.rotation.change import Change
    from confcontract.boot.rotation.rotation import Rotation
    from confcontract.report.errors import ConfcontractError
    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution

VERIFY_SECONDS = 10.0  # for what depends on a new value, before the application gets it

_WORDS = {
    states.RUNNING: "",
    states.RESTARTING: "it is being restarted",
    states.STOPPING: "it was stopped",
    states.ENDED: "it has ended",
}


def supervise(
    path: str,
    resolution: Resolution,
    resolver: Resolver,
    options: Options,
    environ: Mapping[str, str],
    messages: Messages,
) -> int:
    """Run the application to its end. Returns its exit code, 128+n after signal n.

    resolver: computed the resolution, and can compute another. Raises ConfcontractError if it can't be started, or an
    address or a place for secrets can't be used.
    """
    signals.phase("starting the application")
    run = _Run(path, resolution, options)
    gc.enable()
    gc.collect()
    try:
        run.rotate(resolver, resolution)
        run.deliver(environ)
        run.listen(environ)
        messages.started(resolution, options.command[0])
        return run.to_its_end(resolution)
    finally:
        run.clear()


class _Run:
    def __init__(self, path: str, resolution: Resolution, options: Options) -> None:
        contract = resolution.contract
        self._supervisor = Supervisor(
            path,
            options.command,
            grace_seconds=options.grace,
            state=self._note,
            refused=self._refused,
            failed=self._failed,
        )
        self._supervisor.take_signals()  # from now on there is something to clean up
        self._path = path
        self._options = options
        self._way = options.deliver or contract.deliver
        self._delivered: Delivery = Environment()
        self._stderr = cast("TextIO", Stderr(sys.stderr.fileno()))
        self._log = Log(sys.stderr, options.log_format, (contract.name, contract.version))
        self._log.speak_through(self._stderr)
        self._metrics = Metrics()
        for reason in ("changed", "undone"):
            self._metrics.count("confcontract_app_restarts_total", 0, reason=reason)
        self._metrics.set("confcontract_info", 1, name=contract.name, version=contract.version, digest=contract.digest)
        self._health = Health(_plans(resolution), said=self._say, metrics=self._metrics)
        self._servers: list[Server] = []
        self._rotation: Rotation | None = None
        self._state = states.STARTING

    def listen(self, environ: Mapping[str, str]) -> None:
        """Begin to answer probes before the application exists: they can report that it is not ready."""
        if self._options.health_addr:
            self._serve(self._options.health_addr)
        self._serve_probes(environ)
        self._health.start()

    def _serve_probes(self, environ: Mapping[str, str]) -> None:
        """Serve probes on our own socket. If that fails, the application still runs."""
        from confcontract.boot import rundir

        try:
            self._serve(f"unix:{os.path.abspath(rundir.make(environ))}/{rundir.SOCKET}")
        except rundir.NoDirectory as missing:
            reason = str(missing)
        except NotServed as error:  # this one was not requested by --health-addr
            words = ": ".join(filter(None, (error.address, error.reason)))
            reason = f"{words}; set {rundir.VARIABLE} to a directory of this application's own"
        else:
            return
        self._log.record({"event": "no-probe", "level": "warning", "reason": reason})

    def _serve(self, address: str) -> None:
        server = Server(self._health, self._metrics, address)
        server.start()
        self._servers.append(server)
        self._log.record({"event": "health", "address": server.address})

    def rotate(self, resolver: Resolver, resolution: Resolution) -> None:
        """Keep Vault's leases, and look for new values."""
        from confcontract.boot.rotation.rotation import Rotation

        assert resolver.first is not None, "made for every supervisor"
        resolver.speak_through(self._stderr)
        self._rotation = Rotation(
            resolve=resolver.again,
            first=resolver.first,
            resolution=resolution,
            changed=self._changed,
            verify=_verify,
            health=self._health,
            metrics=self._metrics,
            log=self._log.record,
            poll_seconds=self._options.poll,
        )

    def deliver(self, environ: Mapping[str, str]) -> None:
        """Prepare a place for secrets. Raises ConfigurationInvalid if there is none."""
        self._delivered = delivery(self._way, self._options.secrets_dir, environ)

    def to_its_end(self, resolution: Resolution) -> int:
        """Run the application, from start to end."""
        signals.phase("supervising the application")
        environ = self._delivered.environ(resolution)
        leave()
        return self._supervisor.run(environ)

    def clear(self) -> None:
        """Remove everything, whatever happened."""
        if self._rotation is not None:
            self._rotation.stop()
            self._rotation.give_back()
        self._health.stop()
        for server in self._servers:
            server.stop()
        self._delivered.close()

    def _note(self, state: str) -> None:
        again = state == states.RUNNING and self._state == states.RESTARTING
        if state == states.ENDED and self._state == states.STARTING:
            self._log.record({"event": "not-started", "reason": "it was stopped before"})
        if state == states.RUNNING and not again and self._rotation is not None:
            self._rotation.start()
        self._state = state
        if again:
            self._health.restarted()
        # a restart or a slow stop must not make the liveness probe fail
        status = UP if state == states.RUNNING else DOWN
        self._health.note(APPLICATION, status, _WORDS[state], live=state != states.ENDED)

    def _refused(self, number: int) -> None:
        """Report a refused signal: its sender only sees that nothing happens."""
        why = "the application runs as another user; run as that user, or with the capability CAP_KILL"
        self._log.record({"event": "signal-refused", "level": "warning", "signal": number, "reason": why})

    def _say(self, record: dict[str, object]) -> None:
        """A change of health; not reported after the application has ended."""
        if self._state not in (states.STARTING, states.ENDED):
            self._log.record(record)

    def _failed(self, error: ConfcontractError, pause: float) -> None:
        """It could not be restarted with the new values, or with the previous ones, which are tried until that can't
        help.
        """
        words = problem_words(error.problems)
        self._log.record({"event": "restart-failed", "level": "warning", "reason": words, "again_in_seconds": pause})
        self._health.note(APPLICATION, DOWN, f"{_WORDS[states.RESTARTING]}, and could not be started: {words}")

    def _changed(self, change: Change) -> bool:
        """Give the application new values. Returns whether it runs with them.

        Raises ConfcontractError if it can't get them and continues as it is; Undone if it had to be restarted as it
        was.
        """
        new = self._delivered.replace(change.resolution)
        done = False
        try:
            done = self._restart(change, new) if self._must_restart(change) else self._tell(change, new)
        finally:
            if done:
                new.keep()
            else:
                new.take_back()
        if done:
            self._health.replan(_plans(change.resolution))
        return done

    def _must_restart(self, change: Change) -> bool:
        return change.action == RESTART or not self._delivered.reloads

    def _restart(self, change: Change, new: NewSecrets) -> bool:
        """Stop it only if nothing is known that would prevent a restart."""
        from confcontract.boot.supervise.lookahead import look_ahead

        look_ahead(self._path, self._options.command, new.environ)
        new.put_in_place()
        self._log.record({"event": "restarting", "reason": "changed", "variables": list(change.variables)})
        try:
            done = self._supervisor.restart(new.environ, new.take_back)
        except Undone:
            self._metrics.count("confcontract_app_restarts_total", reason="undone")
            raise
        if done:
            self._metrics.count("confcontract_app_restarts_total", reason="changed")
        return done

    def _tell(self, change: Change, new: NewSecrets) -> bool:
        """It reads its new values itself, or gets a signal."""
        new.put_in_place()
        numbers = change.action if isinstance(change.action, tuple) else ()
        about = {"signals": list(numbers), "variables": list(change.variables)}
        self._log.record({"event": "files-replaced", **about})
        return all(self._supervisor.signal(number) for number in numbers)


def _plans(resolution: Resolution) -> list[Plan]:
    """The plans of the phases after the start; one that is in both occurs once."""
    found: dict[str, Plan] = {}
    for phase in ("ready", "live"):
        made, _ = _planned(resolution, phase)
        found.update({each.name: each for each in made if each.name not in found})
    return list(found.values())


def _planned(resolution: Resolution, phase: str) -> tuple[list[Plan], list[Problem]]:
    checks = resolution.contract.checks
    return plans(checks, resolution.environ, resolution.values, phase=phase, **secrecy(resolution))


def _verify(resolution: Resolution, variables: tuple[str, ...]) -> list[Problem]:
    """Whether the dependencies work with new values, evaluated by checks of every phase.

    A program or a function that names no variable may read any of them.
    """
    contract = resolution.contract
    known = secrecy(resolution)
    settings = Settings(resolution.environ, resolution.values, **known)  # a target may be an alias
    about = [
        {**check, "phases": ["startup"], "critical": ["startup"]}
        for check in contract.checks
        if settings.variable(check.get("target", "")) in variables or not check.get("target")
    ]
    return run_checks(about, resolution.environ, resolution.values, VERIFY_SECONDS, None, **known)
