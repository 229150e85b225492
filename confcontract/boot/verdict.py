"""What the validator says, as problems: by environment variable, in words, without secrets."""

from __future__ import annotations

from confcontract.boot import sources
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.boot.merge import Merged
    from confcontract.boot.reading import Failure, Gathered

# pydantic's messages repeat parts of the input for some types; for secrets only these messages are used as
# they are: they speak of the type and of the bounds that the contract declares, never of the value.
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


class Locator:
    """From a place in the document to the variable that feeds it."""

    def __init__(self, variables: list[dict[str, Any]], merged: Merged, gathered: Gathered) -> None:
        self._variables: dict[tuple[Any, ...], dict[str, Any]] = {
            tuple(variable["path"]): variable for variable in reversed(variables)
        }
        self._merged = merged
        self._delimiter = merged.declared.delimiter or "__"
        self._folded: dict[tuple[str, ...], list[tuple[tuple[str, ...], tuple[str, str]]]] = {}
        for path, origin in gathered.origins.items():
            self._folded.setdefault(path[:1], []).append((path, origin))

    def variable(self, loc: tuple[Any, ...]) -> dict[str, Any] | None:
        """The variable of the longest path that leads to `loc`."""
        path = tuple(part for part in loc if isinstance(part, str))
        for length in range(len(path), 0, -1):
            found = self._variables.get(path[:length])
            if found is not None:
                return found
        return None

    def origin(self, variable: Mapping[str, Any]) -> tuple[str, str] | None:
        """(name as set, where) of what fed a variable: itself, or the section that it is part of."""
        path = tuple(variable["path"])
        delimiter = self._delimiter.lower()
        names = {name.lower().rsplit(delimiter, 1)[-1] for name in self._merged.declared.names[variable["name"]]}
        best: tuple[int, tuple[str, str]] | None = None
        for candidate, origin in self._folded.get(path[:1], ()):
            size = len(candidate)
            if size > len(path) or not _leads(candidate, path, names):
                continue
            if best is None or size > best[0]:
                best = (size, origin)
        return best[1] if best else None

    def required_below(self, section: tuple[Any, ...]) -> list[dict[str, Any]]:
        """The variables without which a section is incomplete; a part of it that consists of such is not among them."""
        inside = [
            variable
            for path, variable in reversed(self._variables.items())
            if len(path) > len(section) and path[: len(section)] == section and variable.get("required")
        ]
        parts = {tuple(variable["path"][:depth]) for variable in inside for depth in range(len(variable["path"]))}
        return [variable for variable in inside if tuple(variable["path"]) not in parts]

    def what_to_set(self, section: tuple[Any, ...]) -> str | None:
        """The variables to set for a section that is missing, in words; None where its members have none."""
        names = [variable["name"] for variable in self.required_below(section)]
        if not names:
            inside = [path for path in self._variables if len(path) > len(section) and path[: len(section)] == section]
            return f"any part of it, such as {self._variables[inside[-1]]['name']}" if inside else None
        more = f" and {len(names) - 5} more" if len(names) > 6 else ""
        told = names[:5] if more else names
        return ", ".join(told) + more if more or len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"

    def members(self, section: Mapping[str, Any]) -> list[str]:
        """The variables that are the parts of a section."""
        path = tuple(section["path"])
        inside = [variable for inner, variable in self._variables.items() if inner[:-1] == path]
        return [variable["name"] for variable in reversed(inside)]

    def is_given(self, variable: Mapping[str, Any]) -> bool:
        """Whether something was set for a variable, or for the section that it is part of."""
        return self._merged.top(variable["name"]) is not None or self.origin(variable) is not None


def _leads(candidate: tuple[str, ...], path: tuple[str, ...], last_names: set[str]) -> bool:
    for index in range(1, len(candidate)):
        segment = candidate[index].lower()
        is_last = index == len(path) - 1
        if segment != path[index].lower() and not (is_last and segment in last_names):
            return False
    return True


def failure_problem(failure: Failure, locator: Locator, merged: Merged) -> Problem:
    variable = locator.variable(failure.path)
    name = variable["name"] if variable else failure.name
    return Problem(
        "value-invalid" if failure.rule else "value-undecodable",
        f"{failure.reason}{_shown(merged, failure.name, variable)}",
        variable=name,
        source=_source_words(merged, failure.name, failure.origin),
        hint=_expected(variable, locator) or 'write it as JSON, for example ["a", "b"] or {"key": 1}',
        rule=failure.rule or "json_invalid",
    )


def error_problem(error: Mapping[str, Any], locator: Locator, merged: Merged) -> Problem:
    loc = error["loc"]
    kind = error["type"]
    variable = locator.variable(loc)
    if kind == "missing":
        return _missing(loc, variable, locator)
    origin = locator.origin(variable) if variable is not None else None
    name = variable["name"] if variable is not None else _place(loc) or "the settings"
    source = _source_words(merged, origin[0], origin[1]) if origin else None
    if kind == "extra_forbidden":
        return _extra(loc, variable, source)
    secret = variable is None or variable.get("secret") or variable.get("credentials")
    if origin is not None:
        secret = secret or origin[1] == sources.OWN_SECRETS or _is_from_secret_source(merged, origin[0])
    message = _lower(error["msg"]) if not secret or kind in _SAFE_FOR_SECRETS else "is not valid"
    inside = _inside(loc, variable)
    shown = _shown(merged, origin[0], variable) if origin else _default_words(variable)
    return Problem(
        "value-invalid",
        f"{inside}{message}{shown}",
        variable=name,
        source=source,
        hint=_expected(variable, locator),
        rule=kind,
    )


