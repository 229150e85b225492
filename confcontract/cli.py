# ruff: noqa: ARG001 - the arguments of `boot` are only there for its --help
"""The command line: options in, one call, results to stdout, messages to stderr, an exit code.

Whatever a command needs is imported inside it: `explain` doesn't pay for pydantic.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from confcontract.boot.options import CONF_DIR, POLICY_DIR, TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from confcontract.boot.resolve import Resolution
    from confcontract.contract import Contract
    from confcontract.problem import Problem

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they show local variables, and those hold secrets
    help="Configuration as part of a container image's contract.",
)

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


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        from confcontract import __version__

        sys.stdout.write(f"confcontract {__version__}\n")
        raise typer.Exit


@app.command()
def bake(
    settings: Annotated[
        str, typer.Argument(metavar="MODULE:OBJECT", help="A BaseSettings class, or what declare() returned.")
    ],
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Where to write the files.")] = ".",
    name: Annotated[str | None, typer.Option(help="The application's name.", show_default=False)] = None,
    version: Annotated[str | None, typer.Option(help="The application's version.", show_default=False)] = None,
    source_commit: Annotated[
        str | None, typer.Option(metavar="SHA", help="Recorded in the contract's provenance.", show_default=False)
    ] = None,
    image_tag: Annotated[
        str | None, typer.Option(metavar="TAG", help="Recorded in the contract's provenance.", show_default=False)
    ] = None,
) -> int:
    """Compile a settings class into contract.json, schema.json and defaults.env."""
    import os

    from confcontract.author.files import bake_files
    from confcontract.contract import Contract

    _import_from_here()
    written = bake_files(
        settings,
        out,
        name=name,
        version=version,
        source_commit=source_commit,
        image_tag=image_tag,
        environ=os.environ,
    )
    paths = [os.fspath(path) for path in written]
    contract = Contract.load(next(path for path in paths if os.path.basename(path) == "contract.json"))
    _out("".join(f"wrote {path}\n" for path in paths) + _summary(contract))
    return 0


@app.command()
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


@app.command()
def validate(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    no_environ: Annotated[
        bool, typer.Option("--no-environ", help="Look at the env files only, not at this process's environment.")
    ] = False,
    format: Annotated[Literal["text", "json", "github"], typer.Option(help="Of the report on stdout.")] = "text",  # noqa: A002
    model: Annotated[
        str | None,
        typer.Option(metavar="MODULE:OBJECT", help="Run the real settings class as well.", show_default=False),
    ] = None,
) -> int:
    """Would boot accept this configuration? Vault is not asked, nothing is started."""
    import os

    from confcontract.errors import ConfcontractError, exit_code

    try:
        loaded = _load(contract)
        environ = {} if no_environ else dict(os.environ)
        resolution = _resolve(loaded, environ, env_file, _policies())
        problems = list(resolution.problems)
        if model is not None:
            from confcontract.author.model_check import validate_with_model

            _import_from_here()
            in_vault = {problem.variable for problem in problems if problem.code == "vault-not-configured"}
            found = validate_with_model(model, resolution.environ, loaded)
            problems += [problem for problem in found if problem.variable not in in_vault]
    except ConfcontractError as error:
        _report(error.problems, sys.stdout, format)  # who asks for JSON or annotations gets them in any case
        return error.exit_code
    valid = exit_code(problems) == 0
    subject = f"{loaded.name} {loaded.version}"
    _report(problems, sys.stdout, format, f"{subject}: the configuration is {'valid' if valid else 'invalid'}")
    return exit_code(problems)


@app.command()
def explain(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    format: Annotated[  # noqa: A002
        Literal["text", "json"], typer.Option(help="text is a table on a terminal, NAME=value lines otherwise.")
    ] = "text",
) -> int:
    """Show every variable: its value, where that came from, and what it overrides. Secrets are masked."""
    import os

    from confcontract import terminal
    from confcontract.boot.explain import render_json, render_plain, render_table, rows
    from confcontract.problem import INFO

    resolution = _resolve(_load(contract), dict(os.environ), env_file, ())
    table = rows(resolution)
    if format == "json":
        _out(render_json(table))
    elif terminal.is_terminal(sys.stdout):
        _out(render_table(table, terminal.width_of(sys.stdout), terminal.wants_color(sys.stdout, os.environ)))
    else:
        _out(render_plain(table))
    if not resolution.ok:
        _report([problem for problem in resolution.problems if problem.severity != INFO], sys.stderr)
    return resolution.exit_code


secrets = typer.Typer(no_args_is_help=True, help="Before a deployment: can its secrets be read, and by whom?")
app.add_typer(secrets, name="secrets")


@secrets.command()
def check(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    role: Role = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Of the report on stdout.")] = "text",  # noqa: A002
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="For all of it.")] = TIMEOUT,
) -> int:
    """Which references can be read by this identity, and which can't, and why? No value is shown, nothing is made."""
    import json
    import os

    from confcontract.boot import launch
    from confcontract.boot.secrets.check import as_data, as_text
    from confcontract.boot.secrets.check import check as ask
    from confcontract.boot.secrets.needed import needed
    from confcontract.boot.vault.reader import VaultReader
    from confcontract.errors import exit_code

    launch.harden()  # values pass through, though none is shown
    environ = dict(os.environ)
    found, problems = needed(_load(contract), environ=environ, env_files=env_file or (), conf_dir=CONF_DIR, role=role)
    rows, more = ask(found, VaultReader(environ, deadline_seconds=timeout, revoke_token=True))
    problems = [*problems, *more]
    if format == "json":
        _out(json.dumps(as_data(rows, problems, exit_code(problems)), indent=2) + "\n")
    else:
        _out(as_text(rows) or "no variable lives in Vault\n")
        _report(problems, sys.stdout)
    return exit_code(problems)


