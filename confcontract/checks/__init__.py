"""Checks that an author declares: what the application needs before it starts and while it runs.

They are data; `confcontract boot` runs them concurrently. A check is written beside the variable whose value it uses
(`Annotated[PostgresDsn, Postgres()]`), or in `declare(checks=[...])` with a name and a target: the name of a declared
variable, or a literal. A check of an optional variable that is not set is skipped.

The names are resolved on first use, so that boot loads only the table of kinds.
"""

from __future__ import annotations

from confcontract.checks.kinds import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.checks.amqp import Amqp
    from confcontract.checks.check import Check
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

_HOME = {"Check": "check"} | {name: kind for kind, (name, _) in KINDS.items()}

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
