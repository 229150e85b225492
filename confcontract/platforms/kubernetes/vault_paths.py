"""Where a reference points in Vault, as Kubernetes operators need it: mount, path in it, and engine.

The server isn't queried for it, as boot does. It follows from CONFCONTRACT_VAULT_KV_VERSION among the values, or else
from the form of the path, assuming a mount of one segment.
"""

from __future__ import annotations

from dataclasses import dataclass

from confcontract.secrets.vault.engine_kinds import AS_IT_IS, CUBBYHOLE, IDENTITY, KV1, KV2, OWN, is_rotated_by_vault
from confcontract.secrets.vault.engines import Mounts, Moves
from confcontract.secrets.vault.server import NotConfigured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.contract.reference import Reference

# The segment after the mount that identifies engines that create credentials: database, rabbitmq, aws, pki and others.
_MADE = frozenset(
    ("creds", "static-creds", "static-cred", "sts", "issue", "sign", "token", "roleset", "static-account")
)


class NotLocated(Exception):
    """The message says why an operator can't be configured to find a secret. hint: what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class VaultPath:
    """engine: KV1, KV2 or AS_IT_IS."""

    mount: str
    path: str
    engine: str

    @property
    def whole(self) -> str:
        return f"{self.mount}/{self.path}"

    @property
    def is_made(self) -> bool:
        """Whether Vault creates it on request, or stores and rotates it on its own."""
        return self.engine == AS_IT_IS

    @property
    def is_rotated(self) -> bool:
        """Whether Vault stores and rotates it, so that there is no lease."""
        return is_rotated_by_vault(self.path)


class VaultPaths:
    """environ: boot's own variables. Raises NotLocated if they can't be parsed."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        try:
            self._moves, self._mounts = Moves(environ), Mounts(environ)
        except NotConfigured as wrong:
            raise NotLocated(str(wrong), "correct it in the values") from None

    def locate(self, reference: Reference) -> VaultPath:
        """Raises NotLocated."""
        moved = self._moves.apply(reference.mount_path)
        mount, path, engine = self._mounts.find(moved) or _by_form(moved, bool(reference.parameters))
        if engine in (OWN, IDENTITY, CUBBYHOLE):
            raise NotLocated("is at a path in Vault that the Kubernetes operators can't read", "use --secrets boot")
        if reference.parameters and engine in (KV1, KV2):
            raise NotLocated("has parameters, but its engine accepts none", "correct CONFCONTRACT_VAULT_KV_VERSION")
        return VaultPath(mount, path, engine)


def _by_form(path: str, has_parameters: bool) -> tuple[str, str, str]:
    mount, _, rest = path.partition("/")
    if mount in ("sys", "auth", "identity", "cubbyhole"):
        return mount, rest, OWN
    head, slash, _ = rest.partition("/")
    return mount, rest, AS_IT_IS if has_parameters or (slash and head in _MADE) else KV2
