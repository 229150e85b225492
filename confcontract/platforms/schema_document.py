"""`export json-schema`: of the environment, whose values are all text, or of the settings document.

The schema of the environment accepts at least what boot accepts, for names as the contract spells them. It is for
values that an editor, a form or a pipeline has before there is a container.
"""

from __future__ import annotations

import json
import re

from confcontract.contract.artifact import is_hidden
from confcontract.contract.declared import Declared
from confcontract.contract.schemes import SCHEMES
from confcontract.platforms.comments import one_line
from confcontract.platforms.export_input import Way
from confcontract.platforms.exported import Exported
from confcontract.platforms.left_to_application import judged_as_text
from confcontract.platforms.ways_to_give import ways_to_give
from confcontract.report.terminal import harmless_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.platforms.export_input import ExportInput, Setting

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _any_case(words: str) -> str:
    """The words in any case: patterns of JSON Schema have no flags."""
    return "|".join(
        "".join(f"[{letter.upper()}{letter}]" if letter.isalpha() else letter for letter in word)
        for word in words.split()
    )


# Texts that pydantic accepts for these, and a few more.
_FORMS = {
    "boolean": rf"\s*(?:{_any_case('0 off f false n no 1 on t true y yes')})\s*",
    "integer": r"\s*[+-]?[0-9_]+(?:\.[0_]*)?\s*",
    "number": rf"\s*[+-]?(?:[0-9_.]+(?:[eE][+-]?[0-9_]+)?|{_any_case('inf infinity nan')})\s*",
}
_REFERENCE = "|".join(scheme.replace("-", r"\-") for scheme in SCHEMES)


def export(given: ExportInput, kind: str | None) -> Exported:
    contract = given.contract
    document = contract.data["schema"] if kind == "settings" else _of_environment(given)
    return Exported({f"{kind}.schema.json": harmless_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"})


def _of_environment(given: ExportInput) -> dict[str, Any]:
    contract = given.contract
    declared = Declared(contract)
    judged = judged_as_text(contract)
    others = [""] if declared.skips_empty else []
    document: dict[str, Any] = {
        "$schema": DRAFT,
        "$comment": f"{contract.name} {contract.version}, {contract.digest}",
        "title": f"The environment of {contract.name}",
        "type": "object",
        "properties": {
            setting.name: _property(setting, others, declared, judged=setting.name in judged)
            for setting in given.settings
        },
        "additionalProperties": {"type": "string"},
    }
    if declared.sections and all(declared.sections):
        document["propertyNames"] = _names(declared)
    asked = [_asked(setting.variable, declared) for setting in given.settings if setting.way is Way.ASKED]
    if asked:
        document["allOf"] = asked
    return document


def _names(declared: Declared) -> dict[str, Any]:
    """All names that do not begin like the contract's, and the contract's."""
    names = [name for each in declared.names.values() for name in each]
    pointers = [f"{name}_FILE" for name in names if not declared.knows(f"{name}_FILE")]
    heads = [head for variable in declared.variables.values() for head in variable.get("open", ())]
    like = "|".join(_spelt(each, declared) for each in declared.sections)
    known: list[dict[str, Any]] = [{"enum": [*names, *pointers]}]
    known += [{"pattern": f"^(?:{'|'.join(_spelt(head, declared) for head in heads)})"}] if heads else []
    return {"anyOf": [*known, {"not": {"pattern": f"^(?:{like})"}}]}


def _spelt(text: str, declared: Declared) -> str:
    if declared.sensitive:
        return _literal(text)
    return "".join(
        f"[{each.upper()}{each.lower()}]" if each.isascii() and each.isalpha() else _literal(each) for each in text
    )


def _literal(text: str) -> str:
    """A text as a pattern that means the same in ECMAScript and in Python."""
    return re.sub(r"[][.*+?^${}()|\\/]", lambda found: f"\\{found[0]}", text)


def _asked(variable: Mapping[str, Any], declared: Declared) -> dict[str, Any]:
    """The variable has to be set: by one of its names, by a file, by a part, with its section or by its members."""
    names, heads = ways_to_give(variable, declared)
    given: list[dict[str, Any]] = [{"required": [name]} for name in names]
    given += [{"not": {"propertyNames": {"not": {"pattern": f"^{_spelt(head, declared)}"}}}} for head in heads]
    return {"anyOf": given}


def _property(setting: Setting, others: list[str], declared: Declared, *, judged: bool) -> dict[str, Any]:
    """others: texts that every variable accepts, such as the empty one. judged: whether the contract alone decides on
    its text.
    """
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
    holds_more = setting.name in variable.get("within", ()) or len(declared.sharing(setting.name)) > 1
    if judged and not holds_more and (pattern := _pattern(variable, others)):
        said["pattern"] = pattern
    return said


def _pattern(variable: Mapping[str, Any], others: list[str]) -> str | None:
    """A pattern of all texts that boot accepts; None if that is not known."""
    if variable["encoding"] != "plain" or variable["type"]["kind"] not in _FORMS:
        return None
    forms = [_FORMS[variable["type"]["kind"]], *map(_literal, others)]
    return f"^(?:{'|'.join(forms)})$|^(?:{_REFERENCE})"
