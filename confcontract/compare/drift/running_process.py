"""Compare the environment of a running process, as it was at its start, with the contract."""

from __future__ import annotations

import os

from confcontract.compare.drift.undeclared import not_evaluated
from confcontract.contract.artifact import Contract
from confcontract.contract.declared import Declared
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import ERROR, INFO, Problem
from confcontract.verdict.resolve import resolve
from confcontract.verdict.sources.merged import Merged
from confcontract.verdict.sources.origin import ENVIRONMENT, Entry
from confcontract.verdict.sources.ownfiles import without_own_files

_FOLDERS = ("CREDENTIALS_DIRECTORY", "SERVICE_BINDING_ROOT")  # variables that name a folder with values


def process_drift(contract: Contract, pid: int, role: str | None, *, proc: str = "/proc") -> list[Problem]:
    """The problems that boot would report for the environment. Here an unknown name under the prefix is an error.
    Values are masked.

    Raises ConfigurationInvalid if the environment can't be read, UsageError for an unknown role, ContractUnusable.
    """
    environ = environ_of(pid, proc=proc)
    judged, _ = without_own_files(contract)
    resolution = resolve(judged, environ=_seen_from_here(environ, judged, pid, proc), role=role)
    return [_of_process(each, pid, _given_by(each, resolution.merged)) for each in resolution.problems]


def environ_of(pid: int, *, proc: str = "/proc") -> dict[str, str]:
    """The environment at the start of the process, as the kernel stores it. If a name occurs twice, the first value is
    used.
    """
    try:
        with open(f"{proc}/{pid}/environ", "rb") as file:
            raw = file.read()
        if not raw and not _is_program(pid, proc):
            raise ProcessLookupError
    except PermissionError:
        hint = "run this as its user, in its container or as root; boot --supervise hides its own environment"
        raise _refused(pid, "this user may not read it", hint) from None
    except (FileNotFoundError, ProcessLookupError):
        if not os.path.exists(f"{proc}/self"):
            raise _refused(pid, f"there is no {proc} here", "run it on Linux, where /proc is mounted") from None
        hint = "check the number; in a container, use the one that ps shows there"
        raise _refused(pid, "there is no such process, or it has ended", hint) from None
    except OSError as error:
        raise _refused(pid, str(error.strerror), "check the process") from None
    pairs = [entry.partition("=") for entry in reversed(os.fsdecode(raw).split("\0"))]
    found = {name: value for name, equals, value in pairs if name and equals}
    return dict(reversed(found.items()))


def _refused(pid: int, why: str, hint: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(not_evaluated(f"the environment of process {pid} can't be read: {why}", hint))


def _is_program(pid: int, proc: str) -> bool:
    """False for a process that has ended and is not reaped, and for a thread of the kernel: neither
    has an environment.
    """
    with open(f"{proc}/{pid}/status", "rb") as file:
        return b"\nVmSize:" in file.read()


def _seen_from_here(environ: dict[str, str], contract: Contract, pid: int, proc: str) -> dict[str, str]:
    """Files that the environment names, with the paths that lead to them from here, if the process has another root or
    working directory.
    """
    if _same_files(pid, proc):
        return environ
    declared = Declared(contract)
    naming = {name for name in environ if name in _FOLDERS or declared.pointed_at(name)}
    roots = {True: f"{proc}/{pid}/root", False: f"{proc}/{pid}/cwd/"}
    return {
        name: roots[value.startswith("/")] + value if name in naming and value else value
        for name, value in environ.items()
    }


def _same_files(pid: int, proc: str) -> bool:
    try:
        spaces = [os.stat(f"{proc}/{each}/ns/mnt") for each in (pid, "self")]
        return os.path.samestat(*spaces) and os.path.samestat(os.stat(f"{proc}/{pid}/root"), os.stat("/"))
    except OSError:
        return True  # a path that can't be determined can't be reached either


def _given_by(problem: Problem, merged: Merged) -> Entry | None:
    """The environment's value for the problem's variable, if it is relevant."""
    entry = merged.top(merged.declared.identity(problem.variable)) if problem.variable else None
    return entry if entry is not None and entry.source.kind == ENVIRONMENT else None


def _of_process(problem: Problem, pid: int, entry: Entry | None) -> Problem:
    if problem.severity == INFO and problem.code in ("vault-not-configured", "store-not-configured"):
        message = "is not in the environment of the process: it is kept in a secret store"
        hint = "check how the process gets it: boot passes it to the command that it starts"
        return problem.but(message=message, hint=hint)
    severity = ERROR if problem.code == "name-unknown" else problem.severity
    source = problem.source
    if source and entry is not None:
        said = f", {entry.source.place}" if entry.source.place else ""
        source = f"environment of process {pid}{said}, as {entry.name}"
    code = "drift-not-evaluated" if problem.code == "source-unreadable" else problem.code
    return problem.but(severity=severity, source=source, code=code)
