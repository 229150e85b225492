"""`confcontract export admission-policy`."""

from __future__ import annotations

from confcontract.platforms.admission import policy_documents as documents
from confcontract.platforms.admission.policy_cost import BUDGET
from confcontract.platforms.admission.policy_parts import policies_of
from confcontract.platforms.comments import comment
from confcontract.platforms.exported import Exported
from confcontract.platforms.kubernetes.object_names import object_name
from confcontract.platforms.written_yaml import to_yaml
from confcontract.report.errors import UsageError
from confcontract.report.problem import INFO, WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from confcontract.contract.artifact import Contract
    from confcontract.platforms.admission.admission_options import AdmissionOptions
    from confcontract.platforms.admission.judgements import Judgements
    from confcontract.platforms.admission.policy_parts import Policy
    from confcontract.platforms.export_input import ExportInput

KYVERNO = "kyverno"


def export(given: ExportInput, kind: str | None, options: AdmissionOptions) -> Exported:
    contract = given.contract
    if not given.image:
        raise UsageError(
            Problem(
                "usage",
                "the policy needs the images that it applies to",
                hint="name one: --image REGISTRY/NAME:TAG, or REGISTRY/NAME@sha256:DIGEST",
            )
        )
    if kind == KYVERNO and options.parameters:
        raise UsageError(
            Problem("usage", "a Kyverno policy can't read parameters from a ConfigMap", hint="leave --params out")
        )
    policies, judgements = policies_of(given, options)
    name = object_name(contract.name)
    files = {}
    for policy in policies:
        if policy.validations:
            files[f"{policy.suffix}.yaml"] = _text(policy, name, kind, contract, options)
    if options.parameters and files:
        files["parameters.yaml"] = to_yaml(documents.parameters(name, given.image, options))
    problems = [*_notes(judgements, policies, given.image, options)]
    if not files:
        problems.append(
            Problem(
                "export-impossible",
                "no part of this contract can be checked at admission",
                hint="let boot judge it, and confcontract validate --manifest in the pipeline",
            )
        )
    return Exported(files, tuple(problems))


def _text(policy: Policy, name: str, kind: str | None, contract: Contract, options: AdmissionOptions) -> str:
    what = {"workloads": "workloads of the image", "config-maps": "its ConfigMaps", "secrets": "its Secrets"}
    said = (
        f"{contract.name} {contract.version}, {contract.digest}: {what[policy.judges]}. {len(policy.validations)} "
        f"validations; estimated cost for a large object: {policy.cost} of {BUDGET}."
    )
    if kind == KYVERNO:
        made = [documents.of_kyverno(policy, name, contract, options)]
    else:
        made = documents.native(policy, name, contract, options)
    return "\n".join(comment(said)) + "\n" + "---\n".join(map(to_yaml, made))


def _notes(
    judgements: Judgements, policies: Sequence[Policy], image: str, options: AdmissionOptions
) -> Iterator[Problem]:
    """Notes on what is not judged, what is assumed, and the cost."""
    unjudged: dict[str, list[str]] = {}
    for judged in judgements.values:
        if judged.untold:
            unjudged.setdefault(judged.untold, []).append(judged.variable)
    for untold, names in unjudged.items():
        yield Problem("export-unjudged", f"not checked at admission: {untold}, of {', '.join(names)}", severity=INFO)
    required = [each.variable for each in judgements.requirements if each.variable not in options.given]
    if required:
        places = "ENV, conf.d" if judgements.contract.image is None else "conf.d"
        yield Problem(
            "export-assumed",
            f"refused if not set: {', '.join(required)}",
            severity=INFO,
            hint=f"if the image sets one itself ({places}), name it: --given-by-image NAME",
        )
    if judgements.image.starts is False:
        yield Problem(
            "boot-bypassed",
            "the image does not start by confcontract boot, which this policy takes for granted",
            severity=WARNING,
            hint="make it the ENTRYPOINT of the image: confcontract boot --",
        )
    if "@" not in image and ":" not in image.rpartition("/")[2]:
        yield Problem(
            "export-assumed",
            f"every version of {image} is checked against this one contract",
            severity=WARNING,
            hint="name the version that the contract is of: --image NAME:TAG or NAME@sha256:DIGEST",
        )
    for policy in policies:
        if policy.validations:
            yield Problem(
                "export-cost",
                f"{policy.suffix}: {len(policy.validations)} validations, estimated cost {policy.cost} of {BUDGET}",
                severity=INFO,
            )
