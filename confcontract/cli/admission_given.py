"""The options of an admission policy: what it does with objects that break the contract, and what it assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import not_empty, usage_error
from confcontract.platforms.export_targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.contract.artifact import Contract
    from confcontract.platforms.admission.admission_options import AdmissionOptions

_OF = f"For {', '.join(name for name, each in TARGETS.items() if each.admission)}: "

Audit = Annotated[bool, typer.Option("--audit", help=f"{_OF}refuse nothing; write to the API server's audit log.")]
Warn = Annotated[
    bool,
    typer.Option(
        "--warn", help=f"{_OF}refuse nothing; show a warning to the person who applies the object. Also with --audit."
    ),
]
GivenByImage = Annotated[
    list[str] | None,
    typer.Option(
        "--given-by-image",
        metavar="NAME",
        help=f"{_OF}a required variable that the image itself sets, so it is never missing. May be repeated.",
    ),
]
Params = Annotated[
    str | None,
    typer.Option(
        "--params",
        metavar="NAMESPACE",
        help=f"{_OF}read the images from a ConfigMap in this namespace, instead of from the policy.",
        show_default=False,
    ),
]

PlainSecrets = Annotated[
    bool,
    typer.Option(
        "--allow-plain-secrets",
        help=f"{_OF}admit secrets whose values are plain text in a workload or a ConfigMap. boot accepts them.",
    ),
]


def admission_options(
    target: str,
    contract: Contract,
    role: str | None,
    *,
    audit: bool,
    warn: bool,
    given_by_image: Sequence[str] | None,
    params: str | None,
    allow_plain_secrets: bool,
) -> AdmissionOptions:
    """Raises UsageError for an option that has no effect on the target, or names no variable of the contract."""
    from confcontract.platforms.admission.admission_options import AdmissionOptions, actions_of

    not_empty("--params", params)
    given = {
        "audit": audit,
        "warn": warn,
        "given-by-image": given_by_image,
        "params": params,
        "allow-plain-secrets": allow_plain_secrets,
    }
    for option, value in given.items():
        if value and not TARGETS[target].admission:
            raise usage_error(f"--{option} has no effect on {target}", "leave it out")
    return AdmissionOptions(
        actions_of(audit=audit, warn=warn),
        _declared(contract, given_by_image or ()),
        role,
        params,
        allow_plain_secrets,
    )


def _declared(contract: Contract, names: Sequence[str]) -> frozenset[str]:
    """The canonical names of the given variables."""
    from confcontract.contract.declared import Declared
    from confcontract.report.did_you_mean import closest

    declared = Declared(contract)
    found: set[str] = set()
    for name in names:
        canonical = declared.canonical(name)
        if canonical is None:
            guess = closest(name, declared.canonical_names)
            hint = f"did you mean {guess}?" if guess else "confcontract describe lists them"
            raise usage_error(f"{name!r} is not a variable of the contract", hint)
        found.add(canonical)
    return frozenset(found)
