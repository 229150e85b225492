"""Probes beside `dotenv run -- true`: what an orchestrator starts every few seconds, in every container.

The application is this process; what it depends on listens in this process, and so does the supervisor that is asked.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Contestant
from benchmarks.scene import BASE, BIN
from confcontract import Contract
from confcontract.boot import rundir
from confcontract.boot.checks.plan import plans
from confcontract.boot.health.health import APPLICATION, Health
from confcontract.boot.health.left_for_probes import leave_probe_state
from confcontract.boot.health.metrics import Metrics
from confcontract.boot.health.serving import Server
from confcontract.boot.health.statuses import UP


@contextmanager
def contestants(folder: Path, contract: Path) -> Iterator[dict[str, Contestant]]:
    """Probes that all succeed, by what they do."""
    left = {rundir.VARIABLE: str(folder / "left")}
    supervised = {rundir.VARIABLE: str(folder / "supervised")}
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as dependency:
        check = {"name": "database", "kind": "tcp", "target": f"127.0.0.1:{dependency.getsockname()[1]}"}
        planned, _ = plans([{**check, "critical": ["ready"]}], {}, {}, phase="ready")
        leave_probe_state(Contract.load(contract), planned, left, os.getpid())
        health = Health([])
        health.note(APPLICATION, UP)
        server = Server(health, Metrics(), f"unix:{rundir.make(supervised)}/{rundir.SOCKET}")
        server.start()
        try:
            yield {
                "probe live": _probe("live", left),
                "probe ready, one tcp check": _probe("ready", left),
                "probe ready, asks a supervisor": _probe("ready", supervised),
            }
        finally:
            server.stop()


def _probe(what: str, environ: dict[str, str]) -> Contestant:
    return Contestant(f"probe {what} {environ}", (f"{BIN}/confcontract", "probe", what), {**BASE, **environ})
