"""What several commands share: their options, and how they load, resolve and write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.boot.options import CONF_DIR, POLICY_DIR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from confcontract.boot.resolution import Resolution
    from confcontract.contract import Contract
    from confcontract.problem import Problem

ContractFile = Annotated[
    str | None,
    typer.Option(
        "--contract",
        metavar="FILE",
        help="The contract. Else $CONFCONTRACT_PATH, else /etc/confcontract/contract.json.",
        show_default=False,
    ),
]
EnvFiles = Annotated[
    list[str] | None,
    typer.Option("--env-file", metavar="FILE", help="A dotenv file; later ones win. May be repeated."),
]
Role = Annotated[str | None, typer.Option(metavar="ROLE", help="Only what this role needs.", show_default=False)]


Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Unknown names under the prefix and empty required secrets are errors. Or $CONFCONTRACT_STRICT=1.",
    ),
]
RoleOrVariable = Annotated[
    str | None,
    typer.Option(
        "--role", metavar="ROLE", help="Only what this role needs. Or $CONFCONTRACT_ROLE.", show_default=False
    ),
]


def load(path: str | None) -> Contract:
    import os

    from confcontract.boot.options import named_contract
    from confcontract.contract import Contract

    not_empty("--contract", path)
    return Contract.load(path or named_contract(os.environ))


def not_empty(option: str, *values: str | None) -> None:
    """Raises UsageError (exit 64): an unset variable of a script must not turn into another file or the default."""
    if "" in values:
        from confcontract.errors import UsageError
        from confcontract.problem import Problem

        raise UsageError(Problem("usage", f"{option} is empty", hint="give it a value, or leave it out"))


def resolved(
    contract: Contract,
    environ: dict[str, str],
    env_files: list[str] | None,
    policies: Sequence[str],
    role: str | None,
    strict: bool,
) -> Resolution:
    """What boot would say. Role and strictness also come from their variables, as they do for boot."""
    import os

    from confcontract.boot.options import wants_strict
    from confcontract.boot.resolve import resolve

    not_empty("--env-file", *env_files or ())
    not_empty("--role", role)
    return resolve(
        contract,
        environ=environ,
        env_files=env_files or (),
        conf_dir=CONF_DIR,
        policies=policies,
        role=role or os.environ.get("CONFCONTRACT_ROLE") or None,
        strict=wants_strict(os.environ) or strict,
    )


def policies() -> list[str]:
    from confcontract.boot.policy import find_overlays
    from confcontract.errors import ConfigurationInvalid
    from confcontract.problem import Problem

    try:
        return find_overlays(POLICY_DIR)
    except OSError as error:
        message = f"{POLICY_DIR}: can't be read: {error.strerror}"
        hint = "check its owner and mode"
        raise ConfigurationInvalid(Problem("policy-unreadable", message, source=POLICY_DIR, hint=hint)) from None


def report(problems: Sequence[Problem], stream: TextIO, format: str = "text", title: str | None = None) -> None:  # noqa: A002
    import os

    from confcontract.report import print_problems
    from confcontract.terminal import deliver

    if stream is sys.stdout:
        deliver(stream, "")  # it may be closed
    print_problems(problems, stream, format, title=title, environ=os.environ)
    if stream is sys.stdout:
        deliver(stream, "")


def echo(text: str, *, data: bool = False) -> None:
    """Write to stdout. data: for programs, so that not a character of it is changed."""
    from confcontract.terminal import deliver, harmless_lines

    deliver(sys.stdout, text if data else harmless_lines(text))


def import_from_here() -> None:
    """As `python -m` does: the working directory's modules, which a console script doesn't see."""
    import os

    try:
        here = os.getcwd()
    except OSError:  # it was deleted: nothing can be found there
        return
    if here not in sys.path:
        sys.path.insert(0, here)
