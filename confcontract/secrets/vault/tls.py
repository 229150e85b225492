"""The TLS context for Vault: whom to trust, and who we are."""

from __future__ import annotations

import ssl

from confcontract.host.folder import at
from confcontract.secrets.vault.variables import NotConfigured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.secrets.vault.server import Server


def context(server: Server) -> ssl.SSLContext:
    """Raises NotConfigured if a certificate can't be used.

    Without VAULT_CACERT and VAULT_CAPATH the system's authorities count, as for Vault's own clients: an organisation
    installs its own there. Only an image without any falls back to the bundle of certifi.
    """
    made = _bare(server.verify)
    made.set_alpn_protocols(["http/1.1"])
    if not server.verify:
        pass
    elif server.ca_file:
        _trust(made, server.ca_file, "VAULT_CACERT")
    elif server.ca_directory:
        _trust_directory(made, server.ca_directory)
    else:
        _trust_system(made)
    if server.client_certificate:
        try:
            # An encrypted key would ask on the terminal for its password; a boot must not hang there.
            made.load_cert_chain(
                at(server.client_certificate), server.client_key and at(server.client_key), password=lambda: b""
            )
        except (ssl.SSLError, OSError, ValueError):
            raise NotConfigured(
                "VAULT_CLIENT_CERT and VAULT_CLIENT_KEY are not a certificate and its unencrypted key in PEM"
            ) from None
    return made


def context_of_proxy(verify: bool) -> ssl.SSLContext:
    """For a proxy that speaks TLS itself. What VAULT_CACERT says, and our own certificate, are for Vault."""
    made = _bare(verify)
    if verify:
        _trust_system(made)
    return made


def _bare(verify: bool) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def _trust(made: ssl.SSLContext, path: str, name: str) -> None:
    try:
        made.load_verify_locations(cafile=at(path))
    except (ssl.SSLError, OSError):
        raise NotConfigured(f"{name} names {path}, which is not a certificate in PEM") from None


def _trust_directory(made: ssl.SSLContext, directory: str) -> None:
    """Every file in it, as Vault's own clients do; OpenSSL by itself would only see those with hashed names."""
    import os

    try:
        names = sorted(os.listdir(at(directory)))
    except OSError:
        raise NotConfigured(f"VAULT_CAPATH names {directory}, which is not a directory") from None
    paths = [path for name in names if os.path.isfile(path := os.path.join(at(directory), name))]
    if not paths:
        raise NotConfigured(f"VAULT_CAPATH names {directory}, which has no certificates in it")
    for path in paths:
        _trust(made, path, "VAULT_CAPATH")


def _trust_system(made: ssl.SSLContext) -> None:
    import os

    made.load_default_certs()
    known = ssl.get_default_verify_paths()
    if not made.get_ca_certs() and not (known.capath and os.path.isdir(known.capath) and os.listdir(known.capath)):
        import certifi

        made.load_verify_locations(cafile=certifi.where())
