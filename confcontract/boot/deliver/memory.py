"""Secrets in one inherited file that exists only in memory, without a name in any file system."""

from __future__ import annotations

import os

from confcontract.boot.deliver import FILE, parted
from confcontract.boot.deliver.text import dotenv
from confcontract.errors import ConfigurationInvalid
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.boot.resolution import Resolution


class Memory:
    """A sealed memfd with a dotenv file in it; the application opens /proc/self/fd/N. A new one for each start."""

    reloads = False

    def __init__(self) -> None:
        self._descriptor: int | None = None

    def environ(self, resolution: Resolution) -> dict[str, str]:
        import fcntl

        environ, secret = parted(resolution)
        content = os.fsencode(dotenv(secret, resolution))
        self.close()
        try:
            descriptor = os.memfd_create("secrets.env", os.MFD_ALLOW_SEALING)  # inherited: no MFD_CLOEXEC
        except (AttributeError, OSError):
            message = "this system has no files in memory (memfd_create)"
            hint = "use --deliver files or env"
            raise ConfigurationInvalid(Problem("delivery-impossible", message, hint=hint)) from None
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.fchmod(descriptor, 0o400)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        self._descriptor = descriptor
        return {**environ, FILE: f"/proc/self/fd/{descriptor}"}

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
