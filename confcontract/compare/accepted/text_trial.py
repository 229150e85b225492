"""The value that boot makes of a text for one variable alone, with the contract's own decoding and
its own validator.
"""

from __future__ import annotations

import json
from functools import cached_property

from confcontract.compare.accepted.side import AROUND_MEMBERS
from confcontract.host.sourcefile import OutOfTime
from confcontract.verdict.sources.fields import gather
from confcontract.verdict.validator import validator_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.compare.accepted.side import IndexedPlan, Side


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
UNSET: Any = _Unset()  # the text counts as not set, so the default is used


_HELD_BY_NONE = ("\0", "\udc00")
_PROBE = "a text that stays as it is"


def _is_held_by_none(text: str) -> bool:
    """Whether no environment can hold it."""
    return _HELD_BY_NONE[0] in text or _HELD_BY_NONE[1] in text


class _Carrier:
    """The keys that lead to a text in the data that is validated; and the texts to which this does not apply."""

    def __init__(self, keys: Sequence[str], touched: frozenset[str]) -> None:
        self._keys = keys[::-1]
        self.touched = touched

    def state_with(self, text: str) -> Any:
        state: Any = text
        for key in self._keys:
            state = {key: state}
        return state


def _way_to(state: Any, text: str) -> list[str] | None:
    """The keys that lead to a text, if they lead to nothing else."""
    keys = []
    while isinstance(state, dict) and len(state) == 1:
        [(key, state)] = state.items()
        keys.append(key)
    return keys if state == text else None


class NotAlone(Exception):
    """The verdict on this variable depends on others: it is inside a union."""


