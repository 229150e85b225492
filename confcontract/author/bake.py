"""bake: compile a settings class into a contract. It needs no environment and no required value."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from confcontract.author import release_check  # noqa: F401  # refuses releases that would make the imports below fail

# isort: split
from pydantic_core import PydanticSerializationError
from pydantic_core import __version__ as core_version
from pydantic_settings import BaseSettings

from confcontract.author import contract_checks, provenance
from confcontract.author.application_labels import LONGEST, check_labels
from confcontract.author.beyond_json import extract
from confcontract.author.bindings import bind
from confcontract.author.compact import compact
from confcontract.author.constructors import prepare
from confcontract.author.declare import Declaration
from confcontract.author.default_checks import CheckedLowering, CoercerLowering
from confcontract.author.defaults_as_text import Texts
from confcontract.author.factory_arguments import configured, fields_among
from confcontract.author.format_check import check_format
from confcontract.author.json_schema import document_schema
from confcontract.author.keys import untold
from confcontract.author.lowering.lower import Path, Schema
from confcontract.author.marker_checks import (
    default_references,
    examples_left_out,
    misplaced,
    name_replacements,
    secret_all_the_same,
)
from confcontract.author.names import Names
from confcontract.author.pydantic_private.class_parts import core_schema_of
from confcontract.author.refusals import (
    check_made,
    check_names,
    not_from_text,
    read_twice,
    refuse,
    without_driver,
    without_yaml,
)
from confcontract.author.shared_names import feed_alike, tell_apart
from confcontract.author.together import classes_of, read_by_several, together
from confcontract.author.variable_walk import Enumeration
from confcontract.author.variables import Variable, as_data, without_hidden
from confcontract.contract.artifact import Contract
from confcontract.contract.artifact_file import API_VERSION
from confcontract.contract.digest import digest_of
from confcontract.report.errors import BakeRefused, UsageError
from confcontract.report.problem import Problem


def bake(
    settings: type[BaseSettings] | Declaration,
    *more: type[BaseSettings] | Declaration,
    name: str | None = None,
    version: str | None = None,
    source_commit: str | None = None,
    image_tag: str | None = None,
    source_date_epoch: str | int | None = None,
) -> Contract:
    """Compile a settings class, or the result of `declare()`, into a contract.

    more: further classes that the application instantiates beside it. Each becomes a section of the document and is
    validated as its own `Settings()` would be. A variable that several classes read is a single variable.
    name, version: of the application; required here if they are not declared. source_commit, image_tag: provenance.
    source_date_epoch: the build time in seconds since 1970-01-01 UTC, as in the environment variable SOURCE_DATE_EPOCH.
    Without it the contract has no build time, so that the same input gives the same bytes.

    Problems that do not prevent the contract are in its `warnings`.
    Raises BakeRefused (exit 78) with all reasons: defaults that are secret, names that collide, a class that can't be
    compiled.
    """
    declaration, given = as_declared(settings, *more)
    cls = declaration.settings
    _check_texts(source_commit=source_commit, image_tag=image_tag)
    name = name if name is not None else declaration.name
    version = version if version is not None else declaration.version
    check_labels(name, version)
    doubtful = [problem for each in classes_of(cls).values() or (cls,) for problem in check_made(each)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic-settings warns about directories that only exist at run time
        baker = _Baker(cls, given)
    data: Schema = {
        "apiVersion": API_VERSION,
        "name": name or _module_name(cls),
        "version": version or "0",
        "description": declaration.description or _summary(cls),
        "variables": baker.variables,
        "deferred": baker.deferred,
        "schema": baker.schema,
        "compiled": baker.compiled,
        "checks": contract_checks.collect(cls, baker.found, declaration.checks),
        "roles": {key: role.as_data() for key, role in sorted(declaration.roles.items())},
        **({} if declaration.deliver == "env" else {"deliver": declaration.deliver}),
        "provenance": provenance.collect(source_commit, image_tag, source_date_epoch),
    }
    check_names(cls, data)
    try:
        data["digest"] = digest_of(data)
    except UnicodeEncodeError:
        what = "a description, an example or an allowed value holds text that is not Unicode (a lone surrogate)"
        raise BakeRefused(refuse(cls, (), what, "correct the text")) from None
    check_format(data)
    contract = Contract(data)
    lacking = [*without_driver(cls, data["checks"]), *without_yaml(cls, data["compiled"]["settings"])]
    contract.warnings = (*doubtful, *baker.warnings, *lacking)
    return contract


def as_declared(
    settings: type[BaseSettings] | Declaration, *more: type[BaseSettings] | Declaration
) -> tuple[Declaration, list[Path]]:
    """One declaration, for the class as the application instantiates it, and the places that its code provides."""
    declared = [each if isinstance(each, Declaration) else Declaration(_checked(each)) for each in (settings, *more)]
    for each in declared:
        prepare(each.settings)
    declared = [replace(each, settings=configured(each.settings, each.given)) for each in declared]
    if not more:
        return declared[0], [(name,) for name in fields_among(declared[0].given)]
    whole = together(declared)
    sections = zip(classes_of(whole.settings), declared, strict=True)
    return whole, [(section, name) for section, each in sections for name in fields_among(each.given)]


def _check_texts(**texts: str | None) -> None:
    """Refuse unprintable texts and several lines: they appear on terminals, in labels and in comments of env files."""
    for name, text in texts.items():
        if text is not None and not (text.isprintable() and text.strip()):
            option = "--" + name.replace("_", "-")
            hint = "one line of printable text"
            raise UsageError(
                Problem("usage", f"{option} is empty or holds a line end or a control character", hint=hint)
            )


def _checked(settings: Any) -> type[BaseSettings]:
    if isinstance(settings, type) and issubclass(settings, BaseSettings) and settings is not BaseSettings:
        return settings
    kind = settings if isinstance(settings, type) else type(settings)
    what, hint = (
        f"{kind.__name__} is not a settings class",
        "name a subclass of BaseSettings, or what declare() returned",
    )
    if isinstance(settings, BaseSettings):
        what = f"this is an instance of {kind.__name__}: it holds the settings of one environment, and no contract"
        hint = f"name the class, {kind.__module__}:{kind.__qualname__}"
    raise BakeRefused(Problem("bake-refused", what, hint=hint))


def _module_name(cls: type) -> str:
    name = cls.__module__.partition(".")[0].strip("_")
    return name if name.isascii() and name and len(name) <= LONGEST else "app"


def _summary(cls: type) -> str:
    own = cls.__dict__.get("__doc__") or ""
    return str(own).strip().split("\n\n")[0].replace("\n    ", " ")


class _Baker:
    """Compiles the parts of a contract that come from the class itself."""

    def __init__(self, cls: type[BaseSettings], given: Collection[Path]) -> None:
        core = _core_schema(cls)
        definitions = core["definitions"] if core["type"] == "definitions" else []
        self._lowering = CheckedLowering(cls, definitions)
        self._cls = cls
        self._lowering.given = frozenset(given)
        lowered = self._lowering.run(core)
        if self._lowering.problems:
            raise BakeRefused(*self._lowering.problems)
        self.warnings = self._lowering.warnings
        self._instances: list[Schema] = []
        self._names = Names(lambda schema: CoercerLowering().run(schema))
        try:
            self._programs(cls)
        except PydanticSerializationError:
            remedy = "validate that default, or give the section no default object"
            what = "has a default that can't be dumped, as nested_model_default_partial_update does at every start"
            raise BakeRefused(refuse(cls, (), what, remedy)) from None
        enumeration = Enumeration(self._names.programs, self._names.nodes, self._lowering.nested_settings, lowered)
        found = self.found = enumeration.variables(cls, classes_of(cls))
        sensitive = self._names.programs[0]["caseSensitive"]
        self.warnings += read_twice(cls, found, sensitive=sensitive)
        tell_apart(found, sensitive=sensitive)
        self.deferred = self._deferred(found)
        texts = Texts(self._lowering.readers)
        deferred_paths = {tuple(entry["path"]) for entry in self.deferred}
        unread = {name for entry in self.deferred if entry["kind"] == "source" for name in entry["variables"]}
        self.variables = [
            as_data(
                variable,
                variable.name in unread
                or any(
                    variable.path[: len(path)] == path or path[: len(variable.path)] == variable.path
                    for path in deferred_paths
                    if path
                ),
                texts.default_text(variable),
                enumeration.definitions,
            )
            for variable in found
        ]
        self.warnings += self._names.warnings
        self.warnings += not_from_text(cls, self.variables)
        self.warnings += default_references(cls, found)
        self.warnings += examples_left_out(cls, found, self.variables)
        self.warnings += secret_all_the_same(cls, found, self.variables)
        without_hidden(self.variables)
        refused = feed_alike(cls, self.variables, sensitive=sensitive) + misplaced(cls, self.variables)
        refused += bind(cls, [variable.notes.binding for variable in found], self.variables)
        if refused:
            raise BakeRefused(*refused)
        self.warnings += read_by_several(cls, self.variables, sensitive=sensitive)
        name_replacements(self.variables)
        self.compiled = self._compiled(lowered, enumeration)
        by_path = {variable.path: entry for variable, entry in zip(found, self.variables, strict=True)}
        self.schema = extract(document_schema(lowered, lambda path: _annotations(by_path.get(path)), cls.__name__))[0]

    def _programs(self, cls: type[BaseSettings]) -> None:
        """Make a program for the class and for each settings class nested in it, and link them."""
        self._names.program(cls)
        places = sorted(self._lowering.nested_settings.items())
        for path, nested in places:
            parents = [other for other, _ in places if len(other) < len(path) and path[: len(other)] == other]
            parent_path = max(parents, key=len, default=())
            parent = self._lowering.nested_settings.get(parent_path, cls)
            program = self._names.programs[self._names.program(parent)]
            entry = {
                "path": list(path[len(parent_path) :]),
                "steps": self._lowering.alias_choices(path)[len(parent_path) :],
                "program": self._names.program(nested),
                "arguments": self._lowering.automatic_settings.get(path),
            }
            if path in self._lowering.made:
                entry["made"] = {"arguments": self._lowering.made[path], "instance": len(self._instances)}
                self._instances.append(CoercerLowering().run(_core_schema(nested)))
            if entry not in program.setdefault("nested", []):
                program["nested"].append(entry)

    def _compiled(self, lowered: Schema, enumeration: Enumeration) -> Schema:
        programs = [{k: v for k, v in program.items() if k != "cls"} for program in self._names.programs]
        tree, hydrate = extract(
            {
                "validator": lowered,
                "settings": programs,
                "nodes": self._names.nodes,
                "coercers": self._names.coercers,
                "instances": self._instances,
            }
        )
        keys = untold(self._cls, lowered, self.variables, self._names.programs[0])
        whole = {
            **tree,
            **({"keys": keys} if keys else {}),
            "hydrate": hydrate,
            "open": sorted(set(enumeration.open)),
            "pydanticCore": core_version,
            "sections": sorted(set(enumeration.sections)),
        }
        return compact(whole, self.variables)

    def _unread_places(self, cls: type[BaseSettings]) -> list[Path]:
        """The paths at which a settings class is used whose environment boot does not read, because its own source
        does.
        """
        program = self._names.programs[self._names.program(cls)]
        if "environment" in program["order"]:
            return []
        nested = [path for path, each in self._lowering.nested_settings.items() if each is cls]
        return [(), *nested] if cls is self._cls else nested

    def _deferred(self, variables: list[Variable]) -> list[Schema]:
        entries = []
        for deferral in self._lowering.deferrals:
            names = [v.name for v in variables if v.path == deferral.path]
            names = names or [v.name for v in variables if v.path[: len(deferral.path)] == deferral.path]
            names = names or _around(deferral.path, variables)
            entries.append({**deferral.as_data(), "variables": names})
        for cls, source in self._names.foreign:
            bases = self._unread_places(cls)
            unread = [v.name for v in variables if any(v.path[: len(base)] == base for base in bases)]
            name = f"{source} of {cls.__qualname__}"
            entries.append({"kind": "source", "name": name, "path": [], "variables": unread})
        return sorted(entries, key=lambda entry: (entry["path"], entry["kind"], entry["name"]))


def _around(path: tuple[str, ...], variables: list[Variable]) -> list[str]:
    """The variable whose JSON contains a place, if the place has no variable of its own."""
    outer = [variable for variable in variables if path[: len(variable.path)] == variable.path]
    return [max(outer, key=lambda variable: len(variable.path)).name] if outer else []


def _annotations(entry: Schema | None) -> Schema:
    """The annotation keywords of JSON Schema; assertions come from the validator alone."""
    if entry is None:
        return {}
    notes: Schema = {}
    if entry.get("description"):
        notes["description"] = entry["description"]
    if "default" in entry:
        notes["default"] = entry["default"]
    if entry.get("deprecated"):
        notes["deprecated"] = True
    if entry["secret"]:
        notes["writeOnly"] = True
    return notes


def _core_schema(cls: type[BaseSettings]) -> Schema:
    try:
        return core_schema_of(cls)
    except Exception as error:
        name = getattr(error, "name", None)  # for a NameError, and for the error that pydantic turns it into
        why = f"{name} is not defined" if name else type(error).__name__
        raise BakeRefused(
            refuse(
                cls,
                (),
                f"has annotations that can't be resolved ({why})",
                "check the spelling; import the names that its annotations use at run time, or call model_rebuild()",
            )
        ) from None
