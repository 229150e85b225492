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
            help="Unknown names under the prefix and empty required secrets are errors. Or $CONFCONTRACT_STRICT=1.",
        ),
    ] = False,
    log_format: Annotated[
        Literal["text", "json"], typer.Option(help="Of messages on stderr. Or $CONFCONTRACT_LOG_FORMAT.")
    ] = "text",
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="For Vault and the checks together; 60 if not given. Or $CONFCONTRACT_TIMEOUT."
        ),
    ] = None,
) -> int:
    """Merge, validate and check the configuration, then become COMMAND."""
    raise AssertionError("confcontract/__main__.py sends boot past Typer; only its --help comes here")
