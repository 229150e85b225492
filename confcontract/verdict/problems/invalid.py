"""The validator's errors as problems: by environment variable, in words, without secrets."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.report.problem import Problem
from confcontract.verdict.problems.expected import expected
from confcontract.verdict.problems.inparts import key_hint, key_words, size_hint, takes_parts, wrong_key
from confcontract.verdict.problems.missing import missing_value
from confcontract.verdict.problems.place_words import entry_of, place_words, source_words
from confcontract.verdict.sources import origin as sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.report.excerpt import Excerpt
    from confcontract.verdict.problems.locator import Locator
    from confcontract.verdict.sources.gathered import DecodingFailure
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Where

# pydantic's messages repeat parts of the input for some types. For secrets only these messages are used unchanged: they
# mention the type and the bounds that the contract declares, never the value.
_SAFE_FOR_SECRETS = (
    "bool_parsing",
    "bool_type",
    "bytes_too_long",
    "bytes_too_short",
    "dict_type",
    "float_parsing",
    "greater_than",
    "greater_than_equal",
    "int_parsing",
    "less_than",
    "less_than_equal",
    "list_type",
    "missing",
    "string_too_long",
    "string_too_short",
    "string_type",
    "too_long",
    "too_short",
    "url_parsing",
    "url_scheme",
    "url_syntax_violation",
    "url_too_long",
    "url_type",
)


_NO_TAG = "union_tag_not_found"
_OF_TAGS = (_NO_TAG, "union_tag_invalid")

_AS_JSON = 'write it as JSON, for example ["a", "b"] or {"key": 1}'


def unknown_paths(failures: Sequence[DecodingFailure], merged: Merged) -> list[tuple[str, ...]]:
    """The paths whose value could not be read: in the data, and those of the variables if their names differ."""
    paths = [failure.path for failure in failures]
    for failure in failures:
        paths += merged.declared.paths(failure.name)
    return paths


def failure_problem(failure: DecodingFailure, locator: Locator, merged: Merged) -> Problem:
    # the path uses the name in the data, which may be an alias; the variable's own name is clearer
    variable = merged.declared.variable(failure.name) or locator.variable(failure.path)
    name = variable["name"] if variable else failure.name
    shown = _shown(locator, merged, failure.name, failure.origin, variable)
    return Problem(
        "value-invalid" if failure.rule else "value-undecodable",
        f"{failure.reason}{shown}",
        variable=name,
        source=source_words(merged, failure.name, failure.origin, (), name),
        hint=expected(variable, locator, failure.name) if variable else _AS_JSON,
        rule=failure.rule or "json_invalid",
        excerpt=_excerpt(locator, merged, failure.name, failure.origin, shown),
    )


def error_problem(error: Mapping[str, Any], locator: Locator, merged: Merged) -> Problem:
    loc = error["loc"]
    kind = error["type"]
    variable, rest = locator.locate(loc)
    if kind == "missing":
        return missing_value(loc, variable, rest, locator, merged)
    as_spelled = kind == "extra_forbidden"
    origin = locator.cause(variable, rest, as_spelled=as_spelled) if variable is not None else None
    parts = locator.parts(variable, rest) if variable is not None and origin is None else []
    name = variable["name"] if variable is not None else place_words(loc) or "the settings"
    culprit = origin or (parts[0] if parts else None)
    source = source_words(merged, *culprit, loc, name) if culprit else None
    if kind == "extra_forbidden":
        return _extra(loc, source, locator, merged)
    if variable is not None and (key := wrong_key(rest)) is not None:
        return _wrong_key(variable, error, *key, origin, source, locator, merged)
    secret = variable is None or is_hidden(variable) or variable.get("credentials")
    for part, where in [origin] if origin else parts:
        secret = secret or _is_from_secret_source(merged, part, where)
    inside = "" if origin and _is_from_secret_source(merged, *origin) else _inside(rest, variable)
    message = _lower(error["msg"]) if not secret or kind in _SAFE_FOR_SECRETS else "is not valid"
    shown = _shown(locator, merged, *origin, variable) if origin else "" if parts else _default_words(variable)
    hint = expected(variable, locator, origin[0] if origin else None) if variable is not None else None
    if kind == "string_type" and origin is not None and origin[1].is_single(origin[0], loc):
        hint = "put it in quotes"  # a number, a date, or a word that YAML reads as true or false
    names: list[str] = []
    if variable is not None and parts:
        written = list(dict.fromkeys(part for part, _ in parts))
        member = error.get("ctx", {}).get("discriminator", "").strip("'") if kind == _NO_TAG else ""
        tag = locator.variable((*loc, member)) if member else None
        if tag is not None and tag is not variable:
            hint = f"set {tag['name']} too: it decides which kind of {name} is meant"
        elif kind in _OF_TAGS:  # it may have parts: those of another kind of section
            shown = _shown(locator, merged, *parts[0], variable) if len(written) == 1 else ""
            hint = expected(variable, locator, written[0])
        elif takes_parts(variable, kind, rest, locator):
            hint = size_hint(variable, kind, rest, written, locator) or expected(variable, locator, written[0])
        elif not locator.members(variable):
            told, names = " and ".join(written[:3]), written
            shown = f"; it has no parts, but {told} {'is' if len(written) == 1 else 'are'} set"
            hint = f"remove {told}; {hint}"
    return Problem(
        "value-invalid",
        f"{inside}{message}{shown}",
        variable=name,
        source=source,
        hint=hint,
        rule=kind,
        names=names,
        excerpt=_excerpt(locator, merged, *origin, shown) if origin else None,
    )


def _wrong_key(
    variable: Mapping[str, Any],
    error: Mapping[str, Any],
    key: Any,
    place: tuple[Any, ...],
    origin: tuple[str, Where] | None,
    source: str | None,
    locator: Locator,
    merged: Merged,
) -> Problem:
    name = origin[0] if origin else None
    in_json = origin is not None and locator.is_name_of(variable, origin[0])
    shown = _shown(locator, merged, *origin, variable) if origin and in_json else ""
    secret = is_hidden(variable) or (origin is not None and in_json and _is_from_secret_source(merged, *origin))
    message = _lower(error["msg"]) if not secret or error["type"] in _SAFE_FOR_SECRETS else "is not valid"
    called = "a key" if secret and in_json else key_words(variable, key, place, name, locator)
    return Problem(
        "value-invalid",
        f"{called}: {message}{shown}",
        variable=variable["name"],
        source=source,
        hint=key_hint(variable, name, locator),
        rule=error["type"],
    )


def _extra(loc: tuple[Any, ...], source: str | None, locator: Locator, merged: Merged) -> Problem:
    name = str(loc[-1])
    section = locator.variable(loc[:-1])  # the last part may have the name of a field that only its aliases give
    owner = section["name"] if section is not None else name
    guess = None
    origin = locator.written(loc)
    if origin is not None and not origin[1].is_file:  # it was given by a name of its own, and not within JSON
        from confcontract.report.did_you_mean import closest

        name = owner = origin[0]
        source = source_words(merged, *origin, (), owner)
        guess = closest(name, [each for names in merged.declared.names.values() for each in names])
    elif origin is not None:
        source = source or source_words(merged, *origin, loc, owner)
    in_secret = (origin is None or origin[1].is_file) and section is not None and is_hidden(section)
    if name == str(loc[-1]) and not in_secret:
        guess = guess or locator.meant_beside(loc)
    told = "it has a member that" if in_secret else repr(name)
    return Problem(
        "name-unknown",
        f"{told} is not a setting of this application, and it accepts no others",
        variable=owner,
        source=source,
        hint=f"did you mean {guess}?" if guess else "correct the spelling, or remove it",
        rule="extra_forbidden",
    )


def _inside(rest: tuple[Any, ...], variable: Mapping[str, Any] | None) -> str:
    return f"at {place_words(rest)}: " if variable is not None and rest and not is_hidden(variable) else ""


def _lower(message: str) -> str:
    for start in ("Input ", "Value "):
        if message.startswith(start):
            return message[len(start) :]
    return message if message[:3] == "URL" else message[:1].lower() + message[1:]


def _shown(locator: Locator, merged: Merged, name: str, where: Where, variable: Mapping[str, Any] | None) -> str:
    from confcontract.verdict.mask import quoted

    text = locator.text(name, where)
    if text is None or variable is None or _is_from_secret_source(merged, name, where):
        return ""
    if merged.declared.holds_secret(variable["name"] if where.is_file else name):
        return ""
    owner = variable if where.is_file else merged.declared.variable(name) or variable
    return f"; got {quoted(text, owner)}" if not (is_hidden(variable) or is_hidden(owner)) else ""


def _excerpt(locator: Locator, merged: Merged, name: str, where: Where, shown: str) -> Excerpt | None:
    """shown: the part of the value in the message; the line is shown only if that is the whole value."""
    entry = entry_of(merged, name) if where is sources.IN_ENVIRONMENT else None
    text = locator.text(name, where) if entry is not None and shown and not entry.parts else None
    if entry is None or text is None or text != entry.value or (text and shown != f"; got {text!r}"):
        return None
    from confcontract.verdict.problems.excerpts import with_value

    return with_value(entry.source, text)


def _is_from_secret_source(merged: Merged, name: str, where: Where) -> bool:
    if where is not sources.IN_ENVIRONMENT:
        return where.is_secrets_dir
    entry = entry_of(merged, name)
    return entry is not None and entry.source.hides


def _default_words(variable: Mapping[str, Any] | None) -> str:
    return " (the default)" if variable is not None and ("default" in variable or "defaultInCode" in variable) else ""


def problems_of(
    errors: list[dict[str, Any]], locator: Locator, merged: Merged, unknown: Sequence[tuple[str, ...]]
) -> list[Problem]:
    """One problem for each error, but only one for each variable if a union reports every member.

    unknown: paths whose value is not known here, so that validation errors about them mean nothing.
    """
    problems: list[Problem] = []
    seen: set[tuple[str | None, str | None, str]] = set()
    for error in errors:
        for problem in _problems_of_one(error, locator, merged, unknown):
            key = (problem.variable, problem.rule, problem.message)
            if key not in seen:
                seen.add(key)
                problems.append(problem)
    return problems


def _problems_of_one(
    error: Mapping[str, Any], locator: Locator, merged: Merged, unknown: Sequence[tuple[str, ...]]
) -> list[Problem]:
    loc = error["loc"]
    if any(loc[: len(path)] == path for path in unknown):
        return []
    if error["type"] == "missing" and any(path[: len(loc)] == loc for path in unknown):
        # The section will exist with the unknown part in it; its other missing members are reported on their own.
        paths = [tuple(variable["path"]) for variable in locator.required_below(loc) if not locator.is_given(variable)]
        return [
            missing_value(path, locator.variable(path), (), locator, merged) for path in paths if path not in unknown
        ]
    if error["type"] == "too_short" and any(path[: len(loc)] == loc for path in unknown):
        return []  # the unknown part would count
    return [error_problem(error, locator, merged)]
