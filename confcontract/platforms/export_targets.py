"""The targets of `confcontract export`: one table."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.platforms.export_input import ExportInput
    from confcontract.platforms.exported import Exported


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """module: below `confcontract.platforms`, with a function `export(given, kind)`; imported when it is asked for.
    what: it writes, in words. kinds: what --kind may say, the usual one first; empty for a target of one kind.
    """

    module: str
    what: str
    kinds: tuple[str, ...] = ()


TARGETS = {
    "dotenv": ExportTarget("dotenv_file", "an env file that python-dotenv, docker and Compose read"),
    "json-schema": ExportTarget(
        "schema_document",
        "a JSON Schema: of the environment, whose values are strings, or of the settings document",
        ("environment", "settings"),
    ),
}


def export(target: str, given: ExportInput, kind: str | None = None) -> Exported:
    """kind: one of the target's, None for the usual one."""
    chosen = TARGETS[target]
    module = __import__(f"confcontract.platforms.{chosen.module}", fromlist=["export"])
    exported: Exported = module.export(given, kind or (chosen.kinds[0] if chosen.kinds else None))
    return exported