def _missing(loc: tuple[Any, ...], variable: Mapping[str, Any] | None, locator: Locator) -> Problem:
    if variable is None:
        return Problem("value-missing", f"{_place(loc)} has no value", rule="missing")
    exact = tuple(part for part in loc if isinstance(part, str)) == tuple(variable["path"])
    secret = bool(variable.get("secret"))
    message = "is required and has no value in any source"
    if not exact:
        message = f"lacks the required member {_place(loc[len(variable['path']) :])}"
    hint = f"set {variable['name']}: {variable['type']['text']}" if exact else _expected(variable, locator)
    members = locator.what_to_set(loc) if exact else None
    if members:
        hint = f"set {members}"
    elif exact and variable.get("vault"):
        hint = f"it is read from Vault at {variable['vault']}; set VAULT_ADDR and credentials, or {variable['name']}"
    elif exact and secret:
        hint = f"set {variable['name']}, or {variable['name']}_FILE to the path of a file that holds it"
    return Problem(
        "secret-missing" if secret and exact else "value-missing",
        message,
        variable=variable["name"],
        hint=hint,
        rule="missing",
    )


def _extra(loc: tuple[Any, ...], variable: Mapping[str, Any] | None, source: str | None) -> Problem:
    name = str(loc[-1])
    return Problem(
        "name-unknown",
        f"{name!r} is no setting of this application, and it accepts no others",
        variable=variable["name"] if variable is not None else name,
        source=source,
        hint="correct the spelling, or remove it",
        rule="extra_forbidden",
    )


def _inside(loc: tuple[Any, ...], variable: Mapping[str, Any] | None) -> str:
    if variable is None:
        return ""
    inner = loc[len(variable["path"]) :]
    return f"at {_place(inner)}: " if inner and not variable.get("secret") else ""


def _place(parts: tuple[Any, ...]) -> str:
    """A place within a value in words; positions are counted from 1."""
    groups: list[str] = []
    after_name = False
    for part in parts:
        if isinstance(part, int):
            groups.append(f"item {part + 1}")
        elif after_name:
            groups[-1] += f".{part}"
        else:
            groups.append(str(part))
        after_name = isinstance(part, str)
    return ", ".join(groups)


def _lower(message: str) -> str:
    for start in ("Input ", "Value "):
        if message.startswith(start):
            return message[len(start) :]
    return message if message[:3] == "URL" else message[:1].lower() + message[1:]


def _expected(variable: Mapping[str, Any] | None, locator: Locator) -> str | None:
    if variable is None:
        return None
    members = locator.members(variable) if variable["type"]["kind"] == "object" else []
    if not members:
        return f"expected: {variable['type']['text']}"
    told = ", ".join(members[:4]) + (f" and {len(members) - 4} more" if len(members) > 4 else "")
    return f"expected: section, given as its parts ({told}) or as one JSON object"


def _entry(merged: Merged, name: str) -> Any:
    for entry in merged.entries.get(merged.declared.identity(name), ()):
        if entry.name == name:
            return entry
    return None


def _shown(merged: Merged, name: str, variable: Mapping[str, Any] | None) -> str:
    from confcontract.boot.mask import shown

    entry = _entry(merged, name)
    if entry is None or variable is None or _is_from_secret_source(merged, name):
        return ""
    owner = merged.declared.variable(name) or variable
    if variable.get("secret"):
        owner = {**owner, "secret": True}
    return f"; got {shown(entry.value, owner)!r}" if not owner.get("secret") else ""


def _is_from_secret_source(merged: Merged, name: str) -> bool:
    entry = _entry(merged, name)
    return entry is not None and entry.source.kind in sources.SECRET


def _default_words(variable: Mapping[str, Any] | None) -> str:
    return " (the default)" if variable is not None and "default" in variable else ""


def _source_words(merged: Merged, name: str, where: str) -> str:
    entry = _entry(merged, name)
    return f"{entry.source}, as {name}" if entry is not None else f"{where}, as {name}"


def problems_of(
    errors: list[dict[str, Any]], locator: Locator, merged: Merged, unknown: Sequence[tuple[str, ...]]
) -> list[Problem]:
    """One problem for each error, but one only for each variable where a union reports every member.

    unknown: paths whose value is not known here, so that what validation says of them means nothing.
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
        # The section will be there with what is unknown in it; what else it lacks is missing on its own.
        paths = [tuple(variable["path"]) for variable in locator.required_below(loc) if not locator.is_given(variable)]
        return [_missing(path, locator.variable(path), locator) for path in paths if path not in unknown]
    return [error_problem(error, locator, merged)]
