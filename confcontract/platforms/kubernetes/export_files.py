"""`confcontract export kubernetes`: files for kubectl and kustomize."""

from __future__ import annotations

import re
from dataclasses import dataclass

from confcontract.platforms import contract_labels
from confcontract.platforms.export_input import Way
from confcontract.platforms.exported import Exported
from confcontract.platforms.kubernetes.container_spec import ContainerParts
from confcontract.platforms.kubernetes.external_secrets import external_secrets
from confcontract.platforms.kubernetes.needed_keys import boot_lacks, needed_secrets, unfit
from confcontract.platforms.kubernetes.object_names import object_name
from confcontract.platforms.kubernetes.secret_objects import SecretObjects, once
from confcontract.platforms.kubernetes.value_places import ValuePlaces, contract_changes, places_of
from confcontract.platforms.kubernetes.vault_operator import vault_secrets
from confcontract.platforms.kubernetes.vault_paths import NotLocated
from confcontract.platforms.kubernetes.workload_objects import APP, deployment, job, patch
from confcontract.platforms.named_files import named_files
from confcontract.platforms.workload_options import SecretsBy, WorkloadOptions
from confcontract.platforms.written_yaml import to_yaml
from confcontract.report.problem import ERROR, INFO, WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.platforms.export_input import ExportInput, Process
    from confcontract.platforms.kubernetes.needed_keys import NeededSecret

    Object = dict[str, Any]

KUSTOMIZATION = "kustomization.yaml"
PATCH = "patch"


@dataclass(frozen=True, slots=True)
class ObjectPlan:
    """What all objects of an export have in common. secrets: for each process, those it needs."""

    given: ExportInput
    options: WorkloadOptions
    name: str
    metadata: dict[str, Any]
    places: ValuePlaces
    secrets: dict[str | None, list[NeededSecret]]
    fetched: SecretObjects
    problems: tuple[Problem, ...]

    @property
    def live(self) -> str | None:
        return object_name(self.name, "live") if self.places.live else None

    @property
    def secret(self) -> str:
        """The Secret that operators fill."""
        return self.options.secret or self.name

    def workload_name(self, process: Process) -> str:
        return object_name(self.name, process.label)

    @property
    def account(self) -> str | None:
        """The service account whose token boot uses to log in to a store."""
        of_boot = self.given.of_boot
        method = of_boot.get("CONFCONTRACT_VAULT_AUTH", "")
        by_role = not method and any(name in of_boot for name in ("VAULT_ROLE", "BAO_ROLE"))
        return self.name if method == "kubernetes" or by_role or "AWS_ROLE_ARN" in of_boot else None

    def parts(self, process: Process, container: str) -> ContainerParts:
        secrets = [
            (each, *self.fetched.places.get(each.variable, (self.secret, each.variable)))
            for each in self.secrets[process.role]
        ]
        of_boot, image = self.given.of_boot, self.given.image or self.name  # the name by which kustomize finds it
        return ContainerParts(
            container, image, process, self.places, self.name, self.live, secrets, of_boot, self.options
        )


def export(given: ExportInput, kind: str | None = None, options: WorkloadOptions | None = None) -> Exported:
    plan = plan_of(given, options or WorkloadOptions())
    files: dict[str, list[Object]] = {"configuration.yaml": configuration(plan)}
    if plan.fetched.objects:
        files["secrets.yaml"] = plan.fetched.objects
    problems = [*plan.problems]
    patches = {}
    for process in given.processes:
        name = plan.workload_name(process)
        if kind == PATCH and not process.runs_once:
            if len(given.processes) == 1 and plan.options.name:
                name = plan.name  # of the one Deployment that is meant
            parts = plan.parts(process, plan.options.container or name)
            patches[f"patch-{process.label or 'workload'}.yaml"] = patch(parts, name, plan.account)
            continue
        parts = plan.parts(process, name)
        make = job if process.runs_once else deployment
        made = make(parts, name, plan.metadata, plan.account)
        files[f"{'-'.join(filter(None, (made['kind'].lower(), process.label)))}.yaml"] = [made]
    problems += [*_keys_to_fill(plan), *files_to_mount(given, "a patch of the pods")]
    if kind != PATCH or len(patches) < len(given.processes):
        problems += image_problems(given)
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1" if patches else "kustomize.config.k8s.io/v1beta1",
        "kind": "Component" if patches else "Kustomization",
        "resources": [*files],
        **({"patches": [{"path": name} for name in patches]} if patches else {}),
    }
    texts = {name: "---\n".join(map(to_yaml, objects)) for name, objects in files.items()}
    texts |= {name: to_yaml(each) for name, each in patches.items()}
    return Exported({**texts, KUSTOMIZATION: to_yaml(kustomization)}, tuple(problems), (KUSTOMIZATION,))


