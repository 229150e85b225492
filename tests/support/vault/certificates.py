"""Our own authority and its certificates, made by the PKI engine of a real OpenBao."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.vault.openbao import OpenBao


def mount_authority(bao: OpenBao, mount: str) -> str:
    """A PKI engine with an authority of its own. Returns the authority's certificate, in PEM."""
    bao.do("POST", f"sys/mounts/{mount}", {"type": "pki"})
    kind = "root"  # and not an intermediate authority
    made = bao.do("POST", f"{mount}/{kind}/generate/internal", {"common_name": "Test CA", "key_type": "ec"})
    certificate: str = made["certificate"]
    return certificate


class Authority:
    """ca: the authority's certificate, in PEM."""

    def __init__(self, bao: OpenBao, directory: Path) -> None:
        self._bao = bao
        self._directory = directory
        self._mount = f"pki-{directory.name}"
        certificate = mount_authority(bao, self._mount)
        role = {
            "allow_any_name": True,
            "enforce_hostnames": False,
            "allow_ip_sans": True,
            "key_type": "ec",
            "not_before_duration": "1s",
        }
        bao.do("POST", f"{self._mount}/roles/any", role)
        self.ca = directory / "ca.pem"
        self.ca.write_text(certificate)

    def issue(self, name: str, *, address: str = "127.0.0.1", seconds: int = 3600) -> tuple[Path, Path]:
        """(certificate, key), for a name and an IP address."""
        body = {"common_name": name, "ip_sans": address, "ttl": f"{seconds}s"}
        made = self._bao.do("POST", f"{self._mount}/issue/any", body)
        stem = f"{name}-{time.monotonic_ns()}"
        certificate, key = self._directory / f"{stem}.pem", self._directory / f"{stem}.key"
        certificate.write_text(made["certificate"])
        key.write_text(made["private_key"])
        return certificate, key
