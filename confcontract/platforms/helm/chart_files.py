"""`confcontract export helm`: a chart."""

from __future__ import annotations

import dataclasses
import json
import re

from confcontract.contract.declared import Declared
from confcontract.platforms.comments import one_line
from confcontract.platforms.exported import Exported
from confcontract.platforms.helm.chart_values import chart_values, comments_of, values_schema
from confcontract.platforms.helm.helper_templates import NO_VALUES, helper_templates, names_by_effect
from confcontract.platforms.helm.template_text import Template, literal, quoted
from confcontract.platforms.kubernetes.export_files import files_to_mount, image_problems, plan_of
from confcontract.platforms.kubernetes.object_names import object_name
from confcontract.platforms.kubernetes.workload_objects import deployment, job
from confcontract.platforms.workload_options import SecretsBy
from confcontract.platforms.written_yaml import to_yaml
from confcontract.report.terminal import harmless_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.platforms.export_input import ExportInput, Process
    from confcontract.platforms.workload_options import WorkloadOptions

_SEMVER = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")

_REPLICAS = """\
{{- if hasKey .Values.replicas ROLE }}
  replicas: {{ index .Values.replicas ROLE }}
  {{- end }}"""
_MORE_OF = """\
{{- with .Values.KEY }}
{{- toYaml . | nindent INDENT }}
{{- end }}
"""
_FILL = """\
The Secret {{ include "NAME.secret" . }} in the namespace {{ .Release.Namespace }} has to have these keys:
"""
_NOT_READY = """\
A pod that does not become ready says why, with the name of the variable and what to do:
  kubectl describe pod --namespace {{ .Release.Namespace }} \\
    --selector app.kubernetes.io/name=NAME,app.kubernetes.io/instance={{ .Release.Name }}
"""


def export(given: ExportInput, kind: str | None, options: WorkloadOptions) -> Exported:  # noqa: ARG001 - one kind
    return _Chart(given, options).exported()


