"""Checks markers against the variables that have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from confcontract.author.refusals import refuse, warning
from confcontract.author.variables import Variable
from confcontract.contract.reference import means_reference
from confcontract.contract.schemes import OF_VAULT, scheme_of
from confcontract.report.problem import Problem

# Kinds of type that are a list, or may be one.
_LISTS = frozenset(("list", "set", "any", "union", "json", "object"))


# Kinds of type that a text never is.
_NO_TEXTS = frozenset(("list", "set", "mapping", "object"))


def misplaced(cls: type, variables: list[dict[str, Any]]) -> list[Problem]:
    """A refusal for each `Separated` on a type that is not a list, and each `Vault` or `FromStore` on a type that
    accepts no text.
    """
    return _separated(cls, variables) + _from_vault(cls, variables)


def _from_vault(cls: type, variables: list[dict[str, Any]]) -> list[Problem]:
    problems = []
    for variable in variables:
        if "vault" not in variable:
            continue
        name, path, text = variable["name"], tuple(variable["path"]), variable["type"]["text"]
        marker = "Vault" if scheme_of(variable["vault"]).prefix in OF_VAULT else "FromStore"
        if name in variable.get("within", {}):
            what = f"is marked {marker}, but it is a part of what {name} holds as JSON, and a store gives whole values"
            problems.append(refuse(cls, path, what, "add an alias of its own before the AliasPath"))
        elif variable["encoding"] == "plain" and variable["type"]["kind"] in _NO_TEXTS and "deferred" not in variable:
            what = f"is marked {marker}, but the text of {name} is not decoded there, and no text is a {text}"
            remedy = "mark the type around it, or declare a model, whose members are decoded"
            problems.append(refuse(cls, path, what, remedy))
    return problems


def _separated(cls: type, variables: list[dict[str, Any]]) -> list[Problem]:
    return [
        refuse(
            cls,
            tuple(variable["path"]),
            f"is marked Separated, but it is not a list: {variable['type']['text']}",
            "remove Separated, or declare list[...], set[...] or tuple[...]",
        )
        for variable in variables
        if variable["encoding"] == "separated" and variable["type"]["kind"] not in _LISTS
    ]


def examples_left_out(cls: type, variables: list[Variable], entries: list[dict[str, Any]]) -> list[Problem]:
    """A warning for each example of a secret: a copied example may be a real secret."""
    problems = []
    for variable, entry in zip(variables, entries, strict=True):
        if variable.notes.examples and "examples" not in entry:
            what, remedy = (
                "is a secret, so its examples are left out of the contract",
                "say in its description",
            )
            if not entry["secret"]:
                what = "has a name like a secret, so its examples are left out of the contract"
                remedy = "mark it Secret(False) if it is not a secret, or say in its description"
            problems.append(warning(cls, variable.path, what, f"{remedy} how a value is written"))
    return problems


def secret_all_the_same(cls: type, variables: list[Variable], entries: list[dict[str, Any]]) -> list[Problem]:
    """A warning for each Secret(False) on a type that is declared as a secret."""
    problems = []
    for variable, entry in zip(variables, entries, strict=True):
        if variable.notes.cleared and entry["secret"] and not variable.section:
            by, remedy = "its type", "remove Secret(False), or declare it as plain text if it is not a secret"
            if variable.notes.secret:
                by, remedy = "another marker", "remove one of the two markers"
            what = f"is marked Secret(False), but remains a secret: {by} declares it as one"
            problems.append(warning(cls, variable.path, what, remedy))
    return problems


def default_references(cls: type, variables: list[Variable]) -> list[Problem]:
    """A warning for each default that is a reference to a store: the application would read it as the value."""
    what = "has a default that is a reference to Vault, where references are not read"
    remedy = 'remove the default, and mark the field: Annotated[..., Vault("MOUNT/PATH#KEY")]'
    return [warning(cls, variable.path, what, remedy) for variable in variables if has_reference(variable.default)]


def has_reference(value: Any) -> bool:
    """Whether a text in the default is meant as a reference to a store."""
    if isinstance(value, dict):
        return any(map(has_reference, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(map(has_reference, value))
    return isinstance(value, str) and means_reference(value)


def name_replacements(variables: list[dict[str, Any]]) -> None:
    """`replaced_by` as the operator writes it; the author may name a field of the same class, or the whole path."""
    names = {name.lower(): name for variable in variables for name in (variable["name"], *variable.get("aliases", ()))}
    by_path = {tuple(variable["path"]): variable["name"] for variable in variables}
    for variable in variables:
        deprecated = variable.get("deprecated", {})
        given = deprecated.get("replacedBy")
        if given is None or given.lower() in names:
            continue
        found = by_path.get((*variable["path"][:-1], given)) or by_path.get(tuple(given.split(".")))
        if found is not None:
            deprecated["replacedBy"] = found
            deprecated["names"] = [name for name in deprecated["names"] if name != found]


def unmarked(variables: Iterable[dict[str, Any]]) -> list[str]:
    """The plain text variables whose name suggests a secret, and that have no marker that decides it; each once."""
    found = (
        variable["name"]
        for variable in variables
        if variable.get("masked") == "name" and variable["type"]["kind"] != "object"
    )
    return list(dict.fromkeys(found))
