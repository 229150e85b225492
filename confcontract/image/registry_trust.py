"""The certificates that are trusted for a registry: containers-certs.d(5)."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping

from confcontract.image.image_fault import ImageFault

FOLDERS = ("/etc/containers/certs.d", "/etc/docker/certs.d")
_OWN = ".config/containers/certs.d"  # relative to the home directory


def trusting(registry: str, environ: Mapping[str, str]) -> ssl.SSLContext:
    """Trusts the system's authorities, or certifi's if the system has none, and those installed for this registry.

    registry: HOST or HOST:PORT. Raises ImageFault for a file among those that is not a certificate.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    paths = ssl.get_default_verify_paths()
    if not context.get_ca_certs() and not (paths.capath and os.path.isdir(paths.capath)):
        import certifi

        context.load_verify_locations(cafile=certifi.where())
    own = os.path.join(environ.get("HOME") or os.path.expanduser("~"), _OWN)
    for folder in (os.path.join(each, registry) for each in (own, *FOLDERS)):
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            if name.endswith(".crt"):
                try:
                    context.load_verify_locations(cafile=os.path.join(folder, name))
                except OSError:
                    what = f"{folder}/{name} is not a certificate in PEM"
                    raise ImageFault(what, "correct or remove the file", code="registry-unavailable") from None
    return context
