"""Run the programs of a contract: they turn an environment into the data that is validated.

This is what pydantic-settings' sources do (prefix, aliases, case, nested delimiter, JSON, dotenv files, secrets
directories, nested settings classes), over the tables that bake made (author/names.py). pydantic-settings stops at the
first value that it can't decode; this code continues and records a failure, so that one bad value doesn't hide the
next.
"""

from __future__ import annotations

from confcontract.verdict.sources.arguments import aliases_of, as_arguments
from confcontract.verdict.sources.decoding import Reader, deep_update, fields_of, head_of
from confcontract.verdict.sources.gathered import DecodingFailure, Gathered
from confcontract.verdict.sources.origin import IN_DEFAULT, IN_ENV_FILE, IN_ENVIRONMENT, IN_SECRETS_DIR, InSecretsDirs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def gather(compiled: Mapping[str, Any], environ: Mapping[str, str], *, certain: bool = False) -> Gathered:
    """Run the root program of a hydrated contract over an environment.

    certain: only the values that no unreadable source can override; see verdict/problems/unseen.py.
    """
    return _run(compiled, 0, {}, environ, certain)


def _run(
    compiled: Mapping[str, Any], index: int, init: dict[str, Any], environ: Mapping[str, str], certain: bool = False
) -> Gathered:
    program = compiled["settings"][index]
    result = Gathered()
    init_state = as_arguments(program, init, sensitive=program["caseSensitive"])[0] if init else {}
    for source in program["order"]:
        if source == "init":
            found = init_state
        elif source == "environment":
            result.order.append(IN_ENVIRONMENT)
            found = Reader(compiled, program, environ, IN_ENVIRONMENT, result).read()
        elif source == "dotenv":
            found = _dotenv(compiled, program, program.get("dotenv"), environ, result)
        elif source == "secrets":
            found = _secrets(compiled, program, program.get("secretsDirs"), result)
        elif source.__class__ is int:
            found = _more(compiled, program, program["sources"][source], environ, result)
        elif certain:
            break
        else:
            continue  # a source of the application: only the application can read it
        if found:
            result.state = deep_update(found, result.state)
    if certain and "foreign" in program["order"]:
        _restore_names(program, init, result.state)
        result.open.append(((), result.state))
        return result  # such a source also overrides defaults and nested settings classes
    _partial_defaults(compiled, program, result, environ)
    _restore_names(program, init, result.state)
    for entry in program.get("nested", ()):
        _nested(compiled, entry, result, environ, certain)
    return result


# -- the parts of one program --------------------------------------------------------------------


def _partial_defaults(
    compiled: Mapping[str, Any], program: Mapping[str, Any], result: Gathered, environ: Mapping[str, str]
) -> None:
    defaults = {}
    for entry in program.get("partialDefaults", ()):
        value = result.state.get(entry["key"])
        if isinstance(value, dict) and any(
            value[key] != tag for keys, tag in entry["tags"] for key in keys if key in value
        ):
            continue  # another member of a discriminated union was chosen
        defaults[entry["key"]] = _default_made(compiled, program, entry, environ)
    if defaults:
        state = deep_update(defaults, result.state)
        result.state = {key: value for key, value in state.items() if key not in defaults or defaults[key] != value}


def _default_made(
    compiled: Mapping[str, Any], program: Mapping[str, Any], entry: Mapping[str, Any], environ: Mapping[str, str]
) -> Any:
    """The default of a field; if that is an instance of a settings class, the values that it read when it was made."""
    from confcontract.contract.engine import ValidationError

    for nested in program.get("nested", ()):
        if "made" in nested and len(nested["path"]) == 1 and [entry["key"]] in nested["steps"][0]:
            made = nested["made"]
            trial = _run(compiled, nested["program"], made["arguments"], environ)
            try:
                return compiled["instances"][made["instance"]].validate_python(trial.state)
            except ValidationError:
                break  # reported where the instance is made; see `_made`
    return entry["value"]


def _restore_names(program: Mapping[str, Any], init: dict[str, Any], state: dict[str, Any]) -> None:
    if not init or not state:
        return
    for field in fields_of(program):
        # an alias may be the field's own name
        names = list(dict.fromkeys([*aliases_of(field), *([field["name"]] if program["byName"] else [])]))
        given = next((name for name in names if name in init), None)
        present = [name for name in names if name in state]
        if given is not None and present:
            value = state[present[0]]
            for name in present:
                del state[name]
            state[given] = value


def _nested(
    compiled: Mapping[str, Any],
    entry: Mapping[str, Any],
    result: Gathered,
    environ: Mapping[str, str],
    certain: bool,
) -> None:
    """A field that is itself a settings class reads the environment on its own during validation."""
    place: Any = result.state
    for choices in entry["steps"][:-1]:
        found = _first(place, choices)
        place = None if found is None else found[0][found[1]]
        if not isinstance(place, dict):
            place = None
            break
    choices = entry["steps"][-1]
    found = None if place is None else _first(place, choices)
    is_default = place is not None and found is None and entry["arguments"] is not None
    if "made" in entry and not is_default:
        _made(compiled, entry, result, environ)
    value = found[0][found[1]] if found else entry["arguments"] if is_default else None
    if not isinstance(value, dict):
        return  # it is missing, or not a mapping: validation will report it
    inner = _run(compiled, entry["program"], value, environ, certain)
    if found is None:
        place[choices[-1][0]] = inner.state  # a key that no one else uses; see author/lowering/models.py
    else:
        found[0][found[1]] = inner.state
    base = tuple(entry["path"])
    for where, origin in inner.origins.items():  # a value that the parent got by a name of its own overrides it
        result.origins.setdefault((*base, *where), origin)
    result.open.extend(((*base, *path), state) for path, state in inner.open)
    for failure in inner.failures:
        failure.path, failure.inner = (*base, *failure.path), True
        result.failures.append(failure)
    result.doubtful.extend(((*base, *path), where) for path, where in inner.doubtful)
    result.problems.extend(inner.problems)
    result.broken.extend(inner.broken)
    result.shadowed |= inner.shadowed
    result.take_files_of(inner)


