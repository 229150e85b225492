"""Checks the targets of the platform's probes: does anything in the container answer there?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from confcontract.manifests.boot_settings import BootSettings
from confcontract.manifests.workload import Container, ContainerProbe, ManifestProblem, ProbeKind
from confcontract.report.did_you_mean import closest
from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.resolution import Resolution
from confcontract.verdict.sources.platform import UNVERIFIABLE

ASKED = ("live", "ready", "startup")
_OWN_ADDRESS = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):([0-9]{1,5})(?![0-9])")
_SECTIONS = frozenset(("http", "server", "web", "listen", "bind", "health", "metrics"))
_PORTS = ("port", "http_port", "listen_port", "bind_port", "server_port", "grpc_port", "metrics_port", "health_port")


def probe_problems(container: Container, boot: BootSettings, result: Resolution) -> Iterator[ManifestProblem]:
    listening = _listening(result)
    health = _health_port(boot)
    for probe in container.probes:
        is_command = probe.kind is ProbeKind.COMMAND
        port = _port_in(probe) if is_command else probe.port
        problem = _of_command(probe) if is_command else None
        problem = problem or _of_port(probe.name, port, container, listening, health)
        if problem is not None:
            yield ManifestProblem(problem, probe.place)


def _of_command(probe: ContainerProbe) -> Problem | None:
    words = [*probe.command]
    at = next((at for at, word in enumerate(words) if os.path.basename(word) == "confcontract"), None)
    if at is None:
        return None
    rest = words[at + 1 :]
    if rest[:1] != ["probe"]:
        return _mismatch(f"{probe.name} runs confcontract {' '.join(rest[:1])}, which is not a probe", _USAGE)
    asked = [word for word in rest[1:] if not word.startswith("-")]
    unknown = [word for word in asked[:1] if word not in ASKED]
    if unknown or not asked:
        guess = closest(unknown[0], ASKED) if unknown else None
        what = f"asks for {unknown[0]!r}" if unknown else "does not say what it checks"
        return _mismatch(f"{probe.name} {what}", f"did you mean {guess}?" if guess else _USAGE)
    return None


_USAGE = "run confcontract probe live, ready or startup"


def _port_in(probe: ContainerProbe) -> int | None:
    """The port in a command that requests an address of the container itself, with curl or wget."""
    match = next((found for word in probe.command if (found := _OWN_ADDRESS.search(word))), None)
    return int(match[1]) if match else None


def _of_port(
    asking: str, port: int | str | None, container: Container, listening: dict[str, int], health: int | None
) -> Problem | None:
    if isinstance(port, str):
        if port not in container.ports:
            guess = closest(port, container.ports)
            hint = f"did you mean {guess}?" if guess else "name a port of the container, or write its number"
            return _mismatch(f"{asking} uses the port {port}, and the container has none of this name", hint)
        port = container.ports[port]
    if port is None or port == health or not listening or port in listening.values():
        return None
    told = " and ".join(f"{number} ({name})" for name, number in sorted(listening.items()))
    hint = f"ask {told}" + (f", or the health port {health}" if health else "")
    if len(listening) == 1:
        return _mismatch(f"{asking} uses port {port}, and the application listens on {told}", hint)
    message = f"{asking} uses port {port}, and the settings have the ports {told}"
    return _mismatch(message, hint, severity=WARNING)


def _mismatch(message: str, hint: str, severity: str = ERROR) -> Problem:
    return Problem("probe-mismatch", message, hint=hint, severity=severity)


def _listening(result: Resolution) -> dict[str, int]:
    """Variable → port, for settings of the application itself that are named like a port; a section may describe
    another service. This also works if other settings are unknown, so that there is no complete configuration."""
    found: dict[str, int] = {}
    unseen = {each.variable for each in result.problems if each.code == UNVERIFIABLE}
    for variable in result.contract.variables:
        *sections, leaf = (str(step).lower() for step in variable["path"])
        if leaf not in _PORTS or not _SECTIONS.issuperset(sections) or variable["name"] in unseen:
            continue
        raw = result.raw(variable["name"])
        text = str(variable.get("default", "")) if raw is None else raw
        if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
            found[variable["name"]] = int(text)
    return found


def _health_port(boot: BootSettings) -> int | None:
    number = (boot.health_addr or "").rpartition(":")[2]
    return int(number) if number.isascii() and number.isdigit() else None
