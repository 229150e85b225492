"""`confcontract diff`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.cli.approving import Approve, Expires, Reason, refuse_terms_alone
from confcontract.cli.common import echo, not_empty, unexpected, usage_error
from confcontract.cli.two_contracts import loaded_together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from confcontract.compare.diff import Comparison
    from confcontract.compare.finding import Finding
    from confcontract.compare.pyproject_settings import ProjectSettings
    from confcontract.compare.report_of_diff import DiffReport


def diff(
    contracts: Annotated[
        list[str],
        typer.Argument(metavar="OLD NEW", help="Two contracts; with --transitive any number, the new one last."),
    ],
    direction: Annotated[
        Literal["forward", "rollback", "full"] | None,
        typer.Option(
            help="Upgrade, rollback, or both. Default: the project's setting, or else forward.", show_default=False
        ),
    ] = None,
    format: Annotated[  # noqa: A002
        Literal["text", "json", "markdown", "github", "gitlab", "sarif", "junit"],
        typer.Option(help="Format of the report on stdout."),
    ] = "text",
    fail_on: Annotated[
        Literal["error", "review", "warning"] | None,
        typer.Option(
            help="The lowest severity that ends the command with 1. Default: the project's setting, or else review.",
            show_default=False,
        ),
    ] = None,
    transitive: Annotated[
        bool, typer.Option("--transitive", help="Compare several older contracts with the last one.")
    ] = False,
    environment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Answer for the deployment with this env file, TOML, YAML or JSON, or with this Kubernetes "
            "manifest, Compose file, or folder of these. Findings that don't affect it are ignored. May be "
            "repeated; later ones win.",
            show_default=False,
        ),
    ] = None,
    container: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="With --environment: the container to judge in a manifest.", show_default=False
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(metavar="ROLE", help="With --environment: require only what this role needs.", show_default=False),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="With --environment: turn the warnings that boot --strict refuses into errors."),
    ] = False,
    approve: Approve = None,
    reason: Reason = None,
    expires: Expires = None,
) -> int:
    """Check whether an upgrade from OLD to NEW is safe. Exit 0: it is. 1: findings. 2: not evaluated."""
    import gc
    import os

    from confcontract.compare.report_of_diff import DiffReport
    from confcontract.compare.shown import render_diff
    from confcontract.report import terminal
    from confcontract.report.errors import ConfcontractError, UsageError

    if environment and format not in ("text", "json", "markdown"):
        raise usage_error(
            f"--environment can be printed as text, json or markdown, not as {format}", "leave out one of the two"
        )
    if not environment and (role is not None or container is not None or strict):
        message = "--role, --container and --strict are about one deployment"
        raise usage_error(message, "name its files, too: --environment FILE")
    refuse_terms_alone(approve, reason, expires)
    gc.disable()  # the collector would search two large contracts again and again without finding garbage
    color = format == "text" and terminal.wants_color(sys.stdout, os.environ)
    try:
        report = _report(
            contracts,
            direction,
            fail_on,
            transitive,
            environment or (),
            container,
            role,
            strict,
            approve,
            reason,
            expires,
        )
    except UsageError:
        raise
    except ConfcontractError as error:
        report = DiffReport(problems=error.problems)
    except Exception as error:
        report = DiffReport(problems=[unexpected(error, "the comparison", "report it, with both contracts")])
    finally:
        gc.enable()
    echo(render_diff(report, format, color=color), data=format != "text")
    return report.exit_code


def _report(
    contracts: Sequence[str],
    direction: str | None,
    fail_on: str | None,
    transitive: bool,
    environment: Sequence[str],
    container: str | None,
    role: str | None,
    strict: bool,
    approve: Sequence[str] | None,
    reason: str | None,
    expires: str | None,
) -> DiffReport:
    import os
    from datetime import UTC, datetime

    from confcontract.compare.approvals import apply_approvals
    from confcontract.compare.diff import diff as compare
    from confcontract.compare.pyproject_settings import project_settings
    from confcontract.compare.report_of_diff import DiffReport
    from confcontract.findings.approval_entries import read_approvals
    from confcontract.findings.severity import Severity

    _refuse_numbers(contracts, transitive)
    today = datetime.now(UTC).date()
    project = project_settings()
    direction, fail_on = direction or project.direction, fail_on or project.fail_on
    approvals = read_approvals(project.approvals, "diff")
    *olds, new = loaded_together(contracts)
    found = [compare(old, new, direction, project.rules, verified=True) for old in olds]
    deployments = []
    if environment:
        from confcontract.compare.deployment import Asked, in_deployment

        not_empty("--environment", *environment)
        not_empty("--role", role)
        not_empty("--container", container)
        asked = Asked(role, strict, project.rules.renamed, container, dict(os.environ))
        judged = [in_deployment(each, environment, asked) for each in found]
        found, deployments = [each for each, _ in judged], [there for _, there in judged]
    if approve:
        _write(project, found, approve, reason, expires, Severity(fail_on), today)
        approvals = read_approvals(project.approvals, "diff")
    comparisons, notes = apply_approvals(found, approvals, project.approvals, today)
    return DiffReport(comparisons, Severity(fail_on), (), notes, _located, deployments)


def _refuse_numbers(contracts: Sequence[str], transitive: bool) -> None:
    if len(contracts) < 2:
        raise usage_error("diff takes two contracts, the old one and the new one", "confcontract diff OLD NEW")
    if len(contracts) > 2 and not transitive:
        raise usage_error(f"diff takes two contracts, but got {len(contracts)}", "for several older ones: --transitive")


def _write(
    project: ProjectSettings,
    comparisons: Sequence[Comparison],
    approve: Sequence[str],
    reason: str | None,
    expires: str | None,
    threshold: object,
    today: date,
) -> None:
    """Add the approvals that the file doesn't contain yet."""
    from confcontract.cli.approving import approval_terms, text_of_approvals, write_approvals
    from confcontract.compare.approvals import apply_approvals, with_findings
    from confcontract.findings.approval_entries import read_approvals
    from confcontract.findings.severity import Severity

    why, until = approval_terms(reason, expires, today)
    path = project.approvals
    known = read_approvals(path, "diff")
    marked, _ = apply_approvals(comparisons, [each for each in known if each.expires >= until], path, until)
    wanted = _chosen([finding for each in marked for finding in each.findings], approve, Severity(str(threshold)))
    if wanted:
        write_approvals(path, with_findings(text_of_approvals(path), wanted, why, until))


def _chosen(findings: Sequence[Finding], approve: Sequence[str], threshold: object) -> list[Finding]:
    from confcontract.compare.finding import Bearing
    from confcontract.findings.severity import Severity

    least = Severity(str(threshold))
    chosen: dict[tuple[str, str], Finding] = {}
    for wanted in approve:
        fitting = [each for each in findings if wanted == "all" or each.fingerprint == wanted]
        if not fitting and wanted != "all":
            raise usage_error(
                f"no finding has the fingerprint {wanted}", "take it from the report of the same comparison"
            )
        for each in fitting:
            harmless = wanted == "all" and each.bearing is Bearing.HARMLESS
            if not each.approved and not harmless and (wanted != "all" or each.severity.reaches(least)):
                chosen[each.fingerprint, each.direction] = each
    return list(chosen.values())


def _located(declared: str) -> str:
    """FILE:LINE relative to the root of the package, as in a contract → relative to the working directory, if it exists
    there.
    """
    import os

    file, _, line = declared.rpartition(":")
    for root in ("", "src/"):
        if file and os.path.isfile(root + file):
            return f"{root}{file}:{line}"
    return declared