class TextTrial:
    """Tries texts for one variable. Raises NotAlone if there is no verdict on it alone."""

    def __init__(self, side: Side, *, required: bool) -> None:
        hydrated = side.plan.hydrated(side.path[0])
        plan = hydrated.plan
        self._required = required
        self._path = side.path
        self._name: str = side.variable["name"]
        self._definitions = hydrated.definitions
        document = self._alone(plan["validator"], side.path)
        each = {"type": "default", "schema": document, "default": REFUSED, "on_error": "default"}
        schema: dict[str, Any] = {"type": "list", "items_schema": each}
        if self._definitions:
            schema = {"type": "definitions", "schema": schema, "definitions": [*self._definitions.values()]}
        self._validate = validator_of(side.plan.contract, schema).validate_python
        self._side, self._plan = side, plan
        self._known: dict[str, Any] = {}
        self._left_out: set[str] = set()  # one of the texts that a required variable refuses
        self._carrier = self._untouched(side)

    @cached_property
    def _compiled(self) -> Mapping[str, Any]:
        """The plan with only the names of this variable."""
        return {**self._plan, "settings": _programs(self._side.plan, self._plan["settings"], self._path)}

    def accepts(self, text: str) -> bool:
        return self.value(text) is not REFUSED

    def leaves_out(self, text: str) -> bool:
        """Whether the text counts as not set if the variable is required."""
        return self.value(text) is REFUSED and text in self._left_out

    def untried(self, texts: Sequence[str]) -> list[str]:
        return [text for text in texts if text not in self._known]

    def try_all(self, texts: Sequence[str]) -> None:
        """Try all texts together, which is faster than one by one."""
        states: dict[str, Any] = {}
        for text in self.untried(texts):
            state = self._state(text)
            if state is None:
                self._known[text] = REFUSED
            else:
                states[text] = state
        found = self._found([*states.values()])
        if self._required:
            self._left_out.update(text for text, value in zip(states, found, strict=True) if value is UNSET)
        self._known.update(zip(states, self._as_needed(found), strict=True))

    def value(self, text: str) -> Any:
        """The variable's value with this text; REFUSED, or UNSET."""
        if text not in self._known:
            self.try_all([text])
        return self._known[text]

    def accepts_within(self, section: str, text: str) -> bool:
        """Whether the variable of a section around it may have this text, if it holds nothing else."""
        return self.accepts_set({section: text})

    def accepts_data(self, written: str, around: Sequence[str] = ()) -> bool:
        """Whether a document that holds this, written as JSON, is accepted: with its types, like in a file. around: the
        keys under which it is in the document.
        """
        state = json.loads(written)
        for key in reversed(around):
            state = {key: state}
        return self._judged([state]) != [REFUSED]

    def accepts_all_data(self, states: Sequence[Any]) -> list[bool]:
        """The same for many, each of which is validated unchanged."""
        return [value is not REFUSED for value in self._judged([*states])]

    def accepts_set(self, environ: Mapping[str, str]) -> bool:
        """Whether the variable is accepted if these names are set: its own, or those of sections around it."""
        return self.value_set(environ) is not REFUSED

    def value_set(self, environ: Mapping[str, str]) -> Any:
        """The variable's value if these names are set; REFUSED, or UNSET."""
        state = self._gathered(environ)
        return REFUSED if state is None else self._judged([state])[0]

    def _state(self, text: str) -> Any:
        """The data to validate; None if decoding already fails."""
        if self._carrier is not None and text not in self._carrier.touched and not _is_held_by_none(text):
            return self._carrier.state_with(text)
        return self._gathered({self._name: text})

    def _gathered(self, environ: Mapping[str, str]) -> Any:
        if any(map(_is_held_by_none, environ.values())):
            return None
        found = gather(self._compiled, dict(environ))
        return None if found.failures else found.state

    def _judged(self, states: list[Any]) -> list[Any]:
        return self._as_needed(self._found(states))

    def _as_needed(self, values: list[Any]) -> list[Any]:
        return [REFUSED if value is UNSET else value for value in values] if self._required else values

    def _found(self, states: list[Any]) -> list[Any]:
        try:
            documents = self._validate(states)
        except OutOfTime:
            raise
        except Exception:  # the target of a named coercion: boot says "invalid", too
            if len(states) == 1:
                return [REFUSED]
            return [value for state in states for value in self._found([state])]
        return [self._of_document(each) for each in documents]

    def _of_document(self, value: Any) -> Any:
        if value is REFUSED:
            return REFUSED
        for key in self._path:
            value = value.get(key, UNSET) if isinstance(value, dict) else UNSET
        return value

    def _untouched(self, side: Side) -> _Carrier | None:
        """How texts reach the validator, if nearly all reach it unchanged."""
        touched = side.texts_touched
        if touched is None:
            return None  # decoded, coerced or replaced
        if side.is_found_by_its_path:
            return _Carrier(self._path, touched)
        found = gather(self._compiled, {self._name: _PROBE})
        keys = None if found.failures else _way_to(found.state, _PROBE)
        return None if keys is None else _Carrier(keys, touched)

    def _alone(self, node: Any, path: Sequence[str], seen: frozenset[str] = frozenset()) -> dict[str, Any]:
        """The schema of a document that contains only this variable."""
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
        if kind in AROUND_MEMBERS:
            return self._alone(node["schema"], path, seen)
        raise NotAlone


def _with_unset(schema: Mapping[str, Any]) -> dict[str, Any]:
    if schema["type"] == "default":
        kept = {key: value for key, value in schema.items() if key not in ("default", "validate_default")}
        return {**kept, "default": UNSET, "validate_default": False}
    return {"type": "default", "schema": schema, "default": UNSET, "validate_default": False}


def _programs(
    plan: IndexedPlan, programs: Sequence[Mapping[str, Any]], path: Sequence[str]
) -> Mapping[int, dict[str, Any]]:
    """The tables of names, by index, with only those on the way to the variable."""
    several = range(len(programs)) if programs[0].get("nested") else range(1)
    kept: dict[int, dict[str, Any]] = {
        index: {
            **{key: value for key, value in programs[index].items() if key not in _LEFT_OUT},
            "order": ["init", "environment"],
        }
        for index in several
    }
    index, base = 0, 0
    seen = set()
    while index not in seen:
        seen.add(index)
        program, place = kept[index], plan.place_of(index, path[base])
        program["fields"] = [] if place is None else [program["fields"][place]]
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


_LEFT_OUT = ("partialDefaults", "sources", "dotenv", "secretsDirs")
