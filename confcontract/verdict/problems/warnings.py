"""What is worth a word though validation passed: unknown names, old names, empty secrets, deferrals."""

from __future__ import annotations

from confcontract.report.problem import ERROR, INFO, WARNING, Problem
from confcontract.verdict.sources.origin import CONF_FILE, ENV_FILE, IN_ENVIRONMENT

_NAMED = (CONF_FILE, ENV_FILE)  # files that the operator has named
_TOLD = 100  # so many unknown names are told one by one

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Entry


def add(result: Resolution, merged: Merged, *, strict: bool) -> None:
    contract = result.contract
    result.problems.extend(_unknown(contract, merged, result.problems, strict))
    result.problems.extend(each.but(severity=ERROR) if strict else each for each in merged.strangers)
    if result.gathered.doubtful:
        from confcontract.verdict.problems.ignored_keys import ignored_keys

        result.problems.extend(ignored_keys(result, strict=strict))
    if any(entries and entries[0].kind in _NAMED for entries in merged.laid.values()):
        from confcontract.verdict.problems.near_misses import near_misses

        told = {name for problem in result.problems for name in (problem.variable, *problem.names)}
        result.problems.extend(near_misses(result, merged, merged.declared.sections, told))
    if merged.links:
        _explain_links(result, merged)
    result.problems.extend(
        Problem(
            "value-outranked",
            f"is set, but not used: the application takes what {own} has",
            variable=name,
            source=str(entry.source),
            hint=f"change it in {own.place}, or take it out there",
            severity=WARNING,
        )
        for name, entry, own in result.outranked()
    )
    for name, variable in merged.declared.notable.items():
        if "defaultInCode" in variable:
            _left_at_default(result, merged, variable, strict)
        if "deprecated" not in variable and not variable["secret"]:
            continue
        entry = merged.top(name)
        if entry is None:
            continue
        if "deprecated" in variable:
            result.problems.extend(_deprecated(variable, merged.entries[name], merged))
        if variable["secret"] and entry.value == "" and variable.get("required"):
            result.problems.append(
                Problem(
                    "secret-empty",
                    "is a required secret, and it is set to the empty string",
                    variable=name,
                    source=f"{entry.source}, as {entry.name}",
                    hint="provide the secret; an unset ${NAME:-} in a compose file gives the empty string",
                    severity=ERROR if strict else WARNING,
                )
            )
    result.deferred = [entry for entry in contract.deferred if _applies(entry, result)]
    result.problems.extend(_deferrals(result.deferred))
    result.problems.extend(_without_effect(result.deferred, merged))


def _without_effect(entries: Sequence[Mapping[str, Any]], merged: Merged) -> list[Problem]:
    """What is set of a field that the application gives the constructor."""
    given = [name for each in entries if each["kind"] == "argument" for name in each["variables"]]
    found = [(name, merged.top(name)) for name in given]
    return [
        Problem(
            "value-ignored",
            "is set, and has no effect: the application's code gives this setting its value",
            variable=name,
            source=f"{entry.source}, as {entry.name}",
            hint="remove it",
            severity=WARNING,
        )
        for name, entry in found
        if entry is not None
    ]


def _left_at_default(result: Resolution, merged: Merged, variable: Mapping[str, Any], strict: bool) -> None:
    """A word of a secret that only the application's code has, unless Vault has it as well and was not asked."""
    name = variable["name"]
    codes = [problem.code for problem in result.problems if problem.variable == name]
    from_vault = any(code.startswith(("vault", "store-")) for code in codes)
    if merged.top(name) is None and not from_vault and _is_left_out(result, variable["path"]):
        result.problems.append(
            Problem(
                "secret-default",
                "is left at a secret in the application's code, which everybody with the image can read",
                variable=name,
                hint=f"set {name}, or {name}_FILE to the path of a file that holds it",
                severity=ERROR if strict else WARNING,
            )
        )


