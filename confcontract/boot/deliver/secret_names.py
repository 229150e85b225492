"""Which of an environment's values are secrets."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.verdict.mask import as_shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.verdict.resolution import Resolution


def secret_names(resolution: Resolution, *, credentials: bool = True) -> list[str]:
    """The names in `resolution.environ` whose value is secret, sorted.

    A value is secret if the contract says that it is or may be, if it is a section with such a member, or if it came
    from Vault or a secret file. credentials: include addresses that may contain a password but are otherwise not
    secret.
    """
    normal = resolution.merged.declared.normal
    variables: dict[str, dict[str, Any]] = {}
    for variable in as_shown(resolution.contract.variables):
        for name in map(normal, (variable["name"], *variable.get("aliases", ()))):
            if name not in variables or is_hidden(variable):  # several may share one
                variables[name] = variable
    found = []
    for name in resolution.environ:
        source = resolution.source_of(name)
        owner = name if normal(name) in variables else resolution.variable_of(name) or ""
        variable = variables.get(normal(owner), {})
        hidden = is_hidden(variable) or (credentials and variable.get("credentials"))
        if resolution.declares(name) and (hidden or (source is not None and source.hides)):
            found.append(name)
    return sorted(found)


def parted(resolution: Resolution) -> tuple[dict[str, str], dict[str, str]]:
    """The variables for the environment, and the secret ones."""
    secret = set(secret_names(resolution))
    environ = {name: value for name, value in resolution.environ.items() if name not in secret}
    return environ, {name: value for name, value in sorted(resolution.environ.items()) if name in secret}
