"""Policies enforced as an API server enforces them, by two engines of CEL: the one in C++ and the one in Rust."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

cel_rust = pytest.importorskip("cel", reason="common-expression-language, the engine of CEL in Rust, is not installed")
cel_cpp = pytest.importorskip("cel_expr_python.cel", reason="cel-expr-python, the engine of CEL in C++, is missing")

cel_stdlib = pytest.importorskip("cel.stdlib")
cel_strings = pytest.importorskip("cel_expr_python.ext.ext_strings")

Activation = Mapping[str, Any]
_VARIABLES = ("object", "oldObject", "params", "variables", "v")


class CppEngine:
    """An expression that fails is an error *value*: it is neither True nor False."""

    def __init__(self) -> None:
        known = dict.fromkeys(_VARIABLES, cel_cpp.Type.DYN)
        self._env = cel_cpp.NewEnv(variables=known, extensions=[cel_strings.ExtStrings()])
        self._compiled: dict[str, Any] = {}

    def __call__(self, expression: str, data: Activation) -> Any:
        if expression not in self._compiled:
            self._compiled[expression] = self._env.compile(expression)
        value = self._compiled[expression].eval(data=dict(data))
        if value.type() == cel_cpp.Type.ERROR:
            raise AssertionError(f"{expression}: {value.value()}")
        return value.plain_value()


class RustEngine:
    """It counts the bytes of a text where CEL counts characters: `size()` is only asked about ASCII."""

    def __init__(self) -> None:
        self._context = cel_rust.Context()
        cel_stdlib.add_stdlib_to_context(self._context)
        self._compiled: dict[str, Any] = {}
        self._known: tuple[Any, ...] = ()

    def __call__(self, expression: str, data: Activation) -> Any:
        if expression not in self._compiled:
            self._compiled[expression] = cel_rust.compile(expression)
        known = (data, len(data.get("variables", ())))
        if not self._known or self._known[0] is not data or self._known[1] != known[1]:
            self._context.update(dict(data))  # what is there already is not given twice: it costs more than all else
            self._known = known
        return self._compiled[expression].execute(self._context)


Engine = Callable[[str, Activation], Any]
ENGINES: dict[str, Engine] = {"c++": CppEngine(), "rust": RustEngine()}


@dataclass
class EnforcedPolicy:
    """One object of a policy, native or of Kyverno."""

    document: Mapping[str, Any]

    @property
    def spec(self) -> Mapping[str, Any]:
        return self.document["spec"]  # type: ignore[no-any-return]

    def selects(self, given: Mapping[str, Any]) -> bool:
        """Whether it is asked about an object at all: by its kind, and by its labels."""
        plural = given["kind"].lower() + "s"
        rules = self.spec["matchConstraints"]["resourceRules"]
        labels = given.get("metadata", {}).get("labels", {})
        selector = self.spec["matchConstraints"].get("objectSelector", {}).get("matchLabels", {})
        return any(plural in rule["resources"] for rule in rules) and selector.items() <= labels.items()

    def refusals(self, engine: Engine, given: Any, old: Any = None, params: Any = None) -> list[str] | None:
        """The messages of what is broken; None where it is not asked, or its conditions do not hold."""
        if not self.selects(given):
            return None
        variables: dict[str, Any] = {}
        data = {"object": given, "oldObject": old, "params": params, "variables": variables}
        for condition in self.spec["matchConditions"]:
            held = engine(condition["expression"], data)
            assert held is True or held is False, condition
            if not held:
                return None
        for variable in self.spec["variables"]:
            variables[variable["name"]] = engine(variable["expression"], data)
        # in one list: an object is handed to the engine once
        together = ", ".join(validation["expression"] for validation in self.spec["validations"])
        results = engine(f"[{together}]", data)
        assert all(result is True or result is False for result in results), results
        pairs = zip(self.spec["validations"], results, strict=True)
        return [validation["message"] for validation, held in pairs if not held]


def enforced(text: str) -> list[EnforcedPolicy]:
    """The policies in a file."""
    return [EnforcedPolicy(each) for each in documents_in(text) if each["kind"].endswith("Policy")]


def documents_in(text: str) -> list[Any]:
    return [*yaml.load_all(text, yaml.CSafeLoader)]
