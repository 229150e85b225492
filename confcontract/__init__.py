"""confcontract: configuration as part of a container image's contract.

The public names are resolved on first use (PEP 562): `import confcontract`
alone costs next to nothing, and the boot lane never pays for the author's side.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself costs the boot lane 5 ms; type checkers know this name
if TYPE_CHECKING:
    from confcontract.author.bake import bake
    from confcontract.author.declare import Declaration, Role, declare
    from confcontract.boot.resolve import Resolution, resolve
    from confcontract.checks import File, Http, Tcp
    from confcontract.contract import Contract
    from confcontract.markers import Deprecated, Example, Secret, Separated, Unit, Vault
    from confcontract.problem import Problem

__version__ = "0.1.0"

_HOME = {
    "Contract": "confcontract.contract",
    "Declaration": "confcontract.author.declare",
    "Deprecated": "confcontract.markers",
    "Example": "confcontract.markers",
    "File": "confcontract.checks",
    "Http": "confcontract.checks",
    "Problem": "confcontract.problem",
    "Resolution": "confcontract.boot.resolve",
    "Role": "confcontract.author.declare",
    "Secret": "confcontract.markers",
    "Separated": "confcontract.markers",
    "Tcp": "confcontract.checks",
    "Unit": "confcontract.markers",
    "Vault": "confcontract.markers",
    "bake": "confcontract.author.bake",
    "declare": "confcontract.author.declare",
    "resolve": "confcontract.boot.resolve",
}

__all__ = [
    "Contract",
    "Declaration",
    "Deprecated",
    "Example",
    "File",
    "Http",
    "Problem",
    "Resolution",
    "Role",
    "Secret",
    "Separated",
    "Tcp",
    "Unit",
    "Vault",
    "__version__",
    "bake",
    "declare",
    "resolve",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'confcontract' has no attribute {name!r}")
    module = __import__(home, fromlist=[name])
    value: object = getattr(module, name)
    globals()[name] = value  # the next look-up doesn't come here again
    return value


def __dir__() -> list[str]:
    return list(__all__)
