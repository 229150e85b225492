"""What boot stores for probes when it becomes the application: its process, and checks without secrets."""

from __future__ import annotations

import os
from errno import ENOSPC

from confcontract.boot import rundir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from confcontract.boot.checks.plan import Plan
    from confcontract.contract.artifact import Contract
    from confcontract.verdict.resolution import Resolution

API_VERSION = "confcontract/probe-v1"
_LARGEST = 1 << 20  # bytes


def leave_for_probes(resolution: Resolution, environ: Mapping[str, str]) -> str | None:
    """`leave_probe_state` for the application that this process is about to become. environ: as boot found it."""
    from confcontract.boot.checks.plan import plans
    from confcontract.boot.checks.secrecy import secrecy

    contract, known = resolution.contract, secrecy(resolution)
    planned: list[Plan] = []
    for phase in ("ready", "live"):
        planned += plans(contract.checks, resolution.environ, resolution.values, phase=phase, **known)[0]
    return leave_probe_state(contract, planned, environ)


def leave_probe_state(
    contract: Contract, plans: Iterable[Plan], environ: Mapping[str, str], pid: int | None = None
) -> str | None:
    """Write the state that `confcontract probe` reads. Returns a warning, or None.

    plans: the checks of the phases ready and live. environ: as boot found it. pid: of the application; default: this
    process. Nothing is written if there are no checks, unless the operator names a directory; and nothing while the
    process of an earlier boot runs, because a second command in a container is not what is probed.
    """
    from confcontract.boot.checks.plan import portable

    once = {(plan.name, plan.kind, plan.where, plan.variable): plan for plan in plans}
    if not once and not environ.get(rundir.VARIABLE):
        return None
    process = pid or os.getpid()
    state = {
        "apiVersion": API_VERSION,
        "contract": {"name": contract.name, "version": contract.version, "digest": contract.digest},
        "pid": process,
        "started": _stat(process)[1],
        "checks": [data for plan in once.values() if (data := portable(plan)) is not None],
    }
    try:
        directory = rundir.make(environ)
        before = read(directory)
        if before is not None and before.get("pid") != process and is_alive(before):
            if before["contract"] == state["contract"]:
                return None  # the same image: a person inspects it, or a job runs next to it
            return f"{directory} is {before['contract']['name']}'s; set {rundir.VARIABLE} to a directory of its own"
        _write(directory, _dumps(state).encode())
    except rundir.NoDirectory as error:
        return f"probes will not work: {error}"
    except OSError as error:
        return f"probes will not work: {(error.strerror or 'unwritable').lower()}"
    return None


def read(directory: str) -> dict[str, Any] | None:
    """The state that boot left in a private directory; None if there is none that can be trusted."""
    from confcontract.contract.jsontext import loads

    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(os.path.join(directory, rundir.STATE), flags)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if found.st_mode & 0o170077 != 0o100000 or found.st_uid != os.geteuid():
            return None  # no regular file, or not private
        state = loads(os.read(descriptor, _LARGEST).decode())
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)
    return state if isinstance(state, dict) and state.get("apiVersion") == API_VERSION else None


def is_alive(state: Mapping[str, Any]) -> bool:
    """Whether the process still exists, and not another one with the same id."""
    kind, started = _stat(state["pid"])
    return kind not in ("", "Z", "X") and started == state["started"]


def _stat(pid: int) -> tuple[str, int]:
    """State ("" if it is gone; Z: dead, and not waited for) and start time (clock ticks since the system started)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()  # the name before it may contain anything
        return fields[0].decode(), int(fields[19])
    except (OSError, ValueError, IndexError):
        return "", 0


def _write(directory: str, payload: bytes) -> None:
    """Write it completely or not at all. The state of an ended application is removed first, because replacing a file
    takes ext4 2 ms.
    """
    final = os.path.join(directory, rundir.STATE)
    temporary = os.path.join(directory, f".{rundir.STATE}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(temporary, flags, 0o600)
    except FileExistsError:  # left by a killed process with the same id
        os.unlink(temporary)
        descriptor = os.open(temporary, flags, 0o600)
    try:
        if os.write(descriptor, payload) < len(payload):  # there is no space for the rest, and half of it is useless
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        os.fchmod(descriptor, 0o600)
        try:  # noqa: SIM105 - contextlib is dear
            os.unlink(final)
        except FileNotFoundError:
            pass  # there is none yet, or another boot is replacing it as well
        os.rename(temporary, final)
    except OSError:
        os.unlink(temporary)
        raise
    finally:
        os.close(descriptor)


def _dumps(data: Any) -> str:
    """`json.dumps` with sorted keys, by the C half of `json`: importing the whole costs 6 ms."""
    try:
        from _json import encode_basestring_ascii, make_encoder

        encode = make_encoder(None, _refuse, encode_basestring_ascii, None, ":", ",", True, False, False)
        return "".join(encode(data, 0)) + "\n"
    except Exception:  # another Python may have another one
        import json

        return json.dumps(data, separators=(",", ":"), sort_keys=True) + "\n"


def _refuse(data: object) -> None:
    raise TypeError(type(data).__name__)
