"""Policy overlays: JSON Schemas of an organisation that the resolved settings must satisfy.

jsonschema decides. Nothing is ever fetched: an overlay must be self-contained. An overlay that can't be read,
understood or evaluated is an error, never a pass.
"""

from __future__ import annotations

from confcontract.report.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from confcontract.verdict.policy.broken_rules import IsSecret, NameOf

SUFFIX = ".schema.json"
_NO_POLICY = ("README", "LICENSE")
MAX_BYTES = 16 * 1024 * 1024
_TOLD = 100  # problems reported per overlay


def find_overlays(directory: str) -> list[str]:
    """The paths of the overlays in a directory, sorted by name. A missing directory has no overlays.

    Raises OSError if the directory exists and can't be listed: boot must not continue without the policy.
    """
    import os

    try:
        names = os.listdir(directory)
    except FileNotFoundError as error:
        if os.path.lexists(directory):  # a mount that has disappeared must not disable the policy
            raise OSError(error.errno, "it is a link whose target does not exist", directory) from None
        return []
    return [os.path.join(directory, name) for name in sorted(names) if _is_overlay(name)]


def overlays_in(directory: str) -> list[str]:
    """Like `find_overlays`, but raises ConfigurationInvalid if they can't be listed."""
    try:
        return find_overlays(directory)
    except OSError as error:
        from confcontract.report.errors import ConfigurationInvalid

        message = f"{directory}: can't be read: {error.strerror}"
        hint = "check its owner and mode"
        problem = Problem("policy-unreadable", message, source=directory, hint=hint, source_said=True)
        raise ConfigurationInvalid(problem) from None


def _is_overlay(name: str) -> bool:
    return name.endswith(SUFFIX) and not name.startswith(".")


def passed_over(directory: str) -> list[Problem]:
    """A warning for each file beside the overlays whose name is not that of an overlay, and which is not applied."""
    import os

    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []  # `find_overlays` reports this
    problems = []
    for name in names:
        if _is_overlay(name) or name.startswith("..") or name.upper().startswith(_NO_POLICY):
            continue
        if name.startswith(".") and not name.endswith(SUFFIX):
            continue
        path = os.path.join(directory, name)
        why = "is hidden" if name.startswith(".") else f"has no name that ends in {SUFFIX}"
        message = f"{path}: {why}, and is not applied"
        hint = "rename it if it is a policy, or remove it from this folder"
        problem = Problem("policy-unreadable", message, source=f"policy {name}", hint=hint, severity=WARNING)
        problems.append(problem)
    return problems


def check_policies(
    values: Mapping[str, Any], overlays: Iterable[str], name_of: NameOf, is_secret: IsSecret
) -> list[Problem]:
    """One problem for each rule that the settings break, and for each overlay that can't be applied.

    values: the resolved settings as JSON data. overlays: paths. name_of: the variable that feeds a path in the
    settings, or None. is_secret: whether the value of this variable must not be shown.
    """
    problems: list[Problem] = []
    for overlay in overlays:
        try:
            problems.extend(_check(values, overlay, name_of, is_secret))
        except _Unusable as error:
            message = f"{overlay}: {error}"
            hint = "correct the overlay, or remove it"
            problems.append(Problem("policy-unreadable", message, source=f"policy {_short(overlay)}", hint=hint))
    return problems


class _Unusable(Exception):
    """Why an overlay can't be applied; it shows no part of the settings."""


def _check(values: Mapping[str, Any], overlay: str, name_of: NameOf, is_secret: IsSecret) -> list[Problem]:
    schema = _load(overlay)
    import jsonschema  # noqa: F401 - here, and not again in what is tried

    from confcontract.host.sourcefile import OutOfTime
    from confcontract.host.trial import in_time
    from confcontract.verdict.policy.broken_rules import explain

    def judge() -> list[Problem]:
        problems: dict[Problem, None] = {}  # in order, without repetitions
        for error in _violations(schema, values):
            problems |= dict.fromkeys(explain(error, schema, _short(overlay), name_of, is_secret))
            if len(problems) >= _TOLD:
                break
        return list(problems)

    try:
        return in_time(judge)
    except OutOfTime:
        what = "was not evaluated in time: usually because one of its patterns takes too long on a value"
        raise _Unusable(what) from None


def _load(overlay: str) -> Any:
    from confcontract.contract.engine import from_json
    from confcontract.host.sourcefile import Unreadable, read_source

    try:
        raw = read_source(overlay, limit=MAX_BYTES)
    except Unreadable as error:
        raise _Unusable(str(error)) from None
    try:
        schema = from_json(raw.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError as error:
        raise _Unusable(f"is not JSON: {error}") from None
    if not isinstance(schema, (dict, bool)):
        raise _Unusable("is not a JSON Schema: an object is expected")
    return schema


def _violations(schema: Any, values: Mapping[str, Any]) -> Iterator[Any]:
    """jsonschema's errors, in the order of the schema. Raises _Unusable."""
    import re

    from jsonschema import FormatChecker
    from jsonschema.exceptions import SchemaError, UnknownType
    from jsonschema.validators import Draft202012Validator, validator_for
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
    from referencing.exceptions import Unresolvable

    from confcontract.verdict.policy.numbers import aware
    from confcontract.verdict.policy.parts import foreign_reference, spell_out_false

    foreign = foreign_reference(schema)
    if foreign is not None:
        raise _Unusable(f"refers to {foreign!r}, which is not in the file; confcontract fetches nothing")
    draft: Any = Draft202012Validator
    if isinstance(schema, dict) and "$schema" in schema:
        draft = validator_for(schema, default=None)  # type: ignore[arg-type]
        if draft is None:
            raise _Unusable("its $schema names a dialect that is not supported")
    try:
        draft.check_schema(schema, format_checker=FormatChecker(("regex",)))
        spell_out_false(schema)
        _of_one_dialect(schema, draft)
        # this registry holds only the drafts themselves, and fetches nothing
        yield from aware(draft)(schema, registry=REGISTRY).iter_errors(values)
    except SchemaError as error:
        place = "/".join(str(step) for step in error.absolute_path)
        raise _Unusable(f"is not valid JSON Schema, at {place or 'its root'}") from None
    except Unresolvable as error:
        raise _Unusable(f"refers to {error.ref!r}, which is not in the file; confcontract fetches nothing") from None
    except RecursionError:
        raise _Unusable("refers to itself endlessly, or is nested too deeply") from None
    except re.error:
        raise _Unusable("has a pattern that is not a regular expression") from None
    except (UnknownType, ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise _Unusable(f"can't be evaluated ({type(error).__name__})") from None


def _of_one_dialect(schema: Any, draft: Any) -> None:
    """Remove $schema: a part of the overlay with its own $schema would be checked without our handling of numbers."""
    from jsonschema.validators import validator_for

    from confcontract.verdict.policy.parts import subschemas

    for node in subschemas(schema):
        if isinstance(node, dict) and "$schema" in node:
            if validator_for(node, default=None) is not draft:  # type: ignore[arg-type]
                raise _Unusable("has parts with another $schema than the document itself")
            del node["$schema"]


def _short(overlay: str) -> str:
    return overlay.rpartition("/")[2]
