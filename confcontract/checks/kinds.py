"""The kinds of checks, each declared in a file of the same name in this package; CONTRIBUTING.md says how to add
one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.checks.check import Check

# kind: (its class, the module in confcontract/boot/checks that performs it)
KINDS = {
    "amqp": ("Amqp", "services"),
    "command": ("Command", "commands"),
    "disk": ("Disk", "local"),
    "dns": ("Dns", "network"),
    "file": ("File", "local"),
    "grpc": ("Grpc", "grpc"),
    "http": ("Http", "http"),
    "mysql": ("MySQL", "services"),
    "postgres": ("Postgres", "services"),
    "python": ("Python", "commands"),
    "redis": ("Redis", "services"),
    "tcp": ("Tcp", "network"),
    "tls": ("Tls", "network"),
}


def class_of(kind: str) -> type[Check]:
    """The table's entry for a kind. Raises KeyError for an unknown kind."""
    name, _ = KINDS[kind]
    found: type[Check] = getattr(__import__(f"confcontract.checks.{kind}", fromlist=[name]), name)
    return found
