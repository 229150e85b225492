"""Which parts of the verdict a source that only the application can read may still change.

Such a source (one of the application's own, its command line, a file format that boot does not read) has a place among
the other sources. Values of higher sources are certain: two mappings are merged, and any other value of the higher
source stays as it is. So the data of the higher sources is validated separately. An error about a value in it is
certain. An error about something missing in a mapping, or about too few members, is not. Values from lower sources and
values within the defaults are not certain either.
"""

from __future__ import annotations

from confcontract.report.problem import ERROR, INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from confcontract.report.problem import Problem
    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.gathered import DecodingFailure, Gathered

    Error = Mapping[str, Any]

FOREIGN = "foreign"

# pydantic's errors for a mapping that another source may add to. In addition: all types that begin with "missing".
_OF_TOO_LITTLE = frozenset(("too_short", "union_tag_not_found", "default_factory_not_called"))
# Schemas that may be tried several at a time on one value.
_OF_CHOICE = ("union", "definition-ref")


def has_unseen(plan: Mapping[str, Any]) -> bool:
    """Whether the application reads any source that boot can't."""
    return any(FOREIGN in program["order"] for program in plan["settings"])


class Doubt:
    """The possible effect of a source that boot can't read, for explanations of values."""

    def __init__(self, result: Resolution) -> None:
        names = [
            each["name"] for each in result.contract.deferred if each["kind"] == "source" and not each["variables"]
        ]
        self._names = " or ".join(names)
        self._certain: list[tuple[Any, ...]] = []
        if names:
            from confcontract.verdict.sources.fields import gather
            from confcontract.verdict.validator import prepare

            above = gather(prepare(result.contract).plan, result.merged.environ(), certain=True)
            places = [place for place, _ in above.open]
            self._certain = [path for path in above.origins if any(path[: len(each)] == each for each in places)]
            self._open = places

    def of(self, variable: Mapping[str, Any], *, given: bool) -> list[str]:
        """A note, if such a source may give a variable's value. given: whether another source has given it."""
        path = tuple(variable["path"])
        if not self._names or not any(path[: len(place)] == place for place in self._open):
            return []
        if any(path[: len(each)] == each for each in self._certain):
            return []
        return [f"not checked: {self._names} may give {'another value' if given else 'it'}"]


def told_apart(errors: list[Error], result: Resolution) -> tuple[list[Error], list[Error]]:
    """The errors that no other source can fix, and the others. errors: for the whole data, in pydantic_core's order."""
    from confcontract.contract.engine import ValidationError
    from confcontract.verdict.sources.fields import gather
    from confcontract.verdict.validator import prepare

    compiled = prepare(result.contract)
    plan = compiled.plan
    above = gather(plan, result.merged.environ(), certain=True)
    found: list[Error] = []
    try:
        compiled.validator.validate_python(above.state)
    except ValidationError as error:
        found = error.errors(include_url=False)
    certain = _certain(found, above, plan)
    certain += [each for each in errors if each["type"] == "extra_forbidden" and len(each["loc"]) == 1]  # it only adds
    kept = {(each["type"], each["loc"]) for each in certain}
    return certain, [each for each in errors if (each["type"], each["loc"]) not in kept]


def _certain(errors: Sequence[Error], above: Gathered, plan: Mapping[str, Any]) -> list[Error]:
    growing = {id(mapping) for _, state in above.open for mapping in _mappings(state)}
    given = set(above.origins)
    certain: list[Error] = []
    doubtful: set[tuple[Any, ...]] = set()  # places of unions with a choice that may still match
    for error in errors:
        loc = error["loc"]
        bases = [base for base, _ in above.open if loc[: len(base)] == base]
        if not bases:
            certain.append(error)
            continue
        place = loc[: len(max(bases, key=len)) + 1]
        is_given = any(path[: len(place)] == place or loc[: len(path)] == path for path in given)
        if not is_given or _may_grow(error, growing):
            doubtful.add(place)
        else:
            certain.append(error)
    return [each for each in certain if not any(each["loc"][: len(p)] == p and _chooses(plan, p) for p in doubtful)]


def _may_grow(error: Error, growing: set[int]) -> bool:
    """Whether an error is caused by members missing from a mapping, to which another source may add."""
    kind = error["type"]
    return id(error["input"]) in growing and is_of_too_little(kind)


def is_of_too_little(kind: str) -> bool:
    """Whether an error of this type is caused by something missing."""
    return kind in _OF_TOO_LITTLE or kind.startswith("missing")


def _mappings(state: Any) -> Iterable[dict[str, Any]]:
    """A mapping and the mappings in it, but not those in lists: a list of the higher source is used unchanged."""
    if isinstance(state, dict):
        yield state
        for value in state.values():
            yield from _mappings(value)


def _chooses(plan: Mapping[str, Any], path: tuple[Any, ...]) -> bool:
    """Whether several schemas are tried on the value at a path of fields: one may need a member that another does
    not."""
    schema = plan["validator"]
    for part in path:
        while "fields" not in schema and isinstance(schema.get("schema"), dict):
            schema = schema["schema"]
        if not isinstance(schema.get("fields"), dict) or part not in schema["fields"]:
            return True
        schema = schema["fields"][part]["schema"]
    return _holds_choice(schema)


def _holds_choice(schema: Any) -> bool:
    if isinstance(schema, dict):
        return schema.get("type") in _OF_CHOICE or any(map(_holds_choice, schema.values()))
    return isinstance(schema, (list, tuple)) and any(map(_holds_choice, schema))


def what_is_known(result: Resolution, doubtful: Sequence[Error]) -> dict[str, Any] | None:
    """The document without the settings that only the application can judge; None if they can't be separated."""
    from confcontract.contract.engine import ValidationError
    from confcontract.verdict.sources.decoding import fields_of
    from confcontract.verdict.validator import partial_validator

    unknown = {error["loc"][0] for error in doubtful}
    fields = fields_of(result.contract.compiled["settings"][0])
    keys = {key for field in fields if field["name"] in unknown for key in (field["name"], *field.get("aliases", ()))}
    state = {key: value for key, value in result.gathered.state.items() if key not in keys}
    try:
        document: dict[str, Any] = partial_validator(result.contract).validate_python(state)
    except ValidationError:
        return None
    return {name: value for name, value in document.items() if name not in unknown}


def is_open(failure: DecodingFailure, plan: Mapping[str, Any]) -> bool:
    """Whether text that can't be decoded may not matter: that of a nested settings class for which the application may
    pass an instance. A source decodes all that it reads, even if a higher source overrides it."""
    return failure.inner and FOREIGN in plan["settings"][0]["order"]


def as_notes(problems: list[Problem], names: Sequence[str]) -> list[Problem]:
    """The same problems, marked for the application to judge. names: of its own sources, in words."""
    source = names[0] if names else "a source of its own"
    return [_as_note(problem, source) if problem.severity == ERROR else problem for problem in problems]


def _as_note(problem: Problem, source: str) -> Problem:
    if problem.rule == "missing":
        hint = f"the application may find it in {source}"
        return problem.but(severity=INFO, code="source-foreign", hint=hint)
    return problem.but(
        severity=INFO,
        code="check-deferred",
        message=f"only the application can tell: {problem.message}",
        hint=f"{source}, which boot can't read, may give another value or add to it",
    )
