"""What the commands that compare two contracts share: loading them, and how such a command ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import load, not_empty, report
from confcontract.findings.outcome import FAILED

if TYPE_CHECKING:
    from confcontract.compare.by_variable import UpgradeFindings
    from confcontract.contract.artifact import Contract
    from confcontract.report.problem import Problem

OldContract = Annotated[
    str,
    typer.Argument(
        metavar="OLD",
        help="The old contract: a file, a folder, git:REV:PATH, python:MODULE:OBJECT, or an image, such as "
        "docker://HOST/REPO:TAG.",
    ),
]
NewContract = Annotated[str, typer.Argument(metavar="NEW", help="The new contract.")]


def evaluated(work: Callable[[], int]) -> int:
    """The exit code of `work`; 2, with the problems on stderr, if it raises them, reaches a limit or has a defect. An
    invalid command line, and a stdout that can't be written, end with 64, as everywhere.
    """
    import os

    from confcontract.host.limits import reached
    from confcontract.report.errors import ConfcontractError, UsageError
    from confcontract.report.failure_line import internal_error

    try:
        return work()
    except UsageError:
        raise
    except ConfcontractError as error:
        report(error.problems, sys.stderr)
    except BrokenPipeError:
        raise  # a reader that closes the pipe has seen enough, as for every command
    except Exception as error:
        limit = reached(error)
        if limit is not None:
            report([limit], sys.stderr)
        else:
            sys.stderr.write(internal_error(error, traced=os.environ.get("CONFCONTRACT_DEBUG") == "1"))
    return FAILED


def loaded(reference: str) -> Contract:
    """Raises ConfcontractError with problems that name the reference, and UsageError if it is empty."""
    from confcontract.report.errors import ConfcontractError, ContractUnusable, UsageError

    not_empty("the name of a contract", reference)
    try:
        return load(reference)
    except ConfcontractError as error:
        named = [_naming(reference, each) for each in error.problems]
        raise (ContractUnusable if isinstance(error, UsageError) else type(error))(*named) from None


def loaded_together(references: Sequence[str]) -> list[Contract]:
    """The contracts of one application. If a class that is baked here declares no name, it gets the name of the others.
    Raises like `loaded`.
    """
    from confcontract.contract.from_python import is_unnamed, load_called

    found = [loaded(reference) for reference in references]
    unnamed = [is_unnamed(reference, contract) for reference, contract in zip(references, found, strict=True)]
    names = {each.name for each, without in zip(found, unnamed, strict=True) if not without} or {found[-1].name}
    if len(names) > 1:
        return found
    (name,) = names
    return [
        load_called(name, reference) if without and contract.name != name else contract
        for reference, contract, without in zip(references, found, unnamed, strict=True)
    ]


def _naming(reference: str, problem: Problem) -> Problem:
    from confcontract.contract.anywhere import without_login

    if problem.source_said:
        return problem
    return problem.but(message=f"{without_login(reference)}: {problem.message}")


def upgrade(old: str, new: str, *, severities: bool) -> UpgradeFindings:
    """The changes of an upgrade from OLD to NEW, by variable, using the renamed variables of the project here, and its
    severities if they matter: the text of a change does not depend on them.
    """
    from confcontract.compare.by_variable import findings_by_variable
    from confcontract.compare.diff import ProjectRules
    from confcontract.compare.pyproject_settings import project_settings

    rules = project_settings().rules
    before, now = loaded_together([old, new])
    return findings_by_variable(before, now, rules if severities else ProjectRules(renamed=rules.renamed))
