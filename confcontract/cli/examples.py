"""One example for the help of each command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

# The command, as it is written after `confcontract` → its example.
EXAMPLES = {
    "init": "init --settings shop.settings:Settings",
    "bake": "bake shop.settings:Settings --version 1.4.0 --out contract",
    "boot": "boot --env-file prod.env -- python -m shop",
    "probe": "probe ready",
    "validate": "validate --contract contract.json --env-file prod.env --no-environ",
    "explain": "explain --env-file prod.env --set",
    "describe": "describe SHOP_PORT --env-file prod.env",
    "inspect": "inspect docker://registry.example.com/shop:1.4.0",
    "audit": "audit docker://registry.example.com/shop:1.4.0",
    "docs": "docs --contract contract.json --format html --out settings.html",
    "export": "export kubernetes --contract contract.json --values prod.env --out manifests",
    "diff": "diff git:v1.3.0:contract.json contract.json",
    "changelog": "changelog git:v1.3.0:contract.json contract.json",
    "bump": "bump git:v1.3.0:contract.json contract.json",
    "tag": "tag contract.json",
    "drift": "drift shop --contract contract.json",
    "smoke": "smoke oci:image:1.4.0 --env-file prod.env",
    "attest": "attest docker://registry.example.com/shop:1.4.0 --key key.pem",
    "verify": "verify docker://registry.example.com/shop:1.4.0 --key key.pub",
    "bundle": "bundle --out /opt/confcontract",
    "problem": "problem secret-missing",
    "version": "version",
    "fleet check": "fleet check deployments",
    "fleet diff": "fleet diff deployments next",
    "fleet merge": "fleet merge parts/1.part parts/2.part",
    "secrets check": "secrets check --contract contract.json",
    "secrets policy": "secrets policy --contract contract.json",
    "secrets plan": "secrets plan --contract contract.json --values secrets.env",
    "secrets apply": "secrets apply --contract contract.json --values secrets.env",
    "rules list": "rules list",
    "rules show": "rules show ENV_ADDED_REQUIRED",
}


def add_examples(app: typer.Typer, prefix: str = "") -> None:
    """Add its example below the help of each Typer command that has one."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        if example := EXAMPLES.get(f"{prefix}{name}"):
            command.epilog = f"Example: confcontract {example}"
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_examples(group.typer_instance, f"{group.name} ")