def _made(compiled: Mapping[str, Any], entry: Mapping[str, Any], result: Gathered, environ: Mapping[str, str]) -> None:
    """A default that is an instance of a settings class is made on import, and reads the environment then. If that
    fails, the application does not start, even if it does not use the default."""
    from confcontract.contract.engine import ValidationError

    made, base = entry["made"], tuple(entry["path"])
    trial = _run(compiled, entry["program"], made["arguments"], environ)
    for failure in trial.failures:
        failure.path, failure.inner = (*base, *failure.path), True
    result.failures += trial.failures
    if trial.failures:
        return
    try:
        compiled["instances"][made["instance"]].validate_python(trial.state)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            path = tuple(part for part in each["loc"] if isinstance(part, str))
            name, where = next(
                (trial.origins[path[:size]] for size in range(len(path), 0, -1) if path[:size] in trial.origins),
                (".".join(path), IN_DEFAULT),
            )
            if each["type"] != "missing":  # it may yet come from Vault
                reason = "is not valid in the default that the application makes of it"
                result.failures.append(DecodingFailure((*base, *path), name, where, reason, each["type"]))


def _first(place: dict[str, Any], choices: list[list[Any]]) -> tuple[Any, Any] | None:
    """The target of the first of several alias paths: the innermost container and the key in it."""
    for choice in choices:
        container: Any = place
        for part in choice[:-1]:
            container = _item(container, part)
        if _item(container, choice[-1]) is not None:
            return container, choice[-1]
    return None


def _item(container: Any, key: Any) -> Any:
    if isinstance(container, dict):
        return container.get(key)
    if isinstance(container, list) and isinstance(key, int) and -len(container) <= key < len(container):
        return container[key]
    return None


def _more(
    compiled: Mapping[str, Any],
    program: Mapping[str, Any],
    plan: Mapping[str, Any],
    environ: Mapping[str, str],
    result: Gathered,
) -> dict[str, Any]:
    """A source beside the first environment, the first env file and the first secret directory."""
    program = {**program, **plan.get("reader", {})}
    if plan["kind"] == "environment":
        return Reader(compiled, program, environ, IN_ENVIRONMENT, result).read()
    if plan["kind"] == "dotenv":
        return _dotenv(compiled, program, plan, environ, result)
    if plan["kind"] == "secrets":
        return _secrets(compiled, program, plan["files"], result)
    if plan["kind"] == "secretTree":
        from confcontract.verdict.sources.secrettree import read_tree

        values, came_from = read_tree(plan, program["caseSensitive"], result.broken, result.watched)
        where = InSecretsDirs(came_from)
        result.order.append(where)
        first = len(result.notes)
        data = Reader(compiled, program, values, where, result).read()
        result.came_from_files(first, came_from.get)
        return data
    from confcontract.verdict.sources.configfiles import read_operator_files

    return read_operator_files(compiled, program, plan, result)


def _dotenv(
    compiled: Mapping[str, Any],
    program: Mapping[str, Any],
    plan: Mapping[str, Any] | None,
    environ: Mapping[str, str],
    result: Gathered,
) -> dict[str, Any]:
    if plan is None:
        result.order.append(IN_ENV_FILE)
        return {}
    from confcontract.verdict.sources import settingsfiles

    first = len(result.notes)
    values, where = settingsfiles.read_dotenv(
        plan, program, environ, result.problems, result.watched, result.passed_over
    )
    result.order.append(where)
    source = Reader(compiled, program, values, where, result)
    data = source.read()
    fields = set(data)
    data = settingsfiles.with_extras(data, source.values, program, plan["filtering"])
    if program["extraForbid"]:
        extras = [key for key in data if key not in fields]
        names = [key if key in source.values else head_of(program) + key for key in extras]
        result.notes.extend(((key,), name, source) for key, name in zip(extras, names, strict=True))
    result.came_from_files(first, where.file_of)
    return data


def _secrets(
    compiled: Mapping[str, Any], program: Mapping[str, Any], paths: list[str] | None, result: Gathered
) -> dict[str, Any]:
    if paths is None:
        result.order.append(IN_SECRETS_DIR)
        return {}
    from confcontract.verdict.sources import settingsfiles

    follows_links = "follows-links" in program.get("habits", ())
    directories = settingsfiles.SecretsDirs(
        paths, program["caseSensitive"], result.problems, result.watched, follows_links=follows_links
    )
    plain = {**program, "delimiter": None, "ignoreEmpty": False, "noneStr": None, "enums": False}
    where = InSecretsDirs(directories.came_from)
    result.order.append(where)
    source = Reader(compiled, plain, {}, where, result, exploding=False)
    source.lookup = directories.read
    first = len(result.notes)
    data = source.read()
    result.came_from_files(first, directories.came_from.get)
    return data
