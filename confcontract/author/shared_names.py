"""Names that several fields read: a variable gets a best name that is its own, if it has one.

If it has none, one variable sets two fields: with the delimiter "_", SHOP_DB_HOST is db_host and db.host.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from confcontract.author.refusals import refuse
from confcontract.author.variables import Variable
from confcontract.report.problem import Problem

# Facts about the text of a variable, whichever field takes it.
_OF_THE_TEXT = ("vault", "vaultFallback", "vaultOptional")
# Facts about plain text only.
_NOT_OF_SECRETS = ("default", "defaultText", "examples", "masked")


def tell_apart(variables: list[Variable], *, sensitive: bool) -> None:
    """Put a name of its own first, if a variable's best name is also the best one of another variable, or is also read
    for a part of it: no text is both the JSON of a section and the value of its member.

    Settings classes beside one another often say `AliasChoices("enabled", "web_enabled")`. Tools that go by the name
    would merge two variables called ENABLED: boot would let one override the other.
    """

    normal = _normal(sensitive)
    read = Counter(name for variable in variables for name in {normal(each) for each in variable.names})
    best = Counter(normal(variable.name) for variable in variables)
    around = set(_read_within(variables, normal))
    for variable in variables:
        own = next((name for name in variable.names if read[normal(name)] == 1), None)
        if own is not None and (best[normal(variable.name)] > 1 or variable.path in around):
            variable.names.remove(own)
            variable.names.insert(0, own)
    by_path = {variable.path: variable for variable in variables}
    for variable in variables:
        if variable.required_if is not None:
            variable.required_if = by_path[variable.path[:-1]].name


def _read_within(variables: Sequence[Variable], normal: Callable[[str], str]) -> Iterator[tuple[str, ...]]:
    """The paths of variables whose best name is also that of a variable below them."""
    paths: dict[str, list[tuple[str, ...]]] = {}
    for variable in variables:
        paths.setdefault(normal(variable.name), []).append(variable.path)
    for variable in variables:
        for name in variable.names:
            if name not in variable.within:
                found = paths.get(normal(name), ())
                yield from (path for path in found if variable.path[: len(path)] == path != variable.path)


def feed_alike(cls: type, entries: Sequence[dict[str, Any]], *, sensitive: bool) -> list[Problem]:
    """Give all entries that one text sets the same facts about that text: if one is secret, all are.

    Returns a refusal for two fields that take one variable from two places in Vault.
    """
    normal = _normal(sensitive)
    secret = {normal(name) for entry in entries if entry["secret"] for name in _names(entry)}
    problems = []
    first: dict[str, dict[str, Any]] = {}
    for entry in entries:
        whole = [normal(name) for name in _names(entry) if name not in entry.get("within", ())]
        if not entry["secret"] and not secret.isdisjoint(whole):
            entry["secret"] = True
            for key in _NOT_OF_SECRETS:
                entry.pop(key, None)
        other = first.setdefault(normal(entry["name"]), entry) if "vault" in entry else entry
        if any(entry.get(key) != other.get(key) for key in _OF_THE_TEXT):
            what = f"is read from {entry['name']}, as {'.'.join(other['path'])} is, and from another place in Vault"
            remedy = "give it an alias of its own, or name the same place"
            problems.append(refuse(cls, tuple(entry["path"]), what, remedy))
    for entry in entries:
        from_vault = first.get(normal(entry["name"]), {})
        entry.update({key: from_vault[key] for key in _OF_THE_TEXT if key in from_vault})
    return problems


def _names(entry: dict[str, Any]) -> list[str]:
    return [entry["name"], *entry.get("aliases", ())]


def _normal(sensitive: bool) -> Callable[[str], str]:
    return str if sensitive else str.lower
