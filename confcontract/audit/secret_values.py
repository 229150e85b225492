"""Determines which of the contract's variables are secret, and collects their current values from all sources.

Validates nothing: an audit needs the values, even if a boot would refuse the configuration.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confcontract.audit.address_secrets import address_secrets
from confcontract.contract.artifact import Contract, is_hidden
from confcontract.contract.credentials import holds_credentials
from confcontract.contract.reference import is_reference
from confcontract.secrets.store import Fetched

_Path = tuple[str, ...]
_BOM = "\ufeff"  # written by some editors at the beginning of a file
_WITH_PARTS = ("object", "mapping", "list", "set")


@dataclass(frozen=True)
class SecretValues:
    """names: of secret variables, with aliases, in lower case → the variable. addresses: the same for variables that
    may hold a password in an address. values: variable → texts to search for. unknown: variables without any value.
    unexamined: values that are not searched for, in words. The repr shows no value."""

    names: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    unknown: Sequence[str] = ()
    unexamined: Sequence[str] = ()

    def variable(self, name: str, value: str) -> str | None:
        """The variable that an environment name belongs to, if this value of it is a secret."""
        if not value or is_reference(value):
            return None
        lower = name.lower()
        for known, variable in self.names.items():
            if lower == known or lower.startswith(f"{known}__"):
                return variable
        return self.addresses.get(lower) if holds_credentials(value) else None


def secret_names(contract: Contract) -> SecretValues:
    """The names of the secret variables, without values."""
    names: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for variable in contract.variables:
        into = names if is_hidden(variable) else addresses if variable.get("credentials") else None
        if into is not None:
            spelt = (variable["name"], *variable.get("aliases", ()))
            into |= {str(name).lower(): str(variable["name"]) for name in spelt}
    return SecretValues(names, addresses)


def secret_values(
    contract: Contract,
    environ: Mapping[str, str],
    env_files: Sequence[str],
    secret_dirs: Sequence[str],
    read: Callable[[Mapping[str, str]], Fetched],
) -> SecretValues:
    """read: reads from the secret stores. Raises ConfigurationInvalid for a file or a secret that can't be read."""
    from confcontract.audit.given_values import given_values

    given = given_values(contract, environ, env_files, secret_dirs, read)
    variables = {str(each["name"]): each for each in contract.variables}
    declared = {tuple(each["path"]): is_hidden(each) for each in contract.variables}
    values: dict[str, list[str]] = {}
    unexamined = [*given.unexamined]
    for each in given.values:
        variable = variables[each.variable]
        hides = is_hidden(variable) or each.hides
        found = [*_texts(each.text, hides, tuple(variable["path"]), declared)]
        if hides and _is_broken(each.text, variable):
            unexamined.append(f"parts of the value of {each.variable}, from the {each.source}: it is not valid JSON")
        if _is_unread_address(each.text):  # of any type: a plain `str` may hold a connection string
            unexamined.append(
                f"the password within the value of {each.variable}, from the {each.source}: it is not a URL"
            )
        if found:
            values.setdefault(each.variable, []).extend(found)
    hidden = [name for name, variable in variables.items() if is_hidden(variable)]
    unknown = [name for name in hidden if name not in values or name in given.unread]
    names = secret_names(contract)
    return SecretValues(names.names, names.addresses, values, unknown, [*dict.fromkeys(unexamined)])


def _texts(text: str, hides: bool, path: _Path, declared: Mapping[_Path, bool]) -> Iterator[str]:
    """The secret texts of a value: the value itself, the texts in its JSON, and the passwords in its address.

    declared: the places in the settings of all variables, and whether they are secret. A section with a secret member
    is hidden as a whole, but a user name in it is not a secret.
    """
    data = _json(text)
    if data is not None:
        yield from _leaves(data, path, declared, hides)
    if hides:
        yield text.strip()
        if text.startswith(_BOM):
            yield text.removeprefix(_BOM).strip()
    yield from address_secrets(text)


def _json(text: str) -> Any:
    if not _has_brackets(text):
        return None
    try:
        return json.loads(text.removeprefix(_BOM))
    except (ValueError, RecursionError):
        return None


def _has_brackets(text: str) -> bool:
    return text.removeprefix(_BOM).lstrip()[:1] in ("{", "[")


def _is_broken(text: str, variable: Mapping[str, Any]) -> bool:
    """Whether a value should be JSON with parts, and can't be parsed."""
    kind = variable["type"]["kind"]
    if kind != "json" and variable["encoding"] != "json":
        return False
    if kind not in _WITH_PARTS and not _has_brackets(text):
        return False
    return _json(text) is None and text.strip() != "null"


def _is_unread_address(text: str) -> bool:
    """Whether the value may contain a password that is not found, as in addresses that are not URLs."""
    return holds_credentials(text) and not any(address_secrets(text))


def _leaves(data: Any, path: _Path, declared: Mapping[_Path, bool], hides: bool) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            inner = (*path, str(key))
            yield from _leaves(value, inner, declared, declared.get(inner, hides))
    elif isinstance(data, list):
        for value in data:
            yield from _leaves(value, path, declared, hides)
    elif hides and isinstance(data, str):
        yield data
