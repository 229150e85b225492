"""The configuration part of a release note, as data: what changed for operators, one entry for each variable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from confcontract.compare.accepted_changes import OF_VALUES
from confcontract.compare.by_variable import Fate, UpgradeFindings, VariableHistory
from confcontract.compare.finding import Finding
from confcontract.compare.operator_words import UNTOLD, to_do
from confcontract.compare.pairing import Variable, names_of
from confcontract.compare.presence import Need, in_words, is_section, need_of
from confcontract.findings.severity import ERROR, INFO, REVIEW
from confcontract.verdict.mask import mask_credentials


class NoteKind(StrEnum):
    """The kinds of changes of https://keepachangelog.com, in its order."""

    ADDED = "Added"
    CHANGED = "Changed"
    DEPRECATED = "Deprecated"
    REMOVED = "Removed"
    FIXED = "Fixed"
    SECURITY = "Security"


@dataclass(frozen=True)
class NoteEntry:
    """name: of the variable; empty if it concerns none in particular. text: without markup, on one line. literals: the
    parts of the text to be written verbatim: names of variables, places of secrets.
    """

    kind: NoteKind
    name: str
    text: str
    literals: tuple[str, ...] = ()


def release_note(found: UpgradeFindings) -> tuple[NoteEntry, ...]:
    """All entries, by kind, in the order of the settings class within each."""
    entries = [
        entry for each in found.variables if not _is_told_by_members(each, found) for entry in _of_variable(each)
    ]
    entries += [_of_no_variable(each) for each in found.general if each.rule not in UNTOLD]
    return in_order(entries)


def in_order(entries: Iterable[NoteEntry]) -> tuple[NoteEntry, ...]:
    """By kind; within each, the order stays."""
    order = list(NoteKind)
    return tuple(sorted(entries, key=lambda each: order.index(each.kind)))


def _is_told_by_members(history: VariableHistory, found: UpgradeFindings) -> bool:
    """A new or removed section is reported through its members, which operators set."""
    if history.fate is Fate.CHANGED or not is_section(history.current):
        return False
    path = tuple(history.current["path"])
    return any(
        each.fate is history.fate and each is not history and tuple(each.current["path"])[: len(path)] == path
        for each in found.variables
    )


def _of_variable(history: VariableHistory) -> Iterator[NoteEntry]:
    sentences = [*_sentences(history)]
    if sentences:
        text = mask_credentials(" ".join(" ".join(sentences).split()))
        yield NoteEntry(_kind(history), history.name, text, _literals(history.findings, history.old, history.new))


# Rules for which the entry already says that a variable is new or removed.
_ADDED = ("ENV_ADDED_REQUIRED", "ENV_ADDED_OPTIONAL")
_REMOVED = ("ENV_REMOVED_REQUIRED", "ENV_REMOVED_OPTIONAL")
_LITERAL = ("VAULT_PATH_CHANGED", "VAULT_KEY_RENAMED", "PREFIX_CHANGED")  # rules whose old and new are names


