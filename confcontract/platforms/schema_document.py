"""`export json-schema`: of the environment, whose values are all strings, or of the settings document.

The schema of the environment accepts at least what boot accepts: what it refuses, boot refuses. It is for values that
an editor, a form or a pipeline has before there is a container.
"""

from __future__ import annotations

import json

from confcontract.contract.artifact import is_hidden
from confcontract.platforms.comments import one_line
from confcontract.platforms.export_input import Way
from confcontract.platforms.exported import Exported
from confcontract.report.terminal import harmless_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.platforms.export_input import ExportInput, Setting

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def export(given: ExportInput, kind: str | None) -> Exported:
    contract = given.contract
    if kind == "settings":
        document: Mapping[str, Any] = contract.data["schema"]
    else:
        document = {
            "$schema": DRAFT,
            "$comment": f"{contract.name} {contract.version}, {contract.digest}",
            "title": f"The environment of {contract.name}",
            "type": "object",
            "properties": {setting.name: _property(setting) for setting in given.settings},
            "additionalProperties": {"type": "string"},
            "required": [setting.name for setting in given.settings if setting.way is Way.ASKED],
        }
    return Exported({f"{kind}.schema.json": harmless_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"})


def _property(setting: Setting) -> dict[str, Any]:
    variable = setting.variable
    said: dict[str, Any] = {"type": "string", "title": one_line(variable["type"]["text"])}
    if "description" in variable:
        said["description"] = variable["description"]
    if "defaultText" in variable and not is_hidden(variable):
        said["default"] = variable["defaultText"]
    if "examples" in variable:
        said["examples"] = variable["examples"]
    if "deprecated" in variable and setting.name in variable["deprecated"]["names"]:
        said["deprecated"] = True
    if is_hidden(variable):
        said["writeOnly"] = True
    return said