class _Chart:
    def __init__(self, given: ExportInput, options: WorkloadOptions) -> None:
        self.given = given
        self.contract = given.contract
        self.options = options
        self.name = object_name(options.name or given.contract.name)
        self.template = Template()
        self.full = self.template.value(f'include "{self.name}.fullname" .')
        secret = self.template.value(f'include "{self.name}.secret" .')
        self.plan = plan_of(given, dataclasses.replace(options, name=self.full, secret=secret))
        self.live, _ = names_by_effect(self.contract)

    def exported(self) -> Exported:
        contract, plan = self.contract, self.plan
        roles = {process.role or "workload": not process.runs_once for process in self.given.processes}
        stores = self._stores()
        schema = values_schema(
            contract,
            roles,
            by_boot=self.options.secrets in (None, SecretsBy.BOOT),
            stores=tuple(stores),
            by_operator=self.options.secrets is SecretsBy.VAULT_OPERATOR,
        )
        files = {
            "Chart.yaml": to_yaml(self._chart()),
            "values.yaml": chart_values(
                contract,
                self.given.image,
                self._config(),
                self.given.of_boot,
                self._more_values(roles, stores),
                comments_of(self._keys_to_fill(), max(roles, key=lambda role: roles[role])),
            ),
            "values.schema.json": harmless_json(json.dumps(schema, indent=2, ensure_ascii=False)) + "\n",
            "templates/_helpers.tpl": self._helpers(),
            "templates/configuration.yaml": self._configuration(),
        }
        if plan.fetched.objects:
            texts = [self.template.text(self._fetching(each)) for each in plan.fetched.objects]
            files["templates/secrets.yaml"] = "---\n".join(texts)
        for process in self.given.processes:
            kind = "job" if process.runs_once else "deployment"
            name = f"{kind}-{process.label}" if process.label else kind
            files[f"templates/{name}.yaml"] = self._workload(process)
        files["templates/NOTES.txt"] = self._notes()
        asked_by_helm = "value-missing"
        problems = (
            *(each for each in plan.problems if each.code != asked_by_helm),
            *files_to_mount(self.given, "volumes and volumeMounts in the values of the chart"),
            *image_problems(self.given),
        )
        return Exported(files, problems)

    def _chart(self) -> dict[str, Any]:
        contract = self.contract
        description = one_line(str(contract.data.get("description", ""))) or f"{contract.name}, by its contract"
        return {
            "apiVersion": "v2",
            "name": self.name,
            "description": description,
            "type": "application",
            "version": chart_version(contract.version),
            "appVersion": contract.version,
            "annotations": {"confcontract/digest": contract.digest},
        }

    def _config(self) -> dict[str, str]:
        """Under the names of the schema: the contract's own spelling, if case does not matter."""
        declared = Declared(self.contract)
        names: dict[str, str] = {
            declared.normal(name): name
            for variable in self.contract.variables
            for name in (*variable.get("aliases", ()), variable["name"])
        }
        heads: list[str] = [head for variable in self.contract.variables for head in variable.get("open", ())]

        def spelt(name: str) -> str:
            normal = declared.normal(name)
            if normal in names:
                return names[normal]
            if (pointed := declared.pointed_at(name)) is not None:
                return f"{names.get(declared.normal(pointed), pointed)}_FILE"
            head = next((each for each in heads if normal.startswith(declared.normal(each))), "")
            return head + name[len(head) :]

        return {spelt(name): value for setting in self.given.settings for name, value in setting.given}

    def _stores(self) -> dict[str, dict[str, str]]:
        """For External Secrets: the suffix of the object's name → the store."""
        return {
            each["metadata"]["name"].removeprefix(f"{self.full}-"): each["spec"]["secretStoreRef"]
            for each in self.plan.fetched.objects
            if each["kind"] == "ExternalSecret"
        }

    def _more_values(self, roles: dict[str, bool], stores: dict[str, dict[str, str]]) -> dict[str, Any]:
        logs_in = self.plan.account is not None
        return {
            **({"stores": {name.replace("-", "_"): store for name, store in stores.items()}} if stores else {}),
            **({"vaultAuth": self.options.store or ""} if self.options.secrets is SecretsBy.VAULT_OPERATOR else {}),
            "secret": {"name": self.options.secret or ""},
            "serviceAccount": {"create": logs_in, "automount": logs_in, "name": ""},
            "replicas": {name: 1 for name, stays in roles.items() if stays},
            "resources": {},
            "podAnnotations": {},
            "env": [],
            "volumes": [],
            "volumeMounts": [],
            "imagePullSecrets": [],
            "fullnameOverride": "",
        }

    def _labelled(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {
            **metadata,
            "labels": self.template.block(f'include "{self.name}.labels" .'),
            "annotations": self.template.block(f'include "{self.name}.annotations" .'),
        }

    def _fetching(self, made: dict[str, Any]) -> dict[str, Any]:
        spec = dict(made["spec"])
        if made["kind"] == "ExternalSecret":
            key = made["metadata"]["name"].removeprefix(f"{self.full}-").replace("-", "_")
            store = f".Values.stores.{key}"
            spec["secretStoreRef"] = {
                "kind": self.template.value(f'{store}.kind | default "SecretStore" | quote'),
                "name": self.template.value(f"{store}.name | quote"),
            }
            labels = self.template.block(f'include "{self.name}.labels" .')
            spec["target"] = {**spec["target"], "template": {"metadata": {"labels": labels}}}
        else:
            spec.pop("vaultAuthRef", None)
            spec = {"vaultAuthRef": self.template.value(".Values.vaultAuth | quote"), **spec}
        return {**made, "metadata": self._labelled({"name": made["metadata"]["name"]}), "spec": spec}

    def _configuration(self) -> str:
        name = self.name
        config = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": self._labelled({"name": self.full}),
            "data": self.template.block(f'include "{name}.config" . | trim | default "{{}}"'),
        }
        parts = [self.template.text(config)]
        if self.live:
            live = {
                **config,
                "metadata": self._labelled({"name": f"{self.full}-live"}),
                "data": self.template.block(f'include "{name}.live" . | trim | default "{{}}"'),
            }
            parts.append(self.template.text(live))
        account = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": self._labelled({"name": self.template.value(f'include "{name}.serviceAccount" .')}),
            "automountServiceAccountToken": False,
        }
        guarded = f"{{{{- if .Values.serviceAccount.create }}}}\n---\n{self.template.text(account)}{{{{- end }}}}\n"
        return "---\n".join(parts) + guarded

    def _workload(self, process: Process) -> str:
        """A role that ends on its own becomes a hook before an upgrade. The hook contains its values, because
        ConfigMaps are created later.
        """
        template, name, key = self.template, self.name, process.role or "workload"
        parts = self.plan.parts(process, process.label or self.name)
        parts = dataclasses.replace(
            parts,
            places=NO_VALUES,
            image=template.value(f'include "{name}.image" . | quote'),
            live=f"{self.full}-live" if self.live and not process.runs_once else None,
        )
        make = job if process.runs_once else deployment
        made = make(parts, self.plan.workload_name(process), self.plan.metadata, self.full)
        spec = made["spec"]
        pod = spec["template"]["spec"]
        (container,) = pod["containers"]
        container["imagePullPolicy"] = template.value(".Values.image.pullPolicy")
        container["env"] = template.block(f'include "{name}.env-{process.label or key}" .')
        resources = f"(index .Values.resources {quoted(key)} | default dict)"
        container["resources"] = template.block(f"toYaml {resources}")
        if process.runs_once:
            del container["envFrom"]
        pod["serviceAccountName"] = template.value(f'include "{name}.serviceAccount" .')
        pod["automountServiceAccountToken"] = template.value(".Values.serviceAccount.automount")
        pod["imagePullSecrets"] = template.block("toYaml .Values.imagePullSecrets")
        labels = {
            **spec["template"]["metadata"]["labels"],
            "app.kubernetes.io/instance": template.value(".Release.Name"),
        }
        labels["app.kubernetes.io/name"] = self.name
        spec["template"]["metadata"] = {
            "labels": labels,
            "annotations": template.block(f'include "{name}.podAnnotations" .'),
        }
        if not process.runs_once:
            selects = {each: labels[each] for each in labels if each.startswith("app.kubernetes.io/")}
            spec["selector"] = {"matchLabels": selects}
        meta = self._labelled({"name": self.plan.workload_name(process)})
        if process.runs_once:
            meta["annotations"] = template.block(f'include "{name}.hook" .')
        text = template.text({**made, "metadata": meta})
        for key_of, indent in (("volumes", 6), ("volumeMounts", 10)):
            head = f"\n{' ' * indent}{key_of}:\n"
            text = text.replace(head, head + _MORE_OF.replace("KEY", key_of).replace("INDENT", str(indent + 2)), 1)
        if process.runs_once:
            return text
        replicas = _REPLICAS.replace("ROLE", quoted(key))
        return text.replace("\nspec:\n", f"\nspec:\n  {replicas}\n", 1)

    def _helpers(self) -> str:
        return helper_templates(self.name, self.plan, self.template, self._hook())

    def _hook(self) -> str:
        """At the first installation, what it needs must exist, unless something else has created it."""
        alone = self.options.secrets in (None, SecretsBy.SECRET) and self.plan.account is None
        return f'"{"pre" if alone else "post"}-install,pre-upgrade"'

    def _keys_to_fill(self) -> list[str]:
        """Of the Secret that the chart does not have fetched."""
        needed = [each for of_process in self.plan.secrets.values() for each in of_process if not each.is_optional]
        return sorted({each.variable for each in needed if each.variable not in self.plan.fetched.places})

    def _notes(self) -> str:
        contract = self.contract
        filled = self._keys_to_fill()
        text = literal(f"{one_line(f'{contract.name} {contract.version}')}, by the contract {contract.digest}.\n\n")
        if filled:
            text += _FILL.replace("NAME", self.name) + literal("".join(f"  {each}\n" for each in filled)) + "\n"
        return text + _NOT_READY.replace("NAME", self.name)


def chart_version(version: str) -> str:
    """The version that SemVer accepts and that is closest to the contract's."""
    found = _SEMVER.fullmatch(version)
    if found is None:
        told = re.sub(r"[^0-9A-Za-z-]+", "-", version).strip("-")
        return f"0.0.0-{told}" if told else "0.0.0"
    numbers = ".".join(str(int(each or 0)) for each in found.group(1, 2, 3))
    return numbers + (found[4] or "") + (found[5] or "")