def _is_left_out(result: Resolution, path: Sequence[str]) -> bool:
    """Whether the document has the section that a variable is in, but not the variable: it has no such default."""
    section: Any = result.document
    for step in path[:-1]:
        section = section.get(step) if isinstance(section, dict) else None
    return isinstance(section, dict) and path[-1] not in section


def verdict(result: Resolution) -> str:
    """What can be said of a configuration without errors, in words: no plain pass where the application decides."""
    if not result.deferred:
        return "the configuration is valid"
    names = sorted({name for entry in result.deferred for name in entry["variables"]})
    told = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return "accepted by the contract; the application checks further" + (f" ({told})" if told else "")


def without_vault(result: Resolution, unasked: Mapping[str, str], *, strict: bool) -> list[Problem]:
    """The sources that count where Vault would have outranked them: a forgotten VAULT_ADDR must not pass in silence.

    unasked: variable → its reference.
    """
    from confcontract.contract.schemes import place, scheme_of

    found, problems = result.sources, []
    for name, reference in unasked.items():
        scheme = scheme_of(reference)
        is_vault = scheme.store == "Vault"
        unset = "VAULT_ADDR is not set" if is_vault else "it is not configured here"
        problems.append(
            Problem(
                "vault-not-configured" if is_vault else "store-not-configured",
                f"lives in {scheme.store}, which was not asked: {unset}, and a lower source counts",
                variable=name,
                source=f"{found.get(name, 'no source')}, not {place(reference)}",
                hint=f"set {scheme.configured_by}, or the variable itself in the environment, which outranks"
                f" {scheme.store}",
                severity=ERROR if strict else WARNING,
            )
        )
    return problems


def unknown_to_us(result: Resolution, names: Iterable[str], keep: Sequence[str], *, strict: bool) -> list[Problem]:
    """CONFCONTRACT_STRICKT=1 switches nothing on. keep: what is meant for the application all the same."""
    from confcontract.report.suggestions import Known
    from confcontract.verdict.environment import KNOWN, matches

    problems = []
    known = Known(KNOWN)
    for name in names:
        if not result.declares(name) and not matches(name, keep):
            guess = known.closest(name)
            problems.append(
                Problem(
                    "name-unknown",
                    "is no variable of confcontract, and is ignored",
                    variable=name,
                    source="environment",
                    hint=f"did you mean {guess}?" if guess else "correct the spelling, or remove it",
                    severity=ERROR if strict else WARNING,
                )
            )
    return problems


def _explain_links(result: Resolution, merged: Merged) -> None:
    """What Kubernetes has set for a Service where a setting is called like that: it is hardly what is meant."""
    from confcontract.verdict.sources.servicelinks import REMEDY

    taken: dict[str, str] = {}  # variable → name
    for place, (name, where) in result.gathered.origins.items():
        if where is IN_ENVIRONMENT and name in merged.links:
            variable = result.locator.variable(place)
            taken[variable["name"] if variable is not None else name] = name
    refused = {problem.variable for problem in result.problems if problem.severity == ERROR}
    for at, problem in enumerate(result.problems):
        if problem.variable in taken and problem.severity == ERROR:
            name = taken[problem.variable]
            service = merged.links[name]
            hint = f"{name} is a link to the Service {service}: {REMEDY}, or set {name} there yourself"
            result.problems[at] = problem.but(hint=hint)
    for variable_name, name in taken.items():
        if variable_name not in refused and merged.declared.knows(name):
            message = f"has its value from {name}, which Kubernetes has set for the Service {merged.links[name]}"
            hint = f"{REMEDY}, or set {name} there yourself"
            result.problems.append(
                Problem(
                    "name-collides", message, variable=variable_name, source="environment", hint=hint, severity=WARNING
                )
            )


def _deprecated(variable: Mapping[str, Any], used: Iterable[Entry], merged: Merged) -> list[Problem]:
    deprecated = variable["deprecated"]
    old = {merged.declared.normal(name) for name in deprecated["names"]}
    replaced_by = deprecated.get("replacedBy")
    return [
        Problem(
            "name-deprecated",
            f"{entry.name} is deprecated: {deprecated['message']}",
            variable=entry.name,
            source=str(entry.source),
            hint=f"set {replaced_by} instead" if replaced_by else "plan to remove it",
            severity=WARNING,
        )
        for entry in used
        if merged.declared.normal(entry.name) in old
    ]