def _literals(findings: Sequence[Finding], *variables: Variable | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for variable in filter(None, variables):
        others = (variable.get("deprecated", {}).get("replacedBy"), variable.get("requiredIf"), variable.get("vault"))
        found |= dict.fromkeys((*names_of(variable), f"{variable['name']}_FILE", *filter(None, others)))
    for each in findings:
        if each.rule in _LITERAL:
            found |= dict.fromkeys(text for text in (*each.old.split(", "), *each.new.split(", ")) if text)
    return tuple(found)


def _kind(history: VariableHistory) -> NoteKind:
    rules = {each.rule for each in history.findings}
    if history.fate is Fate.REMOVED:
        return NoteKind.REMOVED
    if history.fate is Fate.ADDED:
        return NoteKind.ADDED
    if rules & {"SECRET_ADDED", "SECRET_REMOVED"}:
        return NoteKind.SECURITY
    if history.newly_deprecated:
        return NoteKind.DEPRECATED
    mended = any(each.rule == "DEFAULT_INVALID" and each.severity is INFO for each in history.findings)
    asks = any(each.severity.reaches(REVIEW) for each in history.findings)
    return NoteKind.FIXED if mended and not asks else NoteKind.CHANGED


def _sentences(history: VariableHistory) -> Iterator[str]:
    if history.new is None:
        yield from _removal(history)
    elif history.fate is Fate.ADDED:
        yield from _addition(history.new)
    if history.newly_deprecated and history.new is not None:
        yield from _deprecation(history.new)
    told = [each for each in _told(history.findings) if each.rule not in (*_ADDED, *_REMOVED)]
    yield from (_sentence(each, history.name) for each in _each_change_once(told))
    yield from dict.fromkeys(filter(None, map(to_do, told)))


def change_lines(history: VariableHistory) -> tuple[str, ...]:
    """The changes of a variable, a sentence each, without what to do; for a removed one, what to do."""
    if history.fate is Fate.REMOVED:
        return tuple(_removal(history))
    told = _each_change_once([each for each in history.findings if each.rule not in _ADDED])
    return tuple(mask_credentials(" ".join(_sentence(each, history.name).split())) for each in told)


def general_lines(found: UpgradeFindings) -> tuple[str, ...]:
    """The changes that concern no variable in particular, a sentence each."""
    told = [each for each in found.general if each.rule not in UNTOLD]
    return tuple(mask_credentials(f"{_capital(each.sentence)}.") for each in told)


def _each_change_once(findings: Sequence[Finding]) -> list[Finding]:
    """Without findings that another rule reports for the same accepted values: a new value where
    another was removed.
    """
    first: dict[tuple[str, ...], Finding] = {}
    for each in findings:
        first.setdefault((each.path, each.old, each.new) if each.rule in OF_VALUES else (each.fingerprint,), each)
    return list(first.values())


def _told(findings: Sequence[Finding]) -> list[Finding]:
    return [each for each in findings if each.rule not in UNTOLD]


def _addition(variable: Variable) -> Iterator[str]:
    need = need_of(variable)
    facts = ["required"] if need is Need.ALWAYS else []
    facts += ["secret"] if variable["secret"] else []
    yield f"{_capital(', '.join([*facts, in_words(variable, ())]))}."
    if description := " ".join(str(variable.get("description", "")).split()):
        yield description if description.endswith((".", "!", "?")) else f"{description}."
    place = f"write it to {variable['vault']}" if "vault" in variable else "set it"
    if need is Need.ALWAYS:
        yield f"{_capital(place)} before you upgrade: without it, the application does not start."
    elif need is Need.IN_SECTION:
        yield f"Where {variable['requiredIf']} is used, {place} before you upgrade: without it, the application does "
        yield "not start."
    elif not is_section(variable):
        yield "Nothing has to be set: without it, the default holds."


def _sentence(finding: Finding, name: str) -> str:
    """A complete sentence about the variable, which the entry has already named."""
    if finding.stands_alone:
        return f"{_capital(finding.sentence)}."
    return f"{'It' if finding.where == name else finding.where} {finding.sentence}."


def _removal(history: VariableHistory) -> Iterator[str]:
    old = history.current
    refused = any(each.severity is ERROR for each in history.findings if each.rule in _REMOVED)
    yield "It is no longer read."
    if by := old.get("deprecated", {}).get("replacedBy"):
        yield f"Set {by} instead."
    if refused:
        yield "Remove it where it is set together with the upgrade: with it, the application does not start."
    else:
        yield "Remove it where it is set, once you will not go back: it has no effect any more."


def _deprecation(variable: Variable) -> Iterator[str]:
    deprecated = variable["deprecated"]
    message = " ".join(str(deprecated["message"]).split()).rstrip(".")
    names = " and ".join(deprecated["names"])
    yield f"{names} {'is' if len(deprecated['names']) == 1 else 'are'} deprecated{f': {message}' if message else ''}."
    by = deprecated.get("replacedBy")
    instead = f"Set {by} instead" if by else "Plan to do without it"
    yield f"{instead} before it is removed; until then it works, and each start warns."


def _of_no_variable(finding: Finding) -> NoteEntry:
    text = f"{_capital(finding.sentence)}. {to_do(finding)}"
    text = mask_credentials(" ".join(text.split()))
    return NoteEntry(_general_kind(finding), "", text, _literals((finding,)))


def _general_kind(finding: Finding) -> NoteKind:
    if finding.rule == "ROLE_ADDED" or (finding.rule == "CHECK_ADDED_CRITICAL" and not finding.old):
        return NoteKind.ADDED
    return NoteKind.REMOVED if finding.rule in ("ROLE_REMOVED", "CHECK_REMOVED") else NoteKind.CHANGED


def _capital(text: str) -> str:
    """The first letter in upper case, unless it begins a name or a value."""
    first = text.partition(" ")[0].rstrip(",.:;")
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text
