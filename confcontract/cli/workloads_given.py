"""The options of an export that starts something: its name, its user, and who fetches its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import usage_error
from confcontract.platforms.export_targets import TARGETS
from confcontract.platforms.workload_options import CONFCONTRACT, KINDS_OF_STORE, USER, SecretsBy

if TYPE_CHECKING:
    from confcontract.platforms.workload_options import WorkloadOptions


def _of(option: str) -> str:
    return f"For {', '.join(name for name, each in TARGETS.items() if option in each.options)}: "


Secrets = Annotated[
    SecretsBy | None,
    typer.Option(
        metavar="WHO",
        help=f"{_of('secrets')}who fetches the secrets that the contract has references for: "
        f"{', '.join(each.value for each in SecretsBy)}. Default: boot, if "
        "the values configure the store; secret for the others.",
        show_default=False,
    ),
]
Store = Annotated[
    str | None,
    typer.Option(
        metavar="[KIND/]NAME",
        help=f"{_of('store')}the SecretStore or ClusterSecretStore of external-secrets, or the VaultAuth, or its "
        "NAMESPACE/NAME, of vault-secrets-operator.",
        show_default=False,
    ),
]
SecretName = Annotated[
    str | None,
    typer.Option(
        "--secret",
        metavar="NAME",
        help=f"{_of('secret')}the Secret that you fill. Default: the name of the export.",
        show_default=False,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="NAME",
        help=f"{_of('name')}the name of what is written. Default: the contract's.",
        show_default=False,
    ),
]
ContainerName = Annotated[
    str | None,
    typer.Option(
        "--container",
        metavar="NAME",
        help="For kubernetes, with --kind patch: the container to patch. Default: the one named like the Deployment.",
        show_default=False,
    ),
]
User = Annotated[
    int | None,
    typer.Option(
        metavar="UID",
        help=f"{_of('user')}the number of the user and group that it runs as. Default: {USER}.",
        min=1,
        show_default=False,
    ),
]
Confcontract = Annotated[
    str | None,
    typer.Option(
        "--confcontract",
        metavar="COMMAND",
        help=f"{_of('confcontract')}the command that starts confcontract there, for probes and units. Default: "
        f"{CONFCONTRACT}; for systemd /usr/bin/confcontract.",
        show_default=False,
    ),
]


def workload_options(
    target: str,
    kind: str | None,
    secrets: SecretsBy | None,
    store: str | None,
    secret: str | None,
    name: str | None,
    container: str | None,
    user: int | None,
    confcontract: str | None,
) -> WorkloadOptions:
    """Raises UsageError (exit 64)."""
    from confcontract.platforms.kubernetes.object_names import object_name
    from confcontract.platforms.workload_options import WorkloadOptions

    given = {
        "secrets": secrets,
        "store": store,
        "secret": secret,
        "name": name,
        "container": container,
        "user": user,
        "confcontract": confcontract,
    }
    for option, value in given.items():
        if value is not None and option not in TARGETS[target].options:
            raise usage_error(f"--{option} has no effect on {target}", "leave it out")
    if container is not None and kind != "patch":
        raise usage_error("--container has no effect", "add --kind patch, or leave it out")
    texts = {"--store": store, "--secret": secret, "--name": name, "--container": container}
    kind_of_store, _, of_kind = (store or "").rpartition("/")
    if secrets is SecretsBy.EXTERNAL_SECRETS and of_kind and kind_of_store not in ("", *KINDS_OF_STORE):
        hint = f"write {' or '.join(f'{each}/{of_kind}' for each in KINDS_OF_STORE)}"
        raise usage_error(f"--store: external-secrets has no kind of store {kind_of_store!r}", hint)
    if secrets is SecretsBy.VAULT_OPERATOR and kind_of_store != object_name(kind_of_store):
        hint = "write NAME, or NAMESPACE/NAME of the VaultAuth"
        raise usage_error(f"--store: {kind_of_store!r} is not a name that Kubernetes accepts for a namespace", hint)
    for option, text in texts.items():
        told = text.rpartition("/")[2] if text is not None and option == "--store" else text
        if told is not None and told != object_name(told):
            raise usage_error(
                f"{option} is not a name that Kubernetes accepts", "use lower case letters, digits and -, at most 63"
            )
    if store is not None and secrets not in (SecretsBy.EXTERNAL_SECRETS, SecretsBy.VAULT_OPERATOR):
        hint = "add --secrets external-secrets or vault-secrets-operator"
        raise usage_error("--store has no effect", hint)
    made = WorkloadOptions(secrets, store, secret, name, container, user or USER, confcontract or CONFCONTRACT)
    try:
        made.probing  # noqa: B018 - is it a command?
    except ValueError:
        raise usage_error("--confcontract has a quote that is not closed", "close it") from None
    return made
