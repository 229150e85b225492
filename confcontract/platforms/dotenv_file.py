"""`export dotenv`: an env file with the given values, and a line for each other variable that says how to set it.

A variable without a value stays commented out, because an empty value would be read as a value.
"""

from __future__ import annotations

from confcontract.contract import dotenvtext
from confcontract.contract.schemes import stores
from confcontract.platforms.comments import about, comment, one_line
from confcontract.platforms.export_input import Way
from confcontract.platforms.exported import Exported
from confcontract.report.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from confcontract.platforms.export_input import ExportInput, Setting

FILE = ".env"


def export(given: ExportInput, kind: str | None) -> Exported:  # noqa: ARG001 - it has one kind only
    contract = given.contract
    problems: list[Problem] = []
    lines = [
        *comment(f"{contract.name} {contract.version}, {contract.digest}"),
        *comment(
            "What is behind a # has no value here. Secrets are not in this file: boot reads each from a file in "
            "/run/secrets that is called like the variable, or from the one that NAME_FILE names."
        ),
    ]
    if given.of_boot:
        lines += ["", *comment("For confcontract boot")]
        lines += (f"{name}={dotenvtext.written(value)}" for name, value in given.of_boot.items())
    for setting in given.settings:
        if setting.way is Way.LEFT and setting.variable["type"]["kind"] == "object":
            continue  # its members set the section
        lines += ["", *_lines(setting, problems)]
    return Exported({FILE: "\n".join(lines) + "\n"}, tuple(problems))


def _lines(setting: Setting, problems: list[Problem]) -> Iterator[str]:
    yield from comment(about(setting.variable))
    if setting.required:
        yield from comment("Required")
    for name, value in setting.given:
        yield from _given(name, value, problems)
    name = setting.name
    if setting.way is Way.GIVEN:
        return
    if setting.way is Way.STORE:
        yield from comment(f"{name}: boot reads it from {stores(setting.references)}: {', '.join(setting.references)}")
    elif setting.way is Way.SECRET:
        yield from comment("Secret: give it as a file")
        yield f"#{name}_FILE=/run/secrets/{name}" if dotenvtext.name_written(name) else f"# {one_line(name)}"
    elif setting.way is Way.ASKED:
        yield f"#{dotenvtext.name_written(name) or one_line(name)}="
    else:
        default = setting.variable.get("defaultText")
        text = "" if default is None else dotenvtext.written(default, one_line=True)
        yield f"#{dotenvtext.name_written(name) or one_line(name)}={text if text.isprintable() else ''}"


def _given(name: str, value: str, problems: list[Problem]) -> Iterator[str]:
    written = dotenvtext.name_written(name)
    if written is None:
        message = "can't be written in an env file: its name has characters that no reader accepts"
        problems.append(Problem("export-impossible", message, variable=name, severity=WARNING))
        yield from comment(f"{name} can't be written in an env file")
        return
    if not dotenvtext.is_common(value):
        yield from comment(dotenvtext.QUOTED)
    yield f"{written}={dotenvtext.written(value)}"
