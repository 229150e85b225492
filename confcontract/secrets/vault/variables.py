"""What VAULT_* and BAO_* variables say."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class NotConfigured(Exception):
    """The environment doesn't say how to talk to Vault. Plain words, with the variable in them; no secret."""


def lookup(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """(the name that is set, its value) of VAULT_name or BAO_name; None if neither is. Empty counts as not set.

    Both set to different values is refused: they name two servers, or two identities, and a wrong guess would send the
    credentials of one to the other.
    """
    vault, bao = environ.get(f"VAULT_{name}", ""), environ.get(f"BAO_{name}", "")
    if vault and bao and vault != bao:
        raise NotConfigured(f"VAULT_{name} and BAO_{name} are both set, to different values; keep one")
    if vault:
        return f"VAULT_{name}", vault
    return (f"BAO_{name}", bao) if bao else None
