"""`confcontract smoke`."""

from __future__ import annotations

from typing import Annotated, Literal, NoReturn

import typer

from confcontract.cli.common import echo, not_empty, usage_error

PASSED = 0
FAILED = 1
SHORTEST = 5  # minimum length of a masked value: masking a port or a flag would remove half of the words
MARKS = {True: "ok", False: "failed", None: "-"}


def smoke(
    image: Annotated[
        str,
        typer.Argument(
            metavar="IMAGE", help="An image that docker or podman knows, or a skopeo reference: oci:DIR:TAG, …"
        ),
    ],
    env_file: Annotated[
        list[str] | None,
        typer.Option("--env-file", metavar="FILE", help="A dotenv file; later ones win. May be repeated."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="URL on this machine that must answer over HTTP.", show_default=False),
    ] = None,
    engine: Annotated[
        Literal["docker", "podman", "runc"] | None,
        typer.Option(help="What starts the image. Default: the first that is installed.", show_default=False),
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Seconds until it must have started.")] = 60,
    grace: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Seconds after TERM until it must have stopped.")
    ] = 10,
) -> int:
    """Start an image as a platform would: does it boot, answer, stop, and refuse to start unset? Exit 0: yes. 1: no."""
    import os
    import signal

    from confcontract.smoke.engine_choice import engine_for
    from confcontract.smoke.smoke_steps import smoke as run

    not_empty("IMAGE", image)
    not_empty("--env-file", *env_file or ())
    _refuse_endless(timeout, grace)
    _refuse_other_than_http(url)
    environ = _environ(env_file or ())
    started = engine_for(engine, image, os.environ.get("PATH"))
    before = signal.signal(signal.SIGTERM, _end)  # raise, so that the container is stopped
    try:
        result = run(started, environ, url, timeout, grace)
    finally:
        signal.signal(signal.SIGTERM, before)
        started.close()
    echo("".join(f"{MARKS[step.passed]:6}  {step.what}\n" for step in result.steps))
    if not result.passed:
        echo("its output:\n" + "".join(f"  {_masked(line, environ)}\n" for line in result.said))
    return PASSED if result.passed else FAILED


def _end(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def _refuse_endless(timeout: float, grace: float) -> None:
    """Refuse infinity, which is within Typer's bounds."""
    from math import isfinite

    for option, value in (("--timeout", timeout), ("--grace", grace)):
        if not isfinite(value):
            raise usage_error(f"{option} {value} is not a number of seconds", "give it such as 30")


def _refuse_other_than_http(url: str | None) -> None:
    from urllib.parse import urlsplit

    if url is None:
        return
    try:
        parts = urlsplit(url)
        right = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:  # the port is not a number
        right = False
    if not right:
        raise usage_error("--url is not a valid URL", "give it as http://localhost:8000/path, without a login")


def _masked(line: str, environ: dict[str, str]) -> str:
    """Mask the values that the image was started with: only its contract knows which are secret."""
    from confcontract.verdict.mask import MASK, mask_credentials

    for value in sorted(environ.values(), key=len, reverse=True):
        if len(value) >= SHORTEST:
            line = line.replace(value, MASK)
    return mask_credentials(line)


def _environ(files: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Raises ConfigurationInvalid for a file that can't be read."""
    from confcontract.report.errors import ConfigurationInvalid
    from confcontract.report.problem import ERROR
    from confcontract.verdict.sources.envfile import read_env_file

    environ: dict[str, str] = {}
    for name in files:
        read = read_env_file(name, {})
        if wrong := [each for each in read.problems if each.severity == ERROR]:
            raise ConfigurationInvalid(*wrong)
        environ |= read.values
    return environ
