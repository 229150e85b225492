"""`export systemd`: a service for each process, for an application that is installed on the machine itself.

Secrets are credentials (LoadCredential=), which boot finds by name in $CREDENTIALS_DIRECTORY.
"""

from __future__ import annotations

import re

from confcontract.platforms.comments import about, comment, one_line
from confcontract.platforms.distinct_names import distinct, shortened
from confcontract.platforms.export_input import Way
from confcontract.platforms.exported import Exported
from confcontract.platforms.named_files import named_files
from confcontract.platforms.stopping import stop_seconds
from confcontract.platforms.systemd_text import NAME, argument, assignment, free_text
from confcontract.platforms.workload_options import CONFCONTRACT
from confcontract.report.exit_codes import INVALID, NOT_EXECUTABLE, NOT_FOUND, USAGE
from confcontract.report.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from confcontract.platforms.export_input import ExportInput, Process, Setting
    from confcontract.platforms.workload_options import WorkloadOptions

_ON_HOST = "/usr/bin/confcontract"
_NO_USE = (USAGE, INVALID, NOT_EXECUTABLE, NOT_FOUND)  # exit codes that a restart would not change
_PATH = "CONFCONTRACT_PATH"
_CONTRACT, _VALUES, _SECRETS = "contract.json", "values.env", "secrets"  # below /etc/NAME
_CREDENTIAL = re.compile(r"[A-Za-z0-9_.@-]+")

# Restrictions for an application that needs only the network from the machine. Deliberately left out:
# MemoryDenyWriteExecute=, which crashes interpreters with their own compiler; ProcSubset=pid, which hides
# /proc/meminfo; limits on addresses, which only the operator knows.
_HARDENING = """\
DynamicUser=yes
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
PrivateDevices=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
LockPersonality=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM"""


def export(given: ExportInput, kind: str | None, options: WorkloadOptions) -> Exported:  # noqa: ARG001 - one kind
    name = _file_name(options.name or given.contract.name) or "application"
    roles = distinct(given.contract.roles, _file_name)
    units = [_unit_name(name, roles.get(process.role or "", "")) for process in given.processes]
    first = [unit for unit, process in zip(units, given.processes, strict=True) if process.runs_once]
    problems = [*_unwritable(given)]
    files = {}
    for unit, process in zip(units, given.processes, strict=True):
        before = [] if process.runs_once else first
        files[unit] = "\n".join(_unit(unit, name, process, given, options, before)) + "\n"
        if process.role is None:
            message = f"no role says what starts the application: {unit} starts /usr/bin/{name}"
            hint = "correct ExecStart=, or declare a role with its command"
            problems.append(Problem("export-impossible", message, hint=hint, severity=WARNING))
    return Exported(files, tuple(problems))


def _file_name(text: str) -> str:
    return shortened(re.sub(r"[^a-z0-9_.-]+", "-", text.lower()).strip("-."), 100)


def _unit_name(name: str, role: str) -> str:
    return f"{name}-{role}.service" if role and role != name else f"{name}.service"


def _unit(
    unit: str, name: str, process: Process, given: ExportInput, options: WorkloadOptions, before: list[str]
) -> Iterator[str]:
    contract = given.contract
    place = f"/etc/{name}"
    what = one_line(process.description or contract.data["description"])
    title = f"{contract.name} {process.role}" if process.role else contract.name
    yield from comment(f"{contract.name} {contract.version}, {contract.digest}")
    yield from _needed_files(place, process, given)
    yield "[Unit]"
    yield f"Description={free_text(one_line(f'{title}: {what}' if what else title))}"
    yield "Wants=network-online.target"
    yield f"After={' '.join(('network-online.target', *before))}"
    if before:
        yield f"Requires={' '.join(before)}"
    yield ""
    yield "[Service]"
    yield "Type=oneshot" if process.runs_once else "Type=exec"
    if process.runs_once:
        yield from comment("Runs once after each boot of the machine; after an upgrade, run systemctl restart.")
        yield "RemainAfterExit=yes"
    yield f"ExecStart={_command(name, process, options)}"
    if not process.runs_once:
        yield "Restart=on-failure"
        yield "RestartSec=5"
        yield from comment("Wrong values or a missing command: restarting would not help.")
        yield f"RestartPreventExitStatus={' '.join(map(str, _NO_USE))}"
        yield from comment("143 is the usual exit code of an application that SIGTERM has stopped.")
        yield "SuccessExitStatus=143"
    yield f"TimeoutStopSec={stop_seconds(given)}"
    yield ""
    yield from _values(unit, place, process, given)
    yield from _credentials(place, process)
    yield ""
    yield _HARDENING
    if not process.runs_once:
        yield ""
        yield "[Install]"
        yield "WantedBy=multi-user.target"


