"""`export compose`: a file for docker compose, with a service for each process.

Compose replaces `$NAME` and `${NAME}` in every value. It does so here only for values that Compose has to ask for,
`${NAME:?words}`; every other `$` is written `$$`. Secrets are files, which boot finds by name in /run/secrets.
"""

from __future__ import annotations

import re

from confcontract.platforms.comments import about, comment, one_line
from confcontract.platforms.depended_on import hosts_of_checks
from confcontract.platforms.distinct_names import distinct, shortened
from confcontract.platforms.export_input import Way
from confcontract.platforms.exported import Exported
from confcontract.platforms.stopping import stop_seconds
from confcontract.platforms.written_yaml import to_yaml
from confcontract.report.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.platforms.export_input import ExportInput, Process
    from confcontract.platforms.workload_options import WorkloadOptions

FILE = "compose.yaml"
BESIDE = "compose.depends.yaml"
SECRETS = "/run/secrets"  # where boot looks, and where compose mounts secrets
RUNTIME = "/run/confcontract"
_INTERPOLATED = re.compile(r"[_A-Za-z][_A-Za-z0-9]*")  # names that ${NAME} accepts
_KEY = re.compile(r"[A-Za-z0-9._-]+")  # names of services and secrets


def export(given: ExportInput, kind: str | None, options: WorkloadOptions) -> Exported:  # noqa: ARG001 - one kind
    problems: list[Problem] = []
    names = _service_names(given, options)
    first = [name for name, process in zip(names, given.processes, strict=True) if process.runs_once]
    secrets = _secrets(given, problems)
    services = {
        name: _service(process, given, options, [] if process.runs_once else first, secrets)
        for name, process in zip(names, given.processes, strict=True)
    }
    document: dict[str, Any] = {"services": services}
    if secrets:
        document["secrets"] = {name: {"file": f"./secrets/{name}"} for name in secrets}
    files = {FILE: "\n".join((*_head(given, secrets), "")) + to_yaml(document)}
    if others := [host for host in hosts_of_checks(given) if host not in services]:
        files[BESIDE] = _beside(others, names, given)
    problems += _unanswerable(given)
    return Exported(files, tuple(problems), only_in_folder=(BESIDE,))


def _service_names(given: ExportInput, options: WorkloadOptions) -> list[str]:
    roles = [process.role or options.name or given.contract.name for process in given.processes]
    names = distinct([*given.contract.roles, *roles], _service_name)
    return [names[role] for role in roles]


