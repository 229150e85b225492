"""`confcontract audit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.boot.options import TIMEOUT
from confcontract.cli.approving import Approve, Expires, Reason, refuse_terms_alone
from confcontract.cli.common import echo, not_empty, to_judge, unexpected, usage_error
from confcontract.cli.image_options import ImagePlatform, ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from confcontract.audit.audit_report import AuditReport
    from confcontract.audit.image_audit import AuditedFacts
    from confcontract.audit.secret_values import SecretValues
    from confcontract.contract.artifact import Contract
    from confcontract.findings.severity import Severity
    from confcontract.secrets.store import Fetched


def audit(
    image: ImageReference,
    env_file: Annotated[
        list[str] | None,
        typer.Option(
            "--env-file",
            metavar="FILE",
            help="A dotenv file with the current values of secrets, or references to them. May be repeated.",
        ),
    ] = None,
    secrets_dir: Annotated[
        list[str] | None,
        typer.Option(
            "--secrets-dir",
            metavar="DIR",
            help="A folder of files that are named like variables and contain their values. May be repeated.",
        ),
    ] = None,
    lock: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The lock file that the image was installed from.", show_default=False),
    ] = None,
    scanner: Annotated[
        Literal["auto", "trivy", "none"],
        typer.Option(help="What searches for patterns of credentials; auto uses trivy if it is installed."),
    ] = "auto",
    format: Annotated[  # noqa: A002
        Literal["text", "json", "sarif", "github"], typer.Option(help="Format of the report on stdout.")
    ] = "text",
    fail_on: Annotated[
        Literal["error", "review", "warning"], typer.Option(help="The lowest severity that ends the command with 1.")
    ] = "review",
    platform: ImagePlatform = None,
    approve: Approve = None,
    reason: Reason = None,
    expires: Expires = None,
) -> int:
    """Check an image against its contract, and its layers for secrets. Exit 0: clean. 1: findings. 2: not evaluated."""
    import os

    from confcontract.audit.audit_report import AuditReport
    from confcontract.audit.shown import render_audit
    from confcontract.boot.launch import hardening
    from confcontract.findings.severity import Severity
    from confcontract.report import terminal
    from confcontract.report.errors import ConfcontractError, UsageError

    not_empty("REF", image)
    not_empty("--env-file", *env_file or ())
    not_empty("--secrets-dir", *secrets_dir or ())
    not_empty("--lock", lock)
    not_empty("--platform", platform)
    refuse_terms_alone(approve, reason, expires)
    hardening.harden()  # this process reads values, although it shows none
    color = format == "text" and terminal.wants_color(sys.stdout, os.environ)
    try:
        facts = _facts(image, platform, env_file or (), secrets_dir or (), lock, scanner)
        report = _report(image, facts, Severity(fail_on), approve, reason, expires)
    except UsageError:
        raise
    except ConfcontractError as error:
        report = AuditReport(image, problems=error.problems)
    except Exception as error:
        report = AuditReport(image, problems=[unexpected(error, "the audit", "report it")])
    echo(render_audit(report, format, color=color), data=format != "text")
    return report.exit_code


def _facts(
    image: str,
    platform: str | None,
    env_files: Sequence[str],
    secret_dirs: Sequence[str],
    lock: str | None,
    scanner: str,
) -> AuditedFacts:
    import os

    from confcontract.audit.image_audit import audit_image
    from confcontract.audit.lock_file import read_lock_file
    from confcontract.audit.pattern_scanners import scan_patterns, scanner_for

    locked = read_lock_file(lock) if lock is not None else None
    program = scanner_for(scanner, os.environ.get("PATH"))

    def values_of(contract: Contract) -> SecretValues:
        return _values(contract, dict(os.environ), env_files, secret_dirs)

    scan = scan_patterns(program, image, asked=scanner not in ("auto", "none"))
    return audit_image(image, platform, values_of, locked, scan)


def _values(
    contract: Contract, environ: Mapping[str, str], env_files: Sequence[str], secret_dirs: Sequence[str]
) -> SecretValues:
    from confcontract.audit.secret_values import secret_values
    from confcontract.boot.launch import signals
    from confcontract.boot.options import secret_dirs as mounted
    from confcontract.cli.secrets import open_stores

    dirs = [*mounted(environ.get("CONFCONTRACT_MOUNTED_SECRETS")), *secret_dirs]

    def read(references: Mapping[str, str]) -> Fetched:
        with open_stores(environ, TIMEOUT) as stores:
            try:
                return signals.run_interruptibly(lambda: stores.read(references))
            finally:
                stores.close()

    judged, _ = to_judge(contract, "", own_files=False)  # the image's contract, which may be another application's
    return secret_values(judged, environ, env_files, dirs, read)


def _report(
    image: str,
    facts: AuditedFacts,
    threshold: Severity,
    approve: Sequence[str] | None,
    reason: str | None,
    expires: str | None,
) -> AuditReport:
    from datetime import UTC, datetime

    from confcontract.audit.audit_report import AuditReport, approved
    from confcontract.compare.pyproject_settings import project_settings
    from confcontract.findings.approval_entries import read_approvals

    today = datetime.now(UTC).date()
    path = project_settings().approvals
    if approve:
        _write(path, facts, approve, reason, expires, threshold, today)
    marked, notes = approved(facts, read_approvals(path, "audit"), path, today)
    return AuditReport(image, marked, threshold, notes=notes)


def _write(
    path: str,
    facts: AuditedFacts,
    approve: Sequence[str],
    reason: str | None,
    expires: str | None,
    threshold: Severity,
    today: date,
) -> None:
    """Add the approvals that the file doesn't contain yet."""
    from confcontract.audit.audit_report import approved, with_audit_findings
    from confcontract.cli.approving import approval_terms, text_of_approvals, write_approvals
    from confcontract.findings.approval_entries import read_approvals

    why, until = approval_terms(reason, expires, today)
    known = [each for each in read_approvals(path, "audit") if each.expires >= until]
    marked, _ = approved(facts, known, path, until)
    wanted = []
    for which in approve:
        fitting = [each for each in marked.findings if which in ("all", each.fingerprint)]
        if not fitting and which != "all":
            message = f"no finding has the fingerprint {which}"
            raise usage_error(message, "take it from the report of the same image")
        wanted += [
            each for each in fitting if not each.approved and (which != "all" or each.severity.reaches(threshold))
        ]
    if wanted:
        write_approvals(path, with_audit_findings(text_of_approvals(path), wanted, why, until))
