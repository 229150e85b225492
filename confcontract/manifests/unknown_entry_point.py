"""Judges arguments that begin with an option, if the image's ENTRYPOINT is not known.

After `confcontract boot --`, the usual ENTRYPOINT, boot refuses them; after `confcontract boot` they are its options;
and after a command of the application they belong to it. So only what holds with and without these options is certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from confcontract.manifests.boot_settings import FLAGS, WITH_VALUE
from confcontract.manifests.workload import Container, ManifestProblem
from confcontract.report.problem import INFO, WARNING, Problem
from confcontract.verdict.sources.platform import UNVERIFIABLE

_AS_OPTIONS = "if the arguments are options of boot"
_NOT_AS_OPTIONS = "unless the arguments are options of boot"


def certain_and_possible(
    container: Container, as_options: Sequence[ManifestProblem], without: Sequence[ManifestProblem]
) -> tuple[ManifestProblem, ...]:
    """as_options: the problems if the arguments are options of boot. without: the problems if they are not. Those in
    only one of them are not verifiable. An error in one that is a warning in the other is a warning."""
    as_options, without = _as_warnings(as_options, without), _as_warnings(without, as_options)
    return (
        _assumption(container),
        *(each for each in as_options if each in without),
        *_possible(as_options, without, _AS_OPTIONS),
        *_possible(without, as_options, _NOT_AS_OPTIONS),
    )


def _as_warnings(found: Sequence[ManifestProblem], otherwise: Sequence[ManifestProblem]) -> list[ManifestProblem]:
    milder = [each for each in otherwise if each.problem.severity == WARNING]
    as_warnings = (replace(each, problem=each.problem.but(severity=WARNING)) for each in found)
    return [warning if warning in milder else each for each, warning in zip(found, as_warnings, strict=True)]


def _possible(
    found: Sequence[ManifestProblem], otherwise: Sequence[ManifestProblem], when: str
) -> Iterator[ManifestProblem]:
    doubted = {each.problem.variable for each in otherwise if not each.verifiable} - {None}
    for each in found:
        if each in otherwise or each.problem.variable in doubted:
            continue
        if not each.verifiable:
            yield each
        elif each.problem.severity != INFO:
            message = f"{each.problem.message}, {when}"
            possible = each.problem.but(code=UNVERIFIABLE, severity=INFO, message=message)
            yield ManifestProblem(possible, each.place, verifiable=False)


def _assumption(container: Container) -> ManifestProblem:
    first = (container.args or ("",))[0]
    what = "--" if first == "--" else "an option"
    message = (
        f"the arguments begin with {what}, and the image's ENTRYPOINT is not known: after confcontract boot --, the "
        "usual one, boot refuses them, and after confcontract boot they are its options"
    )
    name = first.removeprefix("--").partition("=")[0]
    variable = f"CONFCONTRACT_{name.upper()}" if name in FLAGS - {"dry-run"} else WITH_VALUE.get(name)
    instead = f"set {variable} instead" if variable else "begin them with the command"
    hint = f"{instead}, or judge it by the contract in the image: --contract docker://IMAGE"
    return ManifestProblem(Problem(UNVERIFIABLE, message, severity=INFO, hint=hint), container.place, verifiable=False)
