"""Remarks after validation has passed: unknown names, old names, empty secrets, secrets left at a default,
deferrals."""

from __future__ import annotations

from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.sources.origin import CONF_FILE, ENV_FILE, as_named

_NAMED = (CONF_FILE, ENV_FILE)  # files that the operator has named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        from confcontract.verdict.problems.unknown_in_files import unknown_names

        told = {name for problem in result.problems for name in (problem.variable, *problem.names)}
        result.problems.extend(unknown_names(result, merged, merged.declared.sections, told, strict=strict))
    result.problems.extend(_shadowed(result))
    if merged.links:
        from confcontract.verdict.problems.link_collisions import explain_links

        explain_links(result, merged)
    result.problems.extend(
        Problem(
            "value-outranked",
            f"is set, but not used: the application uses what {own} has",
            variable=name,
            source=str(entry.source),
            hint=f"change it in {own.place}, or remove it there",
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
                    source=as_named(str(entry.source), entry.name, name),
                    hint="provide the secret; an unset ${NAME:-} in a compose file gives the empty string",
                    severity=ERROR if strict else WARNING,
                )
            )
    if contract.deferred:
        from confcontract.verdict.problems.deferrals import add_deferrals

        add_deferrals(result, merged)


def _shadowed(result: Resolution) -> Iterator[Problem]:
    """Variables that are set without effect: the JSON of their section contains the same member in another spelling."""
    for name, (other, section) in result.gathered.shadowed.items():
        source = result.source_of(name)
        if source is not None:
            yield Problem(
                "name-twice",
                f"is set, but not used: the JSON in {section} has it as {other!r}, and the application uses that",
                variable=name,
                source=str(source),
                hint=f"take {other!r} out of {section}, or set it there only",
                severity=WARNING,
            )


def _left_at_default(result: Resolution, merged: Merged, variable: Mapping[str, Any], strict: bool) -> None:
    """A warning about a secret whose value is in the application's code, unless Vault has it as well and was not
    asked."""
    name = variable["name"]
    codes = [problem.code for problem in result.problems if problem.variable == name]
    from_elsewhere = any(code.startswith(("vault", "store-", "value-unverifiable")) for code in codes)
    if merged.top(name) is None and not from_elsewhere and _is_left_out(result, variable["path"]):
        result.problems.append(
            Problem(
                "secret-default",
                "still has its default from the application's code, a secret that anyone with the image can read",
                variable=name,
                hint=f"set {name}, or {name}_FILE to the path of a file that holds it",
                severity=ERROR if strict else WARNING,
            )
        )


def _is_left_out(result: Resolution, path: Sequence[str]) -> bool:
    """Whether the document has the section of a variable, but not the variable: it has no such default."""
    section: Any = result.document
    for step in path[:-1]:
        section = section.get(step) if isinstance(section, dict) else None
    return isinstance(section, dict) and path[-1] not in section


def _deprecated(variable: Mapping[str, Any], used: Iterable[Entry], merged: Merged) -> list[Problem]:
    from confcontract.verdict.problems.excerpts import with_name

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
            excerpt=with_name(entry.source, entry.name),
        )
        for entry in used
        if merged.declared.normal(entry.name) in old
    ]


def _unknown(contract: Contract, merged: Merged, so_far: list[Problem], strict: bool) -> list[Problem]:
    """Names that look like the application's, but are not in the contract. Each is its own identity."""
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
    links = {**merged.links, **_links_in_files(merged, strangers)}
    opened = tuple(declared.normal(prefix) for prefix in compiled["open"])
    errors = [problem for problem in so_far if problem.severity == ERROR]
    # also the names that caused one: they are not ignored
    reported = {name for problem in errors for name in (problem.variable, *problem.names)}
    found = [
        entry
        for name in strangers
        if not (declared.knows(name) or name in reported or name in links)
        and not (opened and declared.normal(name).startswith(opened))
        for entry in merged.entries[name]
    ]
    if not found:
        return []
    from confcontract.verdict.problems.unread_names import like_the_application

    return like_the_application(found, declared, strict=strict)


def _links_in_files(merged: Merged, names: Sequence[str]) -> Mapping[str, str]:
    """Service links that were copied from a container's environment into an env file."""
    if not any(name.endswith("_SERVICE_HOST") for name in names):
        return {}
    from confcontract.verdict.sources.servicelinks import find

    return find({name: entries[-1].value for name, entries in merged.entries.items()})
