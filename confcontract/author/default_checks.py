"""Lowering that checks defaults: each passes its own validation, and none is a secret."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

from pydantic import BaseModel
from pydantic_core import SchemaValidator, ValidationError
from pydantic_settings import BaseSettings

from confcontract.author.beyond_json import NotBakeable, member_of
from confcontract.author.default_secrets import alternatives, holds_secret
from confcontract.author.defaults_as_json import SecretByName, SecretDefault, project
from confcontract.author.field_secrecy import seen_in
from confcontract.author.lowering.default_nodes import computed, is_validated, updates_defaults
from confcontract.author.lowering.lower import Lowering, Path, Schema
from confcontract.author.machine_independent import asks_machine, neutral
from confcontract.author.marker_checks import has_reference
from confcontract.author.refusals import refuse, warning
from confcontract.author.remarks import remarked
from confcontract.author.settings_as_defaults import MadeFromEnvironment
from confcontract.contract.credentials import holds_credentials
from confcontract.contract.reference import is_reference
from confcontract.contract.secretnames import is_secret_name
from confcontract.report.problem import Problem


class DefaultInvalid(ValueError):
    """A default that every validation refuses. The message holds pydantic's types of errors."""


class CheckedLowering(Lowering):
    """A lowering that runs the real validators on defaults and collects the errors."""

    def __init__(self, cls: type[BaseSettings], definitions: list[Schema]) -> None:
        super().__init__(definitions)
        self._shared = definitions
        self._cls = cls
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.readers: dict[Path, list[SchemaValidator]] = {}  # several if a field belongs to several models of a union

    def fresh(self) -> Lowering:
        other = CheckedLowering(self._cls, self._shared)
        other.problems, other.readers, other.warnings = self.problems, self.readers, self.warnings
        return other

    def validated(self, schema: Schema, value: Any, config: Schema, path: Path) -> Any:
        """The default as the application sees it. Raises DefaultInvalid if every machine refuses it."""
        if asks_machine(schema, self.sources):
            return self._judged(schema, value, config, path)
        validator = self._validator(schema, config)
        if validator is None:
            return value
        self.readers.setdefault(path, []).append(validator)
        try:
            return validator.validate_python(value)
        except ValidationError:
            self._judged(schema, value, config, path)
        except Exception:
            self.defer(path, "validator", "default that only the whole class can validate")
            return value
        # code of the application refuses it, and may accept it where the application starts
        what = "the default fails one of the application's validators here, with nothing set"
        remedy = "if it fails at start as well, the variable is required: remove or correct the default"
        self._warn(path, what, remedy)
        return value

    def _judged(self, schema: Schema, value: Any, config: Schema, path: Path) -> Any:
        """The default as every machine sees it."""
        validator = self._validator(neutral(schema), config, everywhere=True)
        if validator is None:
            return value
        self.readers.setdefault(path, []).append(validator)
        try:
            return validator.validate_python(value)
        except ValidationError as error:
            kinds = sorted({item["type"] for item in error.errors(include_input=False, include_url=False)})
            raise DefaultInvalid(", ".join(kinds)) from None
        except Exception:
            self.defer(path, "validator", "default that only the whole class can validate")
            return value

    def warn_of(self, path: Path, what: str) -> None:
        self._warn(path, what, "use a class that can be instantiated, here and in the default")

    def _warn(self, path: Path, what: str, remedy: str) -> None:
        problem = warning(self._cls, path, what, remedy)
        if problem not in self.warnings:  # a default may be looked at more than once
            self.warnings.append(problem)

    def _seen(self, schema: Schema, value: Any, config: Schema, path: Path) -> Any:
        """The result of validating a default, whether the application validates it or not."""
        for everywhere in (True,) if asks_machine(schema, self.sources) else (False, True):
            validator = self._validator(neutral(schema) if everywhere else schema, config, everywhere=everywhere)
            if validator is not None:
                self.readers.setdefault(path, []).append(validator)
            with contextlib.suppress(Exception):  # validators of the application may raise anything
                if validator is not None:
                    return validator.validate_python(value)
        return value

    def _refuse(self, problem: Problem) -> None:
        if problem not in self.problems:  # a default may be looked at more than once
            self.problems.append(problem)

    def _validator(self, schema: Schema, config: Schema, *, everywhere: bool = False) -> SchemaValidator | None:
        whole: Any = schema
        if self._shared:
            shared = neutral(self._shared) if everywhere else self._shared
            whole = {"type": "definitions", "schema": schema, "definitions": shared}
        try:
            return SchemaValidator(whole, config or None)  # type: ignore[arg-type]
        except Exception:
            return None

    def check_members(self, path: Path, members: list[Any]) -> None:
        if path and path[-1] in self.discriminators:
            return  # a tag is structure: it selects the member of a union
        if self.secrets or any(isinstance(member, str) and holds_credentials(member) for member in members):
            self.problems.append(
                refuse(
                    self._cls,
                    path,
                    "its allowed values are secrets that would be readable in the image",
                    "allow names instead, and look up the credentials at start",
                )
            )

    def _refuse_default(self, path: Path, what: str) -> None:
        self.problems.append(
            refuse(
                self._cls,
                path,
                f"the default holds {what}, which would be readable in the image",
                "remove the default (or make it None) and give the value at start, for example from Vault",
            )
        )

    def static_default(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        try:
            try:
                try:
                    return self._told(lowered, schema, path, config)
                except SecretByName:
                    if not (path and self.owners and seen_in(self.owners[-1], path[-1]).cleared):
                        raise
                self.cleared = True
                return self._told(lowered, schema, path, config)
            except SecretDefault as secret:
                return self._in_code(lowered, schema, path, config, str(secret))
        except DefaultInvalid as invalid:
            what = f"the default fails its own validation ({invalid}), so that the variable is required"
            remedy = "remove the default, or correct it or the type: a default of None needs `| None`"
            self._warn(path, what, remedy)
            inner: Schema = lowered["schema"]
            return inner
        except MadeFromEnvironment as made:
            what = f"the default {made}(...) reads the environment, and variables of it are set here"
            self._refuse(refuse(self._cls, path, what, "bake in an environment that sets none of them"))
            return {"type": "default", "schema": lowered["schema"], "default": None}
        finally:
            self.cleared = False

    def _told(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        """The default in the form of the contract. Raises SecretDefault if it holds a secret."""
        with contextlib.suppress(NotBakeable):
            # as the application would see it: finds text that became a secret, whichever member accepted it
            project(self._seen(schema["schema"], schema["default"], config, path), cleared=self.cleared)
        done = super().static_default(lowered, schema, path, config)
        if self._is_secret(lowered, path, done.get("default")):
            raise SecretDefault("a secret")
        if self._is_named(lowered, path, done.get("default")) and not any(map(updates_defaults, self.owners)):
            return remarked(lowered["schema"], in_code=((),))
        return done

    def _is_named(self, lowered: Schema, path: Path, default: Any) -> bool:
        """Whether it is text, or a collection, in a field whose name suggests a secret. The value may differ at each
        import.
        """
        text = isinstance(default, str) and default != "" and not is_reference(default)
        collection = isinstance(default, list | dict) and default and not _has_members(lowered)
        if not text and (not collection or has_reference(default)):
            return False
        if not (path and self.owners):
            return False
        seen = seen_in(self.owners[-1], path[-1])
        return seen.named or (seen.opaque and not seen.cleared and is_secret_name(path[-1]))

    def _is_secret(self, lowered: Schema, path: Path, default: Any) -> bool:
        is_tag = bool(path) and path[-1] in self.discriminators
        secret_field = self.secrets and not is_tag and default not in (None, {}, [], "")
        return bool(secret_field) or holds_secret(lowered["schema"], default)

    def _in_code(self, lowered: Schema, schema: Schema, path: Path, config: Schema, what: str) -> Schema:
        """A default that the contract leaves out, entirely or its secret members: it is in the application's code.

        Refused if every start merges parts into the default, or reads the environment to make it.
        """
        value = schema["default"]
        # parts are merged only into a section
        section = len(self.owners) > 1 or isinstance(value, BaseModel) or dataclasses.is_dataclass(value)
        if isinstance(value, BaseSettings) or (section and any(map(updates_defaults, self.owners))):
            self._refuse_default(path, what)
            return {"type": "default", "schema": lowered["schema"], "default": None}
        if is_validated(schema, config):
            value = self.validated(schema["schema"], value, config, path)
        left_out: list[Path] = []
        with contextlib.suppress(SecretDefault, NotBakeable):
            default = project(value, left_out, cleared=self.cleared)
            if left_out and not self._is_secret(lowered, path, default):
                told = {**lowered, "default": default, "validate_default": False}
                return remarked(told, in_code=tuple(left_out))
        return remarked(lowered["schema"], in_code=((),))


def _has_members(node: Schema) -> bool:
    """Whether it may be a section; then each of its members is checked separately."""
    if node["type"] in ("typed-dict", "tagged-union", "definition-ref"):
        return True
    members = map(member_of, node.get("choices", ()))
    return any(map(_has_members, (*alternatives(node), *members)))


class CoercerLowering(Lowering):
    """For conversions only. Their defaults are never used, so secret ones are allowed here."""

    def static_default(self, lowered: Schema, schema: Schema, path: Path, config: Schema) -> Schema:
        try:
            return super().static_default(lowered, schema, path, config)
        except (SecretDefault, MadeFromEnvironment):
            return computed(self, lowered, path, "default", "a secret")
