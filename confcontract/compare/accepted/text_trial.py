"""What boot makes of a text for one variable alone: the contract's own decoding and its own validator."""

from __future__ import annotations

from confcontract.contract.engine import ValidationError
from confcontract.verdict.sources.fields import gather
from confcontract.verdict.validator import prepare, validator_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.compare.accepted.side import Side


class _Unset:
    def __copy__(self) -> _Unset:
        return self

    def __deepcopy__(self, _: object) -> _Unset:
        return self


def trial_of(side: Side, *, required: bool) -> TextTrial:
    """Raises NotAlone."""
    if required not in side.trials:
        side.trials[required] = TextTrial(side, required=required)
    trial: TextTrial = side.trials[required]
    return trial


REFUSED: Any = object()
UNSET: Any = _Unset()  # the text counts as none at all, so that the default holds


class NotAlone(Exception):
    """The verdict on this variable depends on others: it is inside of a union."""


class TextTrial:
    """Texts for one variable, tried. Raises NotAlone where there is no verdict on it alone."""

    def __init__(self, side: Side, *, required: bool) -> None:
        plan = prepare(side.plan.contract).plan
        self._required = required
        self._path = side.path
        self._name: str = side.variable["name"]
        self._definitions = {each["ref"]: each for each in plan["validator"].get("definitions", ())}
        document = self._alone(plan["validator"], side.path)
        if self._definitions:
            document = {"type": "definitions", "schema": document, "definitions": [*self._definitions.values()]}
        self._validate = validator_of(side.plan.contract, document).validate_python
        self._compiled = {**plan, "settings": _programs(plan["settings"], side.path)}
        self._known: dict[str, Any] = {}

    def accepts(self, text: str) -> bool:
        return self.value(text) is not REFUSED

    def untried(self, texts: Sequence[str]) -> list[str]:
        return [text for text in texts if text not in self._known]

    def try_all(self, texts: Sequence[str]) -> None:
        for text in texts:
            self.value(text)

    def value(self, text: str) -> Any:
        """What the variable is with this text; REFUSED, or UNSET."""
        if text not in self._known:
            self._known[text] = self._tried(text, self._name)
        return self._known[text]

    def accepts_within(self, section: str, text: str) -> bool:
        """Whether the variable of a section around it may have this text, which holds nothing else."""
        return self._tried(text, section) is not REFUSED

    def _tried(self, text: str, name: str) -> Any:
        if "\0" in text or "\udc00" in text:
            return REFUSED  # no environment holds it
        found = gather(self._compiled, {name: text})
        if found.failures:
            return REFUSED
        try:
            value = self._validate(found.state)
        except ValidationError:
            return REFUSED
        except Exception:  # what a named coercion leads to: boot says "invalid", too
            return REFUSED
        for key in self._path:
            value = value.get(key, UNSET) if isinstance(value, dict) else UNSET
        return REFUSED if value is UNSET and self._required else value

    def _alone(self, node: Any, path: Sequence[str], seen: frozenset[str] = frozenset()) -> dict[str, Any]:
        """The schema of a document with nothing in it but this variable."""
        kind = node["type"]
        if kind == "typed-dict" and path[0] in node["fields"]:
            field = node["fields"][path[0]]
            inner = _with_unset(field["schema"]) if len(path) == 1 else self._alone(field["schema"], path[1:])
            alone = {key: value for key, value in node.items() if key not in ("extra_behavior", "extras_schema", "ref")}
            config = {k: v for k, v in node.get("config", {}).items() if k != "extra_fields_behavior"}
            field = {**field, "schema": inner, "required": False}
            return {**alone, "config": config, "fields": {path[0]: field}, "total": False, "extra_behavior": "ignore"}
        if kind == "definition-ref" and node["schema_ref"] not in seen:
            return self._alone(self._definitions[node["schema_ref"]], path, seen | {node["schema_ref"]})
        if kind == "lax-or-strict":
            return self._alone(node["lax_schema"], path, seen)
        if kind in ("default", "nullable", "function-after", "function-before", "custom-error", "definitions"):
            return self._alone(node["schema"], path, seen)
        raise NotAlone


def _with_unset(schema: Mapping[str, Any]) -> dict[str, Any]:
    if schema["type"] == "default":
        kept = {key: value for key, value in schema.items() if key not in ("default", "validate_default")}
        return {**kept, "default": UNSET, "validate_default": False}
    return {"type": "default", "schema": schema, "default": UNSET, "validate_default": False}


def _programs(programs: Sequence[Mapping[str, Any]], path: Sequence[str]) -> list[dict[str, Any]]:
    """The tables of names, with none but those on the way to the variable."""
    left_out = {"partialDefaults", "sources", "dotenv", "secretsDirs"}
    kept: list[dict[str, Any]] = [
        {**{key: value for key, value in program.items() if key not in left_out}, "order": ["init", "environment"]}
        for program in programs
    ]
    index, base = 0, 0
    seen = set()
    while index not in seen:
        seen.add(index)
        program = kept[index]
        fields = program["fields"]
        program["fields"] = [f for f in fields if (f if isinstance(f, str) else f["name"]) == path[base]]
        nested = [
            entry for entry in program.get("nested", ()) if list(path[base:])[: len(entry["path"])] == entry["path"]
        ]
        if "nested" in program:
            program["nested"] = [{key: value for key, value in entry.items() if key != "made"} for entry in nested]
        deeper = [entry for entry in nested if base + len(entry["path"]) < len(path)]
        if not deeper:
            break
        index, base = deeper[-1]["program"], base + len(deeper[-1]["path"])
    return kept
