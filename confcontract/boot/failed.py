"""A failed boot: turns any exception into problems, a report and an exit code."""

from __future__ import annotations

import os
import sys

from confcontract.host.installed import unusable
from confcontract.host.limits import reached
from confcontract.report.errors import Bug, ConfcontractError, LimitReached
from confcontract.report.failure_line import failure_line, internal_error
from confcontract.report.problem import WARNING, Problem
from confcontract.report.terminal import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.boot.messages import Messages
    from confcontract.contract.artifact import Contract
    from confcontract.verdict.resolution import Resolution

TERMINATION_LOG = "/dev/termination-log"


def failed(error: Exception, contract: Contract | None, resolution: Resolution | None, messages: Messages) -> int:
    """Write the report, then one JSON line with the reason, here and where Kubernetes reads it; return the exit code.

    A terminal gets only the report: a person doesn't need the line. contract, resolution: None if boot did not get that
    far.
    """
    if isinstance(error, ConfcontractError):
        ours = _with_warnings(error, resolution)
    else:
        ours = _defect(error, contract)
        if isinstance(ours, Bug) and not messages.json:
            sys.stderr.write(internal_error(error, traced=messages.debug))
    # an application that isn't started checks nothing, so notes about it are left out
    problems = [problem for problem in ours.problems if problem.code != "check-deferred"]
    subject = f"confcontract: {contract.name} {contract.version}: " if contract else "confcontract: "
    messages.problems(problems, f"{subject}boot failed, exit code {ours.exit_code}")
    line = failure_line(ours.problems, ours.exit_code, (contract.name, contract.version) if contract else None) + "\n"
    if messages.json or not is_terminal(sys.stderr):
        sys.stderr.write(line)
    _leave_message(line)
    return ours.exit_code


def _with_warnings(error: ConfcontractError, resolution: Resolution | None) -> ConfcontractError:
    """The errors that ended a boot, with earlier warnings: a misspelled name may be the reason."""
    if resolution is not None:
        said = {id(problem) for problem in error.problems}
        warnings = [each for each in resolution.problems if each.severity == WARNING and id(each) not in said]
        error.problems = (*error.problems, *warnings)
    return error


def _defect(error: Exception, contract: Contract | None) -> ConfcontractError:
    """An unexpected exception: a limit, a missing package, a damaged contract, or otherwise a defect of ours."""
    if limit := reached(error):
        return LimitReached(limit)
    if refused := unusable(error):
        return refused
    if contract is not None:
        from confcontract.contract.damage import refuse_damaged

        try:
            refuse_damaged(contract.data, thorough=True)
        except ConfcontractError as damaged:
            return damaged
    return Bug(Problem("internal", f"a defect in confcontract: {type(error).__name__}"))


def _leave_message(line: str) -> None:
    """Kubernetes shows /dev/termination-log as the container's last message; elsewhere it doesn't exist."""
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