def _command(name: str, process: Process, options: WorkloadOptions) -> str:
    boot = options.probing if options.confcontract != CONFCONTRACT else [_ON_HOST]
    words = [*boot, "boot", *(("--role", process.role) if process.role else ("--", f"/usr/bin/{name}"))]
    return " ".join(map(argument, words))


def _values(unit: str, place: str, process: Process, given: ExportInput) -> Iterator[str]:
    folder = unit.removesuffix(".service")
    of_boot = {_PATH: f"{place}/{_CONTRACT}", "CONFCONTRACT_RUNTIME_DIR": f"/run/{folder}"}
    yield f"RuntimeDirectory={folder}"
    yield "RuntimeDirectoryMode=0700"
    for name, value in {**of_boot, **given.of_boot, **process.environment}.items():
        if NAME.fullmatch(name):
            yield f"Environment={assignment(name, value)}"
    for setting in _asked(process):
        yield from comment(f"Required: {setting.name}: {about(setting.variable)}")
    if _asked(process):
        yield f"EnvironmentFile={place}/{_VALUES}"


def _credentials(place: str, process: Process) -> Iterator[str]:
    for setting in _secrets(process):
        yield from comment(about(setting.variable))
        yield f"LoadCredential={setting.name}:{place}/{_SECRETS}/{setting.name}"


def _needed_files(place: str, process: Process, given: ExportInput) -> Iterator[str]:
    """What has to be on the machine before the service is started."""
    yield from comment("Install these before you start it:")
    yield from comment(f"{given.of_boot.get(_PATH, f'{place}/{_CONTRACT}')}: the contract")
    if asked := _asked(process):
        names = ", ".join(setting.name for setting in asked)
        yield from comment(f"{place}/{_VALUES}: an env file with {names}")
    if secrets := _secrets(process):
        names = ", ".join(setting.name for setting in secrets)
        yield from comment(f"{place}/{_SECRETS}: a file for each of {names}, with mode 0600, owned by root")
    for name, path in named_files(given, (process,)).items():
        yield from comment(f"{one_line(path)}: the file that {name} names, readable by the user of the service")


def _asked(process: Process) -> list[Setting]:
    return [setting for setting in process.of(Way.ASKED) if NAME.fullmatch(setting.name)]


def _secrets(process: Process) -> list[Setting]:
    return [setting for setting in process.of(Way.SECRET) if _CREDENTIAL.fullmatch(setting.name)]


def _unwritable(given: ExportInput) -> Iterator[Problem]:
    told: set[str] = set()
    for process in given.processes:
        for setting in process.settings:
            if setting.name not in told and (problem := _refused(setting)):
                told.add(setting.name)
                yield problem


def _refused(setting: Setting) -> Problem | None:
    names = [name for name, _ in setting.given] + ([setting.name] if setting.way is Way.ASKED else [])
    if not all(map(NAME.fullmatch, names)):
        message = "can't be set in a unit: systemd takes names of letters, digits and '_' only"
        hint = "give it in a file of /etc/confcontract/conf.d, or by another of its names"
    elif setting.way is Way.SECRET and not _CREDENTIAL.fullmatch(setting.name):
        message = "can't be a credential of systemd: its name has characters that file names should not have"
        hint = "give it in a file that NAME_FILE names"
    else:
        return None
    return Problem("export-impossible", message, variable=setting.name, hint=hint, severity=WARNING)
