"""Lines of a structured log, in the Elastic Common Schema (ECS): https://www.elastic.co/docs/reference/ecs

Its names are dotted keys of one flat object, as ECS loggers write them, so that collectors need no rules for ours.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "8.11.0"
# Field sets of ECS: if one of our members had such a name, its value would be refused, because an object is expected.
_FIELD_SETS = frozenset(
    """agent client cloud code_signature container data_stream destination device dll dns ecs elf email entity error
    event faas file gen_ai geo group hash host http interface log macho network observer orchestrator organization os
    package pe process registry related risk rule server service source span tags threat tls trace transaction url user
    user_agent vlan volume vulnerability x509""".split()  # noqa: SIM905 - sixty lines otherwise
)


def common(
    level: str, message: str, event: str, service: tuple[str, str] | None, now: float, code: str | None = None
) -> dict[str, object]:
    """The members of every line. level: "error", "warning" or "info". service: name and version of the application, if
    known. now: as from time.time(). code: the code of a problem."""
    name, version = service or (None, None)
    line: dict[str, object] = {
        "@timestamp": timestamp(now),
        "log.level": level,
        "message": message,
        "ecs.version": VERSION,
        "service.name": name,
        "service.version": version,
        "event.action": event,
    }
    if code is not None:
        line["error.code"] = code
    return line


def own(members: Mapping[str, object]) -> dict[str, object]:
    """Our own members beside those of ECS. A member with the name of a field set becomes text below `labels`."""
    found: dict[str, object] = {}
    for name, value in members.items():
        if name in _FIELD_SETS:
            found[f"labels.{name}"] = value if value is None else str(value)
        else:
            found[name] = value
    return found


def timestamp(now: float) -> str:
    """In UTC, with millisecond precision."""
    import time

    thousandths = int(now * 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(thousandths // 1000)) + f".{thousandths % 1000:03d}Z"