@secrets.command()
def policy(
    contract: ContractFile = None,
    env_file: EnvFiles = None,
    role: Role = None,
    given_token: Annotated[
        bool, typer.Option("--given-token", help="The deployment is given its token; it does not log in.")
    ] = False,
) -> int:
    """Print the least Vault policy (HCL) that the contract needs."""
    import os

    from confcontract.boot.secrets.needed import needed
    from confcontract.boot.secrets.policy import find_engines, paths_of
    from confcontract.boot.secrets.policy import policy as write
    from confcontract.boot.vault.reader import VaultReader
    from confcontract.errors import exit_code

    environ = dict(os.environ)
    loaded = _load(contract)
    found, problems = needed(loaded, environ=environ, env_files=env_file or (), conf_dir=CONF_DIR, role=role)
    find, more = find_engines(found, environ, VaultReader(environ, revoke_token=True))
    problems = [*problems, *more]
    if exit_code(problems):  # half a policy would be applied as if it were whole
        _report(problems, sys.stderr)
        return exit_code(problems)
    title = f"What {loaded.name} {loaded.version} reads from Vault"
    _out(write(found, paths_of(found, environ), find, logs_in=not given_token, title=title))
    return 0


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line. Raises SystemExit with the exit code unless that is 0.

    What the commands raise (ConfcontractError, KeyboardInterrupt, BrokenPipeError) goes to __main__, which
    reports it as it does for boot; only what Typer raises is dealt with here, since it would exit with 2 or 1.
    """
    command = typer.main.get_command(app)
    try:
        with command.make_context("confcontract", sys.argv[1:] if argv is None else list(argv)) as context:
            code = command.invoke(context)
    except typer.Exit as exit_:
        code = exit_.exit_code
    except typer.TyperException as error:
        code = _usage(error)
    sys.stdout.flush()
    if code:
        raise SystemExit(code)


def _usage(error: typer.TyperException) -> int:
    from confcontract.errors import UsageError
    from confcontract.problem import Problem

    text = error.format_message() if hasattr(error, "format_message") else str(error)
    text = text.replace("Value error, ", "")  # pydantic's words, with which Typer checks choices
    context = getattr(error, "ctx", None)
    hint = f"see {context.command_path if context else 'confcontract'} --help"
    if text:  # without any arguments, Typer has shown the help instead
        _report([Problem("usage", text, hint=hint)], sys.stderr)
    return UsageError.exit_code


def _report(problems: Sequence[Problem], stream: TextIO, format: str = "text", title: str | None = None) -> None:  # noqa: A002
    import os

    from confcontract.report import print_problems

    print_problems(problems, stream, format, title=title, environ=os.environ)


def _out(text: str) -> None:
    from confcontract.terminal import write

    write(sys.stdout, text)


def _import_from_here() -> None:
    """As `python -m` does: the working directory's modules, which a console script doesn't see."""
    import os

    if (here := os.getcwd()) not in sys.path:
        sys.path.insert(0, here)


def _load(path: str | None) -> Contract:
    import os

    from confcontract.contract import DEFAULT_PATH, Contract

    return Contract.load(path or os.environ.get("CONFCONTRACT_PATH") or DEFAULT_PATH)


def _resolve(
    contract: Contract, environ: dict[str, str], env_files: list[str] | None, policies: Sequence[str]
) -> Resolution:
    from confcontract.boot.resolve import resolve

    return resolve(contract, environ=environ, env_files=env_files or (), conf_dir=CONF_DIR, policies=policies)


def _policies() -> list[str]:
    from confcontract.boot.policy import find_overlays
    from confcontract.errors import ConfigurationInvalid
    from confcontract.problem import Problem

    try:
        return find_overlays(POLICY_DIR)
    except OSError as error:
        message = f"{POLICY_DIR}: can't be read: {error.strerror}"
        hint = "check its owner and mode"
        raise ConfigurationInvalid(Problem("policy-unreadable", message, source=POLICY_DIR, hint=hint)) from None


def _summary(contract: Contract) -> str:
    count = len(contract.variables)
    lines = [f"{contract.name} {contract.version}: {count} variable{'s' * (count != 1)}", contract.digest]
    deferred = contract.data["deferred"]
    if deferred:
        lines.append("accepted by the contract; the application checks further:")
        lines += [f"  {_deferred(item)}" for item in deferred]
    return "\n".join(lines) + "\n"


def _deferred(item: dict[str, object]) -> str:
    variables = item.get("variables")
    names = ", ".join(map(str, variables)) if isinstance(variables, list) and variables else "the whole document"
    place = f", {item['declaredAt']}" if item.get("declaredAt") else ""
    return f"{names}: {item.get('kind')} {item.get('name') or ''}".rstrip() + place
