"""Lowering that looks at defaults: they pass their own validation, and none of them is a secret."""

from __future__ import annotations

import contextlib
from typing import Any

from pydantic_core import SchemaValidator, ValidationError
from pydantic_settings import BaseSettings

from confcontract.author import known
from confcontract.author.defaults import SecretDefault, project
from confcontract.author.lowering.defaults import computed
from confcontract.author.lowering.run import Lowering, Path, Schema
from confcontract.author.refusals import refuse
from confcontract.author.secrets import holds_secret
from confcontract.author.special import NotBakeable
from confcontract.credentials import holds_credentials
from confcontract.problem import Problem


class CheckedLowering(Lowering):
    """A lowering that runs the real validators over defaults and collects what is wrong with them."""

    def __init__(self, cls: type[BaseSettings], definitions: list[Schema]) -> None:
        super().__init__(definitions)
        self._shared = definitions
        self._cls = cls
        self.problems: list[Problem] = []
        self.readers: dict[Path, SchemaValidator] = {}

    def fresh(self) -> Lowering:
        other = CheckedLowering(self._cls, self._shared)
        other.problems, other.readers = self.problems, self.readers
        return other

    def validated(self, schema: Schema, value: Any, config: Schema, path: Path) -> Any:
        validator = self._validator(schema, config)
        if validator is None:
            return value
        self.readers[path] = validator
        try:
            return validator.validate_python(value)
        except ValidationError as error:
            kinds = ", ".join(sorted({item["type"] for item in error.errors(include_input=False, include_url=False)}))
            what = f"the default does not pass its own validation ({kinds})"
            remedy = "correct the default, or the type: a default of None needs `| None`"
            self._refuse(refuse(self._cls, path, what, remedy))
        except Exception:
            self.defer(path, "validator", "default that only the whole class can validate")
        return value

    def _refuse(self, problem: Problem) -> None:
        if problem not in self.problems:  # a default may be looked at more than once
            self.problems.append(problem)

    def _validator(self, schema: Schema, config: Schema) -> SchemaValidator | None:
        whole: Any = schema
        if self._shared:
            whole = {"type": "definitions", "schema": schema, "definitions": self._shared}
        try:
            return SchemaValidator(whole, config or None)  # type: ignore[arg-type]
        except Exception:
            return None

    def check_members(self, path: Path, members: list[Any]) -> None:
        if path and path[-1] in self.discriminators:
            return  # a tag is structure: it says which member of a union is meant
        if self.secrets or any(isinstance(member, str) and holds_credentials(member) for member in members):
            self.problems.append(
                refuse(
                    self._cls,
                    path,
                    "its allowed values are secret, and they would be readable in the image",
                    "allow a name instead, and look the credentials up at start",
                )
            )

    def _refuse_default(self, path: Path, what: str) -> None:
        self.problems.append(
            refuse(
                self._cls,
                path,
                f"the default holds {what}, which would be readable in the image",
                "drop the default (or make it None) and give the value at start, for example from Vault",
            )
        )

    def static_default(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        try:
            with contextlib.suppress(NotBakeable):
                # as the application would see it: text that became a secret is found here, whichever member took it
                project(self.validated(schema["schema"], schema["default"], config, path))
            done = super().static_default(lowered, schema, path, config)
            is_tag = bool(path) and path[-1] in self.discriminators
            secret_field = self.secrets and not is_tag and done.get("default") not in (None, {}, [])
            if secret_field or holds_secret(lowered["schema"], done.get("default")):
                raise SecretDefault("a secret")
            return done
        except known.MadeFromEnvironment as made:
            what = f"the default {made}(...) reads the environment, and variables of it are set here"
            self._refuse(refuse(self._cls, path, what, "bake in an environment that sets none of them"))
            return {"type": "default", "schema": lowered["schema"], "default": None}
        except SecretDefault as secret:
            self._refuse_default(path, str(secret))
            return {"type": "default", "schema": lowered["schema"], "default": None}


class CoercerLowering(Lowering):
    """For conversions only: their defaults are never used, so that a secret one is nobody's concern here."""

    def static_default(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        try:
            return super().static_default(lowered, schema, path, config)
        except (SecretDefault, known.MadeFromEnvironment):
            return computed(self, lowered, path, "default", "a secret")
