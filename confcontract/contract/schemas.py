"""The JSON Schemas of the formats that confcontract writes, as they are published."""

from __future__ import annotations

from confcontract.report.errors import Bug
from confcontract.report.problem import Problem


def schema_text(name: str) -> str:
    """The text of a published schema, by file name: `contract-v1.schema.json`.

    A wheel carries the schemas inside the package; in a source checkout they are beside it. Raises Bug (exit 70) if the
    installation lacks the schema.
    """
    import os

    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for parent in (package, os.path.dirname(package)):
        try:
            with open(os.path.join(parent, "schemas", name), encoding="utf-8") as stream:
                return stream.read()
        except FileNotFoundError:
            continue
    raise Bug(
        Problem(
            "internal",
            f"this installation lacks the published schema {name}",
            hint="install confcontract again",
        )
    )
