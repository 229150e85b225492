"""The targets of `confcontract export`: one table."""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.platforms.sorted_values import SECRET_HINT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.platforms.admission.admission_options import AdmissionOptions
    from confcontract.platforms.export_input import ExportInput
    from confcontract.platforms.exported import Exported
    from confcontract.platforms.workload_options import WorkloadOptions


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """module: below `confcontract.platforms`, with a function `export(given, kind)`; imported when it is used. what:
    what it writes, in words. kinds: the choices of --kind, the default first; empty for a target of one kind. options:
    which of `WorkloadOptions` have an effect; if none, it doesn't get them. admission: whether it gets
    `AdmissionOptions`. ignores: which of --values and --image have no effect. always_the_same: whether its files have
    the same names for every contract. secret_hint: where a secret that the values have should go, with {name}; empty if
    values are not accepted.
    """

    module: str
    what: str
    kinds: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    admission: bool = False
    always_the_same: bool = False
    ignores: tuple[str, ...] = ()
    secret_hint: str = SECRET_HINT


_OF_A_SECRET = "put it into the Secret of the pods, or the store that it is filled from, as {name}"

TARGETS = {
    "dotenv": ExportTarget(
        "dotenv_file",
        "an env file that python-dotenv, docker and Compose read",
        always_the_same=True,
        ignores=("image",),
        secret_hint="write it to a file in the container, /run/secrets/{name} or the one that {name}_FILE names",
    ),
    "json-schema": ExportTarget(
        "schema_document",
        "a JSON Schema: of the environment, whose values are strings, or of the settings document",
        ("environment", "settings"),
        always_the_same=True,
        ignores=("image",),
    ),
    "compose": ExportTarget(
        "compose_file",
        "a file for docker compose: a service for each role, its secrets as files",
        options=("name", "user", "confcontract"),
        secret_hint="write it to the file secrets/{name} beside compose.yaml, readable by the user of the services",
    ),
    "systemd": ExportTarget(
        "systemd_units",
        "a service for each role, on the machine itself, its secrets as credentials",
        options=("name", "confcontract"),
        ignores=("image",),
        secret_hint="write it to the file that LoadCredential={name} names in the unit, with mode 0600",
    ),
    "kubernetes": ExportTarget(
        "kubernetes.export_files",
        "objects for kubectl and kustomize: ConfigMaps, objects that fetch secrets, Deployments and Jobs; or patches",
        ("workloads", "patch"),
        options=("secrets", "store", "secret", "name", "container", "user", "confcontract"),
        secret_hint=_OF_A_SECRET,
    ),
    "helm": ExportTarget(
        "helm.chart_files",
        "a chart with a schema that makes Helm refuse wrong values",
        options=("secrets", "store", "secret", "name", "user", "confcontract"),
        secret_hint=_OF_A_SECRET,
    ),
    "admission-policy": ExportTarget(
        "admission.policy_files",
        "policies that make Kubernetes or Kyverno refuse objects that break the contract",
        ("vap", "kyverno"),
        admission=True,
        ignores=("values",),
    ),
}


def export(
    target: str,
    given: ExportInput,
    kind: str | None = None,
    options: WorkloadOptions | None = None,
    admission: AdmissionOptions | None = None,
) -> Exported:
    """kind: one of the target's, None for the default. options, admission: for targets that use them."""
    from confcontract.platforms.admission.admission_options import AdmissionOptions
    from confcontract.platforms.workload_options import WorkloadOptions

    chosen = TARGETS[target]
    module = __import__(f"confcontract.platforms.{chosen.module}", fromlist=["export"])
    usual = kind or (chosen.kinds[0] if chosen.kinds else None)
    more = (options or WorkloadOptions(),) if chosen.options else ()
    asked = (admission or AdmissionOptions(),) if chosen.admission else ()
    exported: Exported = module.export(given, usual, *more, *asked)
    return exported
