"""The secrets that a process needs, and where Kubernetes has them: a key of a Secret, or nothing if boot reads the
store itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.contract.declared import Declared
from confcontract.contract.reference import References, parse_references
from confcontract.contract.schemes import OF_VAULT, scheme_of, with_scheme
from confcontract.platforms.export_input import Way
from confcontract.platforms.kubernetes.object_names import is_key, is_variable
from confcontract.platforms.kubernetes.value_places import Effect, change_of
from confcontract.platforms.workload_options import SecretsBy
from confcontract.report.problem import Problem
from confcontract.verdict.roles import needs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.platforms.export_input import ExportInput, Process, Setting


@dataclass(frozen=True, slots=True)
class NeededSecret:
    """variable: its name in the container. references: None if someone else fills the Secret. is_file: whether it is
    handed over as a file, so that a supervisor detects changes. is_optional: whether the container starts without it.
    """

    variable: str
    references: References | None
    is_file: bool
    is_optional: bool = False


def needed_secrets(
    given: ExportInput, process: Process, by: SecretsBy | None, given_references: Mapping[str, str]
) -> list[NeededSecret]:
    """Those of one process, in the contract's order. given_references: variable → reference that replaces the
    contract's.
    """
    declared = Declared(given.contract)
    found = []
    for setting in process.settings:
        text = given_references.get(setting.name) or _references(setting)
        fetched = bool(text) and by in (SecretsBy.EXTERNAL_SECRETS, SecretsBy.VAULT_OPERATOR)
        if setting.name in given_references:
            wanted = fetched and setting.way is not Way.LEFT
        elif text and by is not None:
            wanted = by is not SecretsBy.BOOT and _is_wanted(setting, process, given)
        else:
            wanted = setting.way is Way.SECRET
        if wanted:
            live = change_of(setting.name, setting.variable, declared) is Effect.LIVE
            references = parse_references(text) if fetched else None
            insisted = setting.way is Way.SECRET or (setting.variable["required"] and not setting.deferred)
            optional = references is None and not insisted
            is_file = live and not optional
            found.append(NeededSecret(setting.name, references, is_file, optional))
    return found


def _references(setting: Setting) -> str:
    """All of a variable's references as one text; "" for none."""
    if not setting.references:
        return ""
    optional = "|" if setting.variable.get("vaultOptional") else ""
    return "|".join(map(with_scheme, setting.references)) + optional


def _is_wanted(setting: Setting, process: Process, given: ExportInput) -> bool:
    """Whether boot would fetch it for this process: the role needs it, and it is not part of something that is given as
    a whole.
    """
    if setting.way is Way.GIVEN:
        return False
    needs = needs_of(given.contract, process.role)
    if needs is not None and setting.name not in needs:
        return False
    path = tuple(setting.variable["path"])
    outer = {path[:depth] for depth in range(1, len(path))}
    return not any(
        tuple(each.variable["path"]) in outer and each.variable["type"]["kind"] == "object"
        for each in process.settings
        if each.way is Way.GIVEN
    )


def unfit(secrets: list[NeededSecret]) -> list[Problem]:
    """Problems of names that Kubernetes can't use."""
    return [
        Problem(
            "export-impossible",
            "is not a name that Kubernetes accepts for a variable and for a key of a Secret",
            variable=each.variable,
            hint="add an alias in the settings class",
        )
        for each in secrets
        if not (is_key(each.variable) and is_variable(each.variable))
    ]


def boot_lacks(given: ExportInput) -> list[Problem]:
    """What boot needs to fetch secrets itself, and the values don't have."""
    lacking: dict[str, tuple[str, str]] = {}
    for setting in given.settings:
        for text in setting.references if setting.way is not Way.GIVEN else ():
            scheme = scheme_of(with_scheme(text))
            names = ("VAULT_ADDR", "BAO_ADDR") if scheme.prefix in OF_VAULT else ("AWS_REGION", "AWS_DEFAULT_REGION")
            if not any(name in given.of_boot for name in names):
                lacking.setdefault(names[0], (setting.name, scheme.store))
    return [
        Problem(
            "export-impossible",
            f"boot is to read it from {store}, and {name} is not among the values",
            variable=variable,
            hint=f"add {name} to the values, or choose another --secrets",
        )
        for name, (variable, store) in lacking.items()
    ]
