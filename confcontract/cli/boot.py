# ruff: noqa: ARG001 - the arguments are only there for --help
"""`confcontract boot --help`; boot itself goes past Typer."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from confcontract.boot.options import CONF_DIR, POLICY_DIR
from confcontract.cli.common import ContractFile, EnvFiles


def boot(
    command: Annotated[
        list[str] | None, typer.Argument(metavar="-- COMMAND ARG", help="What to start.", show_default=False)
    ] = None,
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    conf_dir: Annotated[
        str | None,
        typer.Option(metavar="DIR", help=f"*.env files below all others. Else {CONF_DIR}."),
    ] = None,
    policy_dir: Annotated[
        str | None,
        typer.Option(metavar="DIR", help=f"*.schema.json policy overlays. Else {POLICY_DIR}."),
    ] = None,
    role: Annotated[
        str | None, typer.Option(help="The process type to start: its command, its variables. Or $CONFCONTRACT_ROLE.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do all but start; print the explanation.")] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A VAULT_*, BAO_* or CONFCONTRACT_* variable that the command is to get."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Unknown names under the prefix, empty required secrets and an unconfigured Vault are errors. "
            "Or $CONFCONTRACT_STRICT=1.",
        ),
    ] = False,
    log_format: Annotated[
        Literal["text", "json"], typer.Option(help="Of messages on stderr. Or $CONFCONTRACT_LOG_FORMAT.")
    ] = "text",
    supervise: Annotated[
        bool,
        typer.Option(
            "--supervise",
            help="Stay as parent of COMMAND: serve its health, keep its secrets alive. Or $CONFCONTRACT_SUPERVISE=1.",
        ),
    ] = False,
    health_addr: Annotated[
        str | None,
        typer.Option(
            metavar="ADDR",
            help="With --supervise: HOST:PORT or unix:PATH for health and metrics over HTTP. "
            "Or $CONFCONTRACT_HEALTH_ADDR.",
        ),
    ] = None,
    deliver: Annotated[
        Literal["env", "files", "memfd"] | None,
        typer.Option(
            help="How COMMAND gets its secrets; if not given, as the contract says. Or $CONFCONTRACT_DELIVER."
        ),
    ] = None,
    secrets_dir: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", help="Where the files go: a private directory in memory. Or $CONFCONTRACT_DELIVER_DIR."
        ),
    ] = None,
    grace: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="With --supervise: from TERM to KILL; 30 if not given. Or $CONFCONTRACT_GRACE."
        ),
    ] = None,
    poll: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="With --supervise: between two looks for new values; 300 if not given. Or $CONFCONTRACT_POLL.",
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="For Vault and the checks together; 60 if not given. Or $CONFCONTRACT_TIMEOUT."
        ),
    ] = None,
) -> int:
    """Merge, validate and check the configuration, then become COMMAND."""
    raise AssertionError("confcontract/__main__.py sends boot past Typer; only its --help comes here")
