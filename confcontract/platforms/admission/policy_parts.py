"""The parts of a policy, for every engine: its conditions, its variables, its validations."""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.contract.schemes import SCHEMES, scheme_of
from confcontract.platforms.admission import environment_entries as entries
from confcontract.platforms.admission.cel_text import text, texts
from confcontract.platforms.admission.exposed_secrets import exposed_secrets
from confcontract.platforms.admission.image_references import spellings
from confcontract.platforms.admission.judgements import Judgements
from confcontract.platforms.admission.policy_cost import cost_of, parted
from confcontract.platforms.admission.validations import of_requirement, of_secret, of_value
from confcontract.platforms.contract_labels import NAME, name_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.contract.artifact import Contract
    from confcontract.platforms.admission.admission_options import AdmissionOptions
    from confcontract.platforms.admission.set_by_image import SetByImage
    from confcontract.platforms.admission.validations import Validation
    from confcontract.platforms.export_input import ExportInput

WORKLOADS, CONFIG_MAPS, SECRETS = "workloads", "config-maps", "secrets"

_RESOURCES = {
    WORKLOADS: (
        ("", "v1", ("pods",)),
        ("apps", "v1", ("daemonsets", "deployments", "replicasets", "statefulsets")),
        ("batch", "v1", ("cronjobs", "jobs")),
    ),
    CONFIG_MAPS: (("", "v1", ("configmaps",)),),
    SECRETS: (("", "v1", ("secrets",)),),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """judges: the kind of objects. part, of: if it was split. resources: group, version and resources. selector: the
    labels of its objects; None for all. conditions, variables: name → expression. cost: estimated, in units of the API
    server, for a large object.
    """

    judges: str
    part: int
    of: int
    resources: Sequence[tuple[str, str, Sequence[str]]]
    selector: Mapping[str, str] | None
    conditions: Mapping[str, str]
    variables: Mapping[str, str]
    validations: Sequence[Validation]
    cost: int

    @property
    def suffix(self) -> str:
        return self.judges if self.of == 1 else f"{self.judges}-{self.part}"


def policies_of(given: ExportInput, options: AdmissionOptions) -> tuple[list[Policy], Judgements]:
    contract = given.contract
    judgements = Judgements(contract)
    declared = judgements.declared
    values = [of_value(each, skips_empty=declared.skips_empty) for each in judgements.values]
    judged = [each for each in values if each is not None]
    role = options.role or judgements.image.role
    has_role = role is not None or contract.image is None
    needed = [
        of_requirement(each, tuple(contract.roles), role, has_role=has_role, skips_empty=declared.skips_empty)
        for each in judgements.requirements
        if each.variable not in options.given
    ]
    exposed = [] if options.plain_secrets else [of_secret(each) for each in exposed_secrets(declared)]
    begins = _common_beginning([*declared.owners])
    shapes = {
        WORKLOADS: (
            [*judged, *needed, *exposed],
            _of_workloads(declared.sensitive, begins, given, options, judgements.image),
        ),
        CONFIG_MAPS: (
            [*judged, *exposed],
            {"given": entries.of_config_map(declared.sensitive, begins, _schemes(contract))},
        ),
        SECRETS: (judged, _of_secrets(declared.sensitive, begins, contract)),
    }
    found = []
    for kind, (validations, variables) in shapes.items():
        parts = parted(validations, len(declared.owners))
        for number, part in enumerate(parts):
            found.append(
                Policy(
                    kind,
                    number + 1,
                    len(parts),
                    _RESOURCES[kind],
                    None if kind == WORKLOADS else {NAME: name_label(contract.name)},
                    _conditions(kind, given, options),
                    variables,
                    part,
                    cost_of(part, len(declared.owners)),
                )
            )
    return found, judgements


def _common_beginning(names: Sequence[str]) -> str:
    first, last = min(names, default=""), max(names, default="")
    size = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:size]


def _schemes(contract: Contract) -> list[str]:
    """Prefixes of references to stores, including the application's own."""
    written = [
        text for each in contract.variables for text in (each.get("vault"), *each.get("vaultFallback", ())) if text
    ]
    return sorted({*SCHEMES, *(scheme_of(each).prefix for each in written)})


def _images(given: ExportInput, options: AdmissionOptions) -> str:
    listed = texts(spellings(given.image or ""))
    if not options.parameters:
        return listed
    named = "params.data.images"
    return f"(has(params.data) && has({named}) ? {named}.split('\\n').filter(i, i != '') : {listed})"


def _of_workloads(
    sensitive: bool, begins: str, given: ExportInput, options: AdmissionOptions, image: SetByImage
) -> dict[str, str]:
    ours = f"({entries.containers()}).filter(c, {entries.of_image(_images(given, options))} && {entries.booted()})"
    each = entries.of_container(sensitive, begins, _schemes(given.contract), image)
    return {"pod": entries.POD, "containers": ours, "given": f"variables.containers.map(c, {each})"}


def _of_secrets(sensitive: bool, begins: str, contract: Contract) -> dict[str, str]:
    return {
        "decoded": entries.decoded_secret(sensitive, begins),
        "given": entries.of_secret(sensitive, _schemes(contract)),
    }


def _conditions(kind: str, given: ExportInput, options: AdmissionOptions) -> dict[str, str]:
    """Cheap conditions that are checked first. An existing pod is not judged again if another part of the object
    changes: it must be possible to remove its finalizers.
    """
    if kind == WORKLOADS:
        ours = f"({entries.containers('p')}).exists(c, {entries.of_image(_images(given, options))})"
        return {
            "changes-the-pod": f"oldObject == null || !has(dyn(oldObject).spec) || {entries.OLD_POD} != {entries.POD}",
            "has-the-image": f"[{entries.POD}].exists(p, {ours})",
        }
    labels = "dyn(object).metadata.labels"
    same = f"{labels}[{text(NAME)}] == {text(name_label(given.contract.name))}"
    return {
        "is-labelled": f"has({labels}) && {text(NAME)} in {labels} && {same}",
        "is-not-going": "!has(dyn(object).metadata.deletionTimestamp)",
    }
