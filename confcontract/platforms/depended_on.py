"""The other services that a contract's checks name: hosts without a dot, which are names of services in one network."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.platforms.export_input import ExportInput

_OF_URL = re.compile(r"://(?:[^/@\s]*@)?([^/?#\s]+)")
_HOST = re.compile(r"([a-z0-9][a-z0-9_-]*)(?::\d+)?")
_OF_NETWORK = ("tcp", "tls", "dns", "http", "grpc", "postgres", "redis", "mysql", "amqp")


def hosts_of_checks(given: ExportInput) -> list[str]:
    """In the order of the checks, each once. The host of a variable is known if its value or its default is."""
    texts = {setting.name: setting.variable.get("defaultText") for setting in given.settings} | given.environment
    found: dict[str, None] = {}
    for check in given.contract.checks:
        target = check.get("target")
        if check["kind"] in _OF_NETWORK and isinstance(target, str):
            found |= dict.fromkeys(_hosts(texts.get(target, target) or ""))
    return [host for host in found if host != "localhost" and not host.isdecimal()]


def _hosts(text: str) -> list[str]:
    url = _OF_URL.search(text)
    parts = (url[1] if url else text).split(",")
    return [match[1] for part in parts if (match := _HOST.fullmatch(part))]
