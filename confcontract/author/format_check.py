"""Bake checks every contract against the published format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from confcontract.contract.schemas import schema_text
from confcontract.report.errors import Bug
from confcontract.report.problem import Problem

PUBLISHED = "contract-v1.schema.json"


def check_format(data: Mapping[str, Any]) -> None:
    """Raise Bug (exit 70), with the place of the first violation, if `data` does not match the format confcontract/v1.

    The author of a settings class can't fix that, so it is our defect. The message holds no value: nothing has been
    written at this point, and the wrong part may be one that must not be readable.
    """
    schema = json.loads(schema_text(PUBLISHED))
    # The tests check that `schema` is itself a JSON Schema: for 5,000 variables that alone takes 5 s.
    del schema["properties"]["schema"]["$ref"]
    error = next(_violations(schema, data), None)
    if error is None:
        return
    where = "/".join(str(part) for part in error.absolute_path) or "the document"
    rule = "/".join(str(part) for part in error.absolute_schema_path)
    raise Bug(
        Problem(
            "internal",
            f"the contract violates its own format: {where} breaks {rule}",
            source=f"schemas/{PUBLISHED}",
            hint="please report it with the declaration of that setting; nothing was written",
        )
    )


def _violations(schema: dict[str, Any], data: Mapping[str, Any]) -> Any:
    found: Any = Draft202012Validator(schema).iter_errors(data)
    return (_deepest(error) for error in found)


def _deepest(error: ValidationError) -> ValidationError:
    """For an `anyOf` or `oneOf`, the member that matched most explains most."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error