def _service_name(text: str) -> str:
    return shortened(re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_"), 63)


def _service(
    process: Process, given: ExportInput, options: WorkloadOptions, first: list[str], secrets: dict[str, str]
) -> dict[str, Any]:
    service: dict[str, Any] = {"image": _image(given)}
    if process.command:
        service["command"] = [*map(_plain, process.command)]
    service["environment"] = _environment(process, given)
    if wanted := [name for name in secrets if _is_wanted(name, process, given)]:
        service["secrets"] = wanted
    if first:
        service["depends_on"] = {name: {"condition": "service_completed_successfully"} for name in first}
    if process.runs_once:
        service["healthcheck"] = {"disable": True}
        service["restart"] = "no"
    else:
        service["healthcheck"] = {
            "test": ["CMD", *map(_plain, options.probing), "probe", "ready", "--timeout", "4"],
            "interval": "10s",
            "timeout": "5s",
            "retries": 3,
            "start_period": f"{_start_seconds(given)}s",
        }
        service["restart"] = "unless-stopped"
    owner = f"{options.user}:{options.user}"
    service["user"] = owner
    service["read_only"] = True
    of_boot = (
        f"{RUNTIME}:mode=0700,uid={options.user},gid={options.user}"  # boot trusts no folder that others can write
    )
    service["tmpfs"] = [of_boot, "/tmp"]  # noqa: S108 - of the container
    service["cap_drop"] = ["ALL"]
    service["security_opt"] = ["no-new-privileges:true"]
    service["stop_grace_period"] = f"{stop_seconds(given)}s"
    return service


def _image(given: ExportInput) -> str:
    if given.image is not None:
        return _plain(given.image)
    name = re.sub(r"[^A-Z0-9]+", "_", given.contract.name.upper()).strip("_")
    variable = f"{name}_IMAGE" if _INTERPOLATED.fullmatch(name) else "IMAGE"
    return f"${{{variable}:?{_message(f'the image of {given.contract.name}, by its digest')}}}"


def _environment(process: Process, given: ExportInput) -> dict[str, str]:
    environment = {"CONFCONTRACT_ROLE": process.role} if process.role is not None else {}
    environment["CONFCONTRACT_RUNTIME_DIR"] = RUNTIME
    environment |= given.of_boot
    written = {name: _plain(value) for name, value in environment.items()}
    for setting in process.settings:
        written |= {name: _plain(value) for name, value in setting.given}
        if setting.way is Way.ASKED and _INTERPOLATED.fullmatch(setting.name):
            written[setting.name] = f"${{{setting.name}:?{_message(about(setting.variable))}}}"
    return written


def _plain(text: str) -> str:
    return text.replace("$", "$$")


def _message(text: str) -> str:
    """The text after `:?`. It can't contain a closing brace, even escaped, because that would end the expression."""
    return _plain(one_line(text).replace("{", "(").replace("}", ")"))


def _secrets(given: ExportInput, problems: list[Problem]) -> dict[str, str]:
    """Name of the file → its purpose: secrets that compose has to provide, and files that values name."""
    found: dict[str, str] = {}
    written = dict(given.of_boot)
    for process in given.processes:
        found |= {setting.name: about(setting.variable) for setting in process.of(Way.SECRET)}
        written |= process.environment
    for name, value in written.items():
        if (file := _mounted(value)) is not None:
            found.setdefault(file, f"the file that {name} names")
    for name in [name for name in found if not _KEY.fullmatch(name)]:
        message = "can't be a secret of Compose: its name has other characters than letters, digits, '.', '_' and '-'"
        hint = f"mount a file with the value at {SECRETS}/{one_line(name)} beside the export"
        problems.append(Problem("export-impossible", message, variable=name, hint=hint, severity=WARNING))
        del found[name]
    return dict(sorted(found.items()))


def _mounted(value: str) -> str | None:
    """The name of the file in /run/secrets that a value names."""
    folder, _, file = value.rpartition("/")
    return file if folder == SECRETS and file else None


def _is_wanted(name: str, process: Process, given: ExportInput) -> bool:
    values = (*given.of_boot.values(), *process.environment.values())
    return any(setting.name == name for setting in process.of(Way.SECRET)) or f"{SECRETS}/{name}" in values


def _start_seconds(given: ExportInput) -> int:
    """How long boot may wait for its checks, plus time for the application."""
    waits = [check["deadline"] for check in given.contract.checks if "startup" in check.get("phases", ("startup",))]
    return int(max(waits, default=0)) + 30


def _head(given: ExportInput, secrets: dict[str, str]) -> list[str]:
    contract = given.contract
    lines = comment(f"{contract.name} {contract.version}, {contract.digest}")
    if secrets:
        lines += comment(
            "Secrets are files beside this one, with a value each, that the user of the services can read:"
        )
        lines += (line for name, words in secrets.items() for line in comment(f"secrets/{name}: {words}"))
    asked = {setting.name: setting for process in given.processes for setting in process.of(Way.ASKED)}
    if asked:
        lines += comment("Set these in the environment of docker compose, or in .env beside this file:")
        lines += (line for name, setting in asked.items() for line in comment(f"{name}: {about(setting.variable)}"))
    return lines


def _beside(hosts: list[str], names: list[str], given: ExportInput) -> str:
    """A separate file, because compose refuses a service that depends on one that no file defines."""
    told = f"Where {', '.join(hosts)} {'is a service' if len(hosts) == 1 else 'are services'} of another file: "
    lines = comment(f"{told}docker compose -f OTHER.yaml -f {FILE} -f {BESIDE}")
    waiting = {name: {"depends_on": {host: {"condition": "service_started"} for host in hosts}} for name in names}
    return "\n".join((*comment(f"{given.contract.name} {given.contract.version}"), *lines, "")) + to_yaml(
        {"services": waiting}
    )


def _unanswerable(given: ExportInput) -> list[Problem]:
    asked = {setting.name for process in given.processes for setting in process.of(Way.ASKED)}
    return [
        Problem(
            "export-impossible",
            "is required, and Compose can't ask for it: ${NAME} takes letters, digits and '_' only",
            variable=name,
            hint="give it in --values",
            severity=WARNING,
        )
        for name in sorted(asked)
        if not _INTERPOLATED.fullmatch(name)
    ]
