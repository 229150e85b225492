"""`confcontract bump`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from confcontract.cli.common import echo
from confcontract.cli.two_contracts import NewContract, OldContract, evaluated, upgrade

if TYPE_CHECKING:
    from confcontract.compare.semantic_version import SemanticVersion
    from confcontract.compare.version_bump import Bump, Reason

TOO_SMALL = 1


def bump(
    old: OldContract,
    new: NewContract,
    check: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Exit 1 if this version is too small for the change.", show_default=False),
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option(help="Format of the answer on stdout.")] = "text",  # noqa: A002
) -> int:
    """Print the semantic version that the change from OLD to NEW requires. Exit 2: not evaluated."""

    def work() -> int:
        from confcontract.compare.version_bump import bump_of

        found = upgrade(old, new, severities=True)
        wanted = bump_of(found, _version(found.old.version, f"the version of {old}", "bake --version 1.5.0"))
        checked = None if check is None else _version(check, "the version of --check", "--check 1.5.0")
        ok = checked is None or wanted.allows(checked)
        if format == "json":
            echo(_json(wanted, checked, ok), data=True)
        else:
            echo(_text(wanted, checked, ok))
        return 0 if ok else TOO_SMALL

    return evaluated(work)


def _version(text: str, what: str, do: str) -> SemanticVersion:
    from confcontract.compare.semantic_version import parse_version
    from confcontract.report.errors import ConfigurationInvalid
    from confcontract.report.problem import Problem

    try:
        return parse_version(text)
    except ValueError:
        message = f"{what} is not a semantic version: {text[:80]!r}"
        hint = f"versions are MAJOR.MINOR.PATCH, such as 1.5.0 or 2.0.0-rc.1: {do}"
        raise ConfigurationInvalid(Problem("version-not-semantic", message, hint=hint)) from None


def _text(wanted: Bump, checked: SemanticVersion | None, ok: bool) -> str:
    from confcontract.report.terminal import printable

    step = f"{wanted.old} → {wanted.needed}"
    lines = [f"{wanted.level.value}: {step}" if wanted.reasons or wanted.needed != wanted.old else _nothing(wanted)]
    if wanted.level is not wanted.change:
        lines[0] += f" (below 1.0.0, a {wanted.change.value} change raises the {wanted.level.value} number)"
    lines += [f"  {printable(_reason(each))}" for each in wanted.reasons]
    if checked is not None:
        more = "" if ok else f"; it has to be {wanted.needed} at least"
        lines.append(f"{checked} is {'high enough' if ok else 'too small'}{more}")
    return "\n".join(lines) + "\n"


def _nothing(wanted: Bump) -> str:
    return f"none: {wanted.old}, the configuration is the same"


def _reason(reason: Reason) -> str:
    from confcontract.compare.version_bump import is_undecided

    finding = reason.finding
    where = f"{finding.where} " if finding.where else ""
    undecided = " (could not be decided, so it is treated as incompatible)" if is_undecided(reason) else ""
    return f"{reason.level.value:<6}{where}[{finding.rule}] {finding.sentence}{undecided}"


def _json(wanted: Bump, checked: SemanticVersion | None, ok: bool) -> str:
    import json

    from confcontract.report.terminal import harmless_json

    told: dict[str, Any] = {
        "old": str(wanted.old),
        "change": wanted.change.value,
        "bump": wanted.level.value,
        "version": str(wanted.needed),
        "reasons": [
            {
                "level": each.level.value,
                "rule": each.finding.rule,
                "severity": each.finding.severity.value,
                "variable": each.finding.where or None,
                "sentence": each.finding.sentence,
            }
            for each in wanted.reasons
        ],
    }
    if checked is not None:
        told["checked"] = {"version": str(checked), "ok": ok}
    return harmless_json(json.dumps(told, indent=2)) + "\n"
