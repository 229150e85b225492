"""confcontract: configuration as part of a container image's contract.

The public names are resolved on first use (PEP 562): `import confcontract`
alone costs next to nothing, and the boot lane never pays for the author's side.
"""

# No `from __future__`: see confcontract/isolated.py, of which this runs ahead.
TYPE_CHECKING = False  # `typing` itself costs the boot lane 5 ms; type checkers know this name
if TYPE_CHECKING:
    from confcontract.author.bake import bake
    from confcontract.author.declare import Declaration, Role, declare
    from confcontract.boot.resolution import Resolution
    from confcontract.boot.resolve import resolve
    from confcontract.checks.local import Disk, File
    from confcontract.checks.network import Dns, Grpc, Http, Tcp, Tls
    from confcontract.checks.programs import Command, Python
    from confcontract.checks.services import Amqp, MySQL, Postgres, Redis
    from confcontract.contract import Contract
    from confcontract.markers import Deprecated, Example, OnChange, Secret, Separated, Unit, Vault
    from confcontract.problem import Problem

__version__ = "0.1.0"

_HOME = {
    "Amqp": "confcontract.checks.services",
    "Command": "confcontract.checks.programs",
    "Contract": "confcontract.contract",
    "Declaration": "confcontract.author.declare",
    "Deprecated": "confcontract.markers",
    "Disk": "confcontract.checks.local",
    "Dns": "confcontract.checks.network",
    "Example": "confcontract.markers",
    "File": "confcontract.checks.local",
    "Grpc": "confcontract.checks.network",
    "Http": "confcontract.checks.network",
    "MySQL": "confcontract.checks.services",
    "Postgres": "confcontract.checks.services",
    "OnChange": "confcontract.markers",
    "Problem": "confcontract.problem",
    "Python": "confcontract.checks.programs",
    "Redis": "confcontract.checks.services",
    "Resolution": "confcontract.boot.resolution",
    "Role": "confcontract.author.declare",
    "Secret": "confcontract.markers",
    "Separated": "confcontract.markers",
    "Tcp": "confcontract.checks.network",
    "Tls": "confcontract.checks.network",
    "Unit": "confcontract.markers",
    "Vault": "confcontract.markers",
    "bake": "confcontract.author.bake",
    "declare": "confcontract.author.declare",
    "resolve": "confcontract.boot.resolve",
}

__all__ = [
    "Amqp",
    "Command",
    "Contract",
    "Declaration",
    "Deprecated",
    "Disk",
    "Dns",
    "Example",
    "File",
    "Grpc",
    "Http",
    "MySQL",
    "OnChange",
    "Postgres",
    "Problem",
    "Python",
    "Redis",
    "Resolution",
    "Role",
    "Secret",
    "Separated",
    "Tcp",
    "Tls",
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