def plan_of(given: ExportInput, options: WorkloadOptions) -> ObjectPlan:
    contract = given.contract
    name = object_name(options.name or contract.name)
    operators = (SecretsBy.EXTERNAL_SECRETS, SecretsBy.VAULT_OPERATOR)
    places = places_of(given, references_apart=options.secrets in operators)
    labels = {APP: contract_labels.name_label(name), **contract_labels.labels_of(contract)}
    metadata = {"labels": labels, "annotations": contract_labels.annotations_of(contract)}
    secrets = {
        process.role: needed_secrets(given, process, options.secrets, places.references) for process in given.processes
    }
    problems = [*places.problems, *_asked(given), *unfit(once(each for needed in secrets.values() for each in needed))]
    if options.secrets is SecretsBy.BOOT:
        problems += boot_lacks(given)
    fetched = _fetched(given, options, name, metadata, secrets)
    return ObjectPlan(given, options, name, metadata, places, secrets, fetched, (*problems, *fetched.problems))


def _asked(given: ExportInput) -> list[Problem]:
    """Warnings for required variables without a value: an overlay, or the values of a chart, can still set them."""
    names = {setting.name: None for process in given.processes for setting in process.of(Way.ASKED)}
    return [
        Problem(
            "value-missing",
            "is required and has no value here: boot does not start without it",
            variable=name,
            severity=WARNING,
            hint="add it to --values, or set it on the platform",
        )
        for name in names
    ]


def _keys_to_fill(plan: ObjectPlan) -> list[Problem]:
    """The keys of the Secret that is not among the files: without them no container starts."""
    needed = once(each for secrets in plan.secrets.values() for each in secrets)
    keys = [each.variable for each in needed if each.variable not in plan.fetched.places and not each.is_optional]
    if not keys or any(each.severity == ERROR for each in plan.problems):
        return []
    message = f"the Secret {plan.secret} is not among the files; the pods need it, with the keys {', '.join(keys)}"
    hint = f"fill it first: kubectl create secret generic {plan.secret} --from-file={keys[0]}=FILE ..."
    return [Problem("export-assumed", message, severity=INFO, hint=hint)]


def files_to_mount(given: ExportInput, by: str) -> list[Problem]:
    """Files that the values name, except those that Kubernetes and its clouds mount into pods themselves."""
    found = {
        name: path
        for name, path in named_files(given, given.processes).items()
        if not re.match(r"(/var)?/run/secrets/[a-z0-9-]+(\.[a-z0-9-]+)+/", path)
    }
    if not found:
        return []
    told = ", ".join(f"{path} ({name})" for name, path in found.items())
    message = f"files that the values name have to be in the containers, and nothing of the export mounts them: {told}"
    return [Problem("export-assumed", message, severity=INFO, hint=f"mount them with {by}, unless the image has them")]


def _fetched(
    given: ExportInput,
    options: WorkloadOptions,
    name: str,
    metadata: dict[str, Any],
    secrets: dict[str | None, list[NeededSecret]],
) -> SecretObjects:
    wanted = [each for needed in secrets.values() for each in needed if each.references is not None]
    try:
        if options.secrets is SecretsBy.EXTERNAL_SECRETS:
            return external_secrets(wanted, name, options.store, given.of_boot, metadata)
        if options.secrets is SecretsBy.VAULT_OPERATOR:
            users: dict[str, list[str]] = {}
            for process in given.processes:
                for each in () if process.runs_once else secrets[process.role]:
                    users.setdefault(each.variable, []).append(object_name(name, process.label))
            changes = contract_changes(given.contract)
            return vault_secrets(wanted, name, options.store, given.of_boot, metadata, changes, users)
    except NotLocated as wrong:
        return SecretObjects(problems=[Problem("export-impossible", str(wrong), hint=wrong.hint)])
    return SecretObjects()


def configuration(plan: ObjectPlan) -> list[Object]:
    """The ConfigMaps and the service account."""
    found = [_config_map(plan, plan.name, plan.places.config)]
    if plan.live is not None:
        found.append(_config_map(plan, plan.live, plan.places.live))
    if plan.account is not None:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": plan.account, **plan.metadata}}
        found.append({**account, "automountServiceAccountToken": False})
    return found


def _config_map(plan: ObjectPlan, name: str, data: Any) -> Object:
    sorted_data = {key: data[key] for key in sorted(data)}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **plan.metadata},
        "data": sorted_data,
    }


def image_problems(given: ExportInput) -> list[Problem]:
    """A warning for an image whose reference can point to another one later."""
    if given.image is not None and "@sha256:" in given.image:
        return []
    message = "the image is not named" if given.image is None else "the image is named by a tag, which can change"
    hint = "give it with its digest: --image HOST/REPO@sha256:..."
    return [Problem("export-image", message, severity=WARNING, hint=hint)]
