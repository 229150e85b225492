"""`confcontract bake`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from confcontract.cli.common import echo, not_empty, report

if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract


def bake(
    settings: Annotated[
        list[str],
        typer.Argument(
            metavar="MODULE:OBJECT",
            help="A BaseSettings class, an instance, a function that returns an instance, or what declare() returned.",
        ),
    ],
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Where to write the files.")] = ".",
    name: Annotated[
        str | None,
        typer.Option(help="The application's name. Else declare()'s, else the module's.", show_default=False),
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="The application's version. Else declare()'s, else 0.", show_default=False)
    ] = None,
    source_commit: Annotated[
        str | None, typer.Option(metavar="SHA", help="Recorded in the contract's provenance.", show_default=False)
    ] = None,
    image_tag: Annotated[
        str | None, typer.Option(metavar="TAG", help="Recorded in the contract's provenance.", show_default=False)
    ] = None,
) -> int:
    """Compile a settings class into contract.json, schema.json and defaults.env."""
    import os
    import sys

    from confcontract.author.baked_files import bake_files
    from confcontract.author.loading import import_from_here

    not_empty("--out", out)
    import_from_here()
    written = bake_files(
        settings,
        out,
        name=name,
        version=version,
        source_commit=source_commit,
        image_tag=image_tag,
        environ=os.environ,
    )
    if written.contract.warnings:
        report(written.contract.warnings, sys.stderr)
    echo("".join(f"wrote {path}\n" for path in written.paths) + _summary(written.contract))
    return 0


def _summary(contract: Contract) -> str:
    from confcontract.author.marker_checks import unmarked

    count = len(contract.variables)
    lines = [f"{contract.name} {contract.version}: {count} variable{'s' * (count != 1)}", contract.digest]
    deferred = contract.data["deferred"]
    if deferred:
        lines.append("accepted by the contract; the application checks further:")
        lines += _deferred(deferred)
    called_so = unmarked(contract.variables)
    if called_so:
        lines.append("named like a secret, so masked everywhere; a default is in the image all the same. Declare each")
        lines.append("as SecretStr or Secret(), or as Secret(False) if it is not a secret:")
        lines.append(f"  {', '.join(called_so)}")
    return "\n".join(lines) + "\n"


def _deferred(items: list[dict[str, Any]]) -> list[str]:
    """One line for each reason to defer, with all variables that it concerns."""
    concerned: dict[str, dict[str, None]] = {}
    for item in items:
        place = f", {item['declaredAt']}" if item.get("declaredAt") else ""
        unread = item["kind"] == "source" and item["variables"]
        what = f"{item['kind']} {item['name']}".rstrip() + place
        if item["kind"] == "source":
            what = f"not checked, {'read by' if unread else 'what'} {item['name']}{'' if unread else ' gives'}"
        names = item["variables"] if (item["path"] or unread) and item["variables"] else ["the whole document"]
        concerned.setdefault(what, {}).update(dict.fromkeys(names))
    return [f"  {', '.join(names)}: {what}" for what, names in concerned.items()]
