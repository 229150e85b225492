"""confcontract: configuration as part of a container image's contract.

The public names are resolved on first use (PEP 562): `import confcontract`
alone costs next to nothing, and the boot lane never pays for the author's side.
"""

# No `from __future__`: see confcontract/isolated.py, of which this runs ahead.
TYPE_CHECKING = False  # `typing` itself costs the boot lane 5 ms; type checkers know this name
if TYPE_CHECKING:
    from confcontract.author.bake import bake
    from confcontract.author.declare import Declaration, Role, declare
    from confcontract.checks.amqp import Amqp
    from confcontract.checks.command import Command
    from confcontract.checks.disk import Disk
    from confcontract.checks.dns import Dns
    from confcontract.checks.file import File
    from confcontract.checks.grpc import Grpc
    from confcontract.checks.http import Http
    from confcontract.checks.mysql import MySQL
    from confcontract.checks.postgres import Postgres
    from confcontract.checks.python import Python
    from confcontract.checks.redis import Redis
    from confcontract.checks.tcp import Tcp
    from confcontract.checks.tls import Tls
    from confcontract.contract.artifact import Contract
    from confcontract.contract.markers import (
        Binding,
        Deprecated,
        Example,
        FromStore,
        Generate,
        OnChange,
        Secret,
        Separated,
        Unit,
        Vault,
    )
    from confcontract.report.problem import Problem
    from confcontract.secrets.vault.reader import VaultReader
    from confcontract.verdict.resolution import Resolution
    from confcontract.verdict.resolve import resolve

__version__ = "0.1.0"

_HOME = {
    "Amqp": "confcontract.checks.amqp",
    "Binding": "confcontract.contract.markers",
    "Command": "confcontract.checks.command",
    "Contract": "confcontract.contract.artifact",
    "Declaration": "confcontract.author.declare",
    "Deprecated": "confcontract.contract.markers",
    "Disk": "confcontract.checks.disk",
    "Dns": "confcontract.checks.dns",
    "Example": "confcontract.contract.markers",
    "File": "confcontract.checks.file",
    "FromStore": "confcontract.contract.markers",
    "Generate": "confcontract.contract.markers",
    "Grpc": "confcontract.checks.grpc",
    "Http": "confcontract.checks.http",
    "MySQL": "confcontract.checks.mysql",
    "Postgres": "confcontract.checks.postgres",
    "OnChange": "confcontract.contract.markers",
    "Problem": "confcontract.report.problem",
    "Python": "confcontract.checks.python",
    "Redis": "confcontract.checks.redis",
    "Resolution": "confcontract.verdict.resolution",
    "Role": "confcontract.author.declare",
    "Secret": "confcontract.contract.markers",
    "Separated": "confcontract.contract.markers",
    "Tcp": "confcontract.checks.tcp",
    "Tls": "confcontract.checks.tls",
    "Unit": "confcontract.contract.markers",
    "Vault": "confcontract.contract.markers",
    "VaultReader": "confcontract.secrets.vault.reader",
    "bake": "confcontract.author.bake",
    "declare": "confcontract.author.declare",
    "resolve": "confcontract.verdict.resolve",
}

__all__ = [
    "Amqp",
    "Binding",
    "Command",
    "Contract",
    "Declaration",
    "Deprecated",
    "Disk",
    "Dns",
    "Example",
    "File",
    "FromStore",
    "Generate",
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
    "VaultReader",
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