def _unknown(contract: Contract, merged: Merged, so_far: list[Problem], strict: bool) -> list[Problem]:
    """Names that look like the application's, but that the contract does not know. Each is its own identity."""
    compiled = contract.compiled
    declared = merged.declared
    sections = declared.sections
    if not sections:
        return []
    known, sensitive = declared.canonical_names, declared.sensitive
    unknown = [name for name in merged.entries if name not in known]
    strangers = [name for name in unknown if (name if sensitive else name.lower()).startswith(sections)]
    if not strangers:
        return []
    opened = tuple(declared.normal(prefix) for prefix in compiled["open"])
    errors = [problem for problem in so_far if problem.severity == ERROR]
    # also the names that one is due to: they are not ignored
    reported = {name for problem in errors for name in (problem.variable, *problem.names)}
    found = [
        entry
        for name in strangers
        if not (declared.knows(name) or name in reported or name in merged.links)
        and not (opened and declared.normal(name).startswith(opened))
        for entry in merged.entries[name]
    ]
    if not found:
        return []
    from confcontract.report.suggestions import Known

    names = Known(name for names in declared.names.values() for name in names)
    problems = []
    for entry in found[:_TOLD]:
        guess = names.closest(entry.name)
        problems.append(
            Problem(
                "name-unknown",
                "is no setting of this application, and is ignored",
                variable=entry.name,
                source=str(entry.source),
                hint=f"did you mean {guess}?" if guess else "correct the spelling, or remove it",
                severity=ERROR if strict else WARNING,
            )
        )
    if len(found) > _TOLD:
        message = f"{len(found) - _TOLD} more names begin like this application's settings, and are none"
        hint = "is this the environment of another application?"
        problems.append(Problem("name-unknown", message, hint=hint, severity=ERROR if strict else WARNING))
    return problems


def _applies(entry: Mapping[str, Any], result: Resolution) -> bool:
    """Whether a deferral concerns this environment: a default-factory only runs where nothing is set."""
    if entry["kind"] == "source":
        return True
    computed = entry["kind"] in ("default", "default-factory")
    return not result.document or _reaches(result.document, entry["path"], computed)


def _reaches(value: Any, path: list[str], computed: bool) -> bool:
    """Whether a path of field names leads to something in the document, through lists and mappings too;
    for what is computed: whether it leads to where something is left out."""
    if not path:
        return not computed
    if _is_container(value) and not isinstance(value, dict):
        return any(_reaches(item, path, computed) for item in value)
    if not isinstance(value, dict):
        return value is not None and not computed
    if path[0] in value:
        return _reaches(value[path[0]], path[1:], computed)
    return computed or any(_reaches(item, path, computed) for item in value.values() if _is_container(item))


def _is_container(value: Any) -> bool:
    """Whether validation made a mapping, list, tuple, set or deque of it. Much else can be iterated, and is a value: a
    flag is its own member, and a network has more addresses than there is time for."""
    return isinstance(value, (dict, list, tuple, set, frozenset)) or type(value).__name__ == "deque"


def _deferrals(entries: list[dict[str, Any]]) -> list[Problem]:
    problems = []
    for entry in entries:
        place = f" ({entry['declaredAt']})" if "declaredAt" in entry else ""
        words = {
            "argument": "is given by the application's code",
            "default-factory": "is computed by the application at start",
            "source": "the application reads a source of its own",
        }.get(entry["kind"], "accepted by the contract; the application checks further")
        names = entry["variables"]
        if names and entry["kind"] == "source":
            words = "not checked, since the application reads its environment in its own way"
        problems.append(
            Problem(
                "check-deferred",
                f"{words}: {entry['name']}{place}",
                variable=names[0] if len(names) == 1 else None,
                severity=INFO,
                hint="confcontract validate --model runs the real class",
            )
        )
    return problems
