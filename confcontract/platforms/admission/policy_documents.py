"""Policies as objects of Kubernetes: its own ValidatingAdmissionPolicy with a binding, or Kyverno's ValidatingPolicy.

Formats: admissionregistration.k8s.io/v1, policies.kyverno.io/v1. Both take the same expressions.

An expression that fails admits the object (`failurePolicy: Ignore`): boot judges everything again.
"""

from __future__ import annotations

from confcontract.platforms.contract_labels import annotations_of, labels_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.platforms.admission.admission_options import AdmissionOptions
    from confcontract.platforms.admission.policy_parts import Policy

EXEMPT = "confcontract/admission"  # the label of a namespace in which nothing is judged
EXEMPTED = "off"
COST = "confcontract/estimated-cost"
IMAGES = "images"  # the key of the ConfigMap of parameters

_NATIVE, _KYVERNO = "admissionregistration.k8s.io/v1", "policies.kyverno.io/v1"
_NAMESPACES = {"matchExpressions": [{"key": EXEMPT, "operator": "NotIn", "values": [EXEMPTED]}]}


def native(policy: Policy, name: str, contract: Contract, options: AdmissionOptions) -> list[dict[str, Any]]:
    """The policy and its binding."""
    named = f"{name}-{policy.suffix}"
    spec: dict[str, Any] = {"failurePolicy": "Ignore"}
    binding: dict[str, Any] = {"policyName": named}
    if options.parameters and _takes_parameters(policy):
        spec["paramKind"] = {"apiVersion": "v1", "kind": "ConfigMap"}
        binding["paramRef"] = {
            "name": parameters_name(name),
            "namespace": options.parameters,
            "parameterNotFoundAction": "Allow",
        }
    spec |= {"matchConstraints": _constraints(policy), **_expressions(policy)}
    binding |= {"validationActions": list(options.actions), "matchResources": {"namespaceSelector": _NAMESPACES}}
    return [
        {
            "apiVersion": _NATIVE,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": _metadata(policy, named, contract),
            "spec": spec,
        },
        {
            "apiVersion": _NATIVE,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": named, "labels": labels_of(contract)},
            "spec": binding,
        },
    ]


def of_kyverno(policy: Policy, name: str, contract: Contract, options: AdmissionOptions) -> dict[str, Any]:
    constraints = {**_constraints(policy), "namespaceSelector": _NAMESPACES}
    return {
        "apiVersion": _KYVERNO,
        "kind": "ValidatingPolicy",
        "metadata": _metadata(policy, f"{name}-{policy.suffix}", contract),
        "spec": {
            "failurePolicy": "Ignore",
            "validationActions": list(options.actions),
            "autogen": {"podControllers": {"controllers": []}},  # the policy matches each kind itself
            "matchConstraints": constraints,
            **_expressions(policy),
        },
    }


def parameters(name: str, image: str, options: AdmissionOptions) -> dict[str, Any]:
    """The ConfigMap of the native policies' parameters."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": parameters_name(name), "namespace": options.parameters},
        "data": {IMAGES: f"{image}\n"},
    }


def parameters_name(name: str) -> str:
    return f"{name}-admission"


def _takes_parameters(policy: Policy) -> bool:
    return any("params." in each for each in policy.variables.values())


def _metadata(policy: Policy, name: str, contract: Contract) -> dict[str, Any]:
    return {
        "name": name,
        "labels": labels_of(contract),
        "annotations": {**annotations_of(contract), COST: str(policy.cost)},
    }


def _constraints(policy: Policy) -> dict[str, Any]:
    found: dict[str, Any] = {"matchPolicy": "Equivalent"}
    if policy.selector is not None:
        found["objectSelector"] = {"matchLabels": dict(policy.selector)}
    found["resourceRules"] = [
        {
            "apiGroups": [group],
            "apiVersions": [version],
            "operations": ["CREATE", "UPDATE"],
            "resources": list(resources),
        }
        for group, version, resources in policy.resources
    ]
    return found


def _expressions(policy: Policy) -> dict[str, Any]:
    return {
        "matchConditions": [{"name": key, "expression": each} for key, each in policy.conditions.items()],
        "variables": [{"name": key, "expression": each} for key, each in policy.variables.items()],
        "validations": [
            {"expression": each.expression, "message": each.message, "reason": "Invalid"} for each in policy.validations
        ],
    }
