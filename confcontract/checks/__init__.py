"""Checks that an author declares: what must be there for the application, before it starts and while it runs.

They are data; `confcontract boot` runs them, side by side. A check stands beside the variable whose value it uses
(`Annotated[PostgresDsn, Postgres()]`), or in `declare(checks=[...])` with a name and a target: the name of a declared
variable, or a literal. A check of an optional variable that is not set is skipped.

The names are resolved on first use, so that whoever boots loads no more than the defaults.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.checks.check import Check
    from confcontract.checks.local import Disk, File
    from confcontract.checks.network import Dns, Grpc, Http, Tcp, Tls
    from confcontract.checks.programs import Command, Python
    from confcontract.checks.services import Amqp, MySQL, Postgres, Redis

_HOME = {
    "Amqp": "services",
    "Check": "check",
    "Command": "programs",
    "Disk": "local",
    "Dns": "network",
    "File": "local",
    "Grpc": "network",
    "Http": "network",
    "MySQL": "services",
    "Postgres": "services",
    "Python": "programs",
    "Redis": "services",
    "Tcp": "network",
    "Tls": "network",
}

__all__ = [
    "Amqp",
    "Check",
    "Command",
    "Disk",
    "Dns",
    "File",
    "Grpc",
    "Http",
    "MySQL",
    "Postgres",
    "Python",
    "Redis",
    "Tcp",
    "Tls",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'confcontract.checks' has no attribute {name!r}")
    value: object = getattr(__import__(f"confcontract.checks.{home}", fromlist=[name]), name)
    globals()[name] = value
    return value
