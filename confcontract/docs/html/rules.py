"""The data, as JSON, that the page's script needs to judge an env file in the browser.

For each variable:
    rule    how its value is judged; without a rule, the page says that only boot can decide
    need    "always" if its section requires it, "maybe" if something else may require it
    heads   names that hold it together with other values
    parts   the effect of a longer name below its own: "section" where it is ignored, "unclear" if only boot can decide
    inCode  for a secret in the code: for each section around it, whether the section exists if nothing is set; null:
    unclear
"""

from __future__ import annotations

from confcontract.verdict.elsewhere.document_places import places_of
from confcontract.verdict.elsewhere.value_rules import Values
from confcontract.verdict.mask import mask_of_defaults
from confcontract.verdict.problems.expected import as_whole
from confcontract.verdict.sources.foreign_references import expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.docs.model import Page, VariableEntry


def rules_of(contract: Contract, page: Page) -> dict[str, Any]:
    compiled = contract.compiled
    program = compiled["settings"][0]
    entries = {entry.name: entry for entry in page.entries}
    judge = _BrowserJudge(compiled)
    foreign = [deferral["name"] for deferral in contract.deferred if deferral["kind"] == "source"]
    return {
        "delimiter": program["delimiter"] or "",
        "foreign": foreign[0] if foreign else None,
        "ignoresEmpty": program["ignoreEmpty"],
        "prefix": program["prefix"],
        "readsFiles": any(
            one.get("dotenv") or one.get("secretsDirs") or one.get("sources") for one in compiled["settings"]
        ),
        "references": expression(),
        "roles": {name: role["needs"] for name, role in sorted(contract.roles.items())},
        "sections": compiled["sections"],
        "sensitive": program["caseSensitive"],
        "unnamed": judge.requires_more(contract),
        "variables": [
            _described(variable, entries[variable["name"]]) | judge.judged(variable) for variable in contract.variables
        ],
    }


def _described(variable: Mapping[str, Any], entry: VariableEntry) -> dict[str, Any]:
    """The data of a variable, without what the script assumes by default: one name, plain text."""
    data = {"name": variable["name"], "path": variable["path"], "toDo": _to_do(variable, entry)}
    if variable.get("aliases"):
        data["names"] = [variable["name"], *variable["aliases"]]
    if variable["type"]["kind"] == "boolean":
        data["kind"] = "boolean"
    if variable["encoding"] != "plain":
        data["shape"] = variable["encoding"]
    for key in ("required", "deferred", "secret"):
        if variable.get(key):
            data[key] = variable[key]
    if entry.deprecated is not None:
        data["deprecated"] = {**variable["deprecated"], "message": entry.deprecated.message}  # masked
    if entry.secret or variable.get("credentials"):
        data["masked"] = True
    if "vault" in variable:
        data["vault"] = True
    return data


def _to_do(variable: Mapping[str, Any], entry: VariableEntry) -> str:
    """The same instruction as boot gives. A page never shows a choice, pattern or example of a secret, or a password in
    one.
    """
    if entry.secret or variable.get("credentials"):
        return f"set {entry.type_text or 'text'}"
    return mask_of_defaults(as_whole(variable))


class _BrowserJudge:
    """Finds the facts about a variable that a browser can be sure of."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._places = places_of(compiled)
        self._values = Values(compiled)
        self._fields = {
            field["name"]: field["names"] for field in compiled["settings"][0]["fields"] if not isinstance(field, str)
        }

    def requires_more(self, contract: Contract) -> bool:
        """Whether something is required that is not a variable of its own, or nothing is known about the places."""
        named = {tuple(variable["path"]) for variable in contract.variables}
        return not self._places or any(place.required and path not in named for path, place in self._places.items())

    def judged(self, variable: Mapping[str, Any]) -> dict[str, Any]:
        place = self._places.get(tuple(variable["path"]))
        found: dict[str, Any] = {}
        rule = self._values.rule(place, variable) if place is not None else None
        if rule is not None:
            found["rule"] = rule
        if heads := self._heads(variable):
            found["heads"] = sorted(heads)
        if place is not None and place.is_plain_section and not heads:
            found["parts"] = "section"
        elif rule is None or rule["kind"] == "list" or heads:
            found["parts"] = "unclear"
        if place is not None and place.settled:
            if place.required:
                found["need"] = "always"
        elif variable.get("required") or variable.get("requiredIf"):
            found["need"] = "maybe"
        if "defaultInCode" in variable and variable["secret"]:
            found["inCode"] = self._standing(tuple(variable["path"]))
        return found

    def _heads(self, variable: Mapping[str, Any]) -> set[str]:
        found = set(variable.get("within", ()))
        path = tuple(variable["path"])
        if path in self._places and len(path) == 1:
            heads = self._places[path].heads
            found.update(name for key, name, _ in self._fields.get(path[0], ()) if key in heads)
        return found

    def _standing(self, path: tuple[str, ...]) -> list[bool | None]:
        found: list[bool | None] = []
        for depth in range(1, len(path)):
            place = self._places.get(path[:depth])
            section = None if place is None else place.default
            for step in path[depth:-1]:
                section = section.get(step) if isinstance(section, dict) else None
            found.append(None if place is None else isinstance(section, dict))
        return found
