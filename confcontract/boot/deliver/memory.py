"""Secrets in one inherited file that exists only in memory, without a name in any file system."""

from __future__ import annotations

import os

from confcontract.boot.deliver.as_text import FILE, dotenv
from confcontract.boot.deliver.secret_names import parted
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.verdict.resolution import Resolution


class Memory:
    """A sealed memfd with a dotenv file, which the application opens as /proc/self/fd/N; a new one for each start."""

    reloads = False

    def __init__(self) -> None:
        self.descriptor: int | None = None

    def environ(self, resolution: Resolution) -> dict[str, str]:
        replacement = self.replace(resolution)
        replacement.keep()
        return replacement.environ

    def replace(self, resolution: Resolution) -> NewMemory:
        environ, secret = parted(resolution)
        return NewMemory(self, environ, _sealed(dotenv(secret, resolution).encode("utf-8", "surrogateescape")))

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


class NewMemory:
    """A memory file for the next start of the application, in addition to that of the previous start."""

    def __init__(self, memory: Memory, environ: dict[str, str], descriptor: int) -> None:
        self.environ = {**environ, FILE: f"/proc/self/fd/{descriptor}"}
        self._memory = memory
        self._before: int | None = memory.descriptor
        self._open = True
        memory.descriptor = descriptor
        if self._before is not None:
            os.set_inheritable(self._before, False)  # every program that is started now gets one of them

    def put_in_place(self) -> None:
        """Does nothing: it has no place."""

    def keep(self) -> None:
        if self._before is not None and self._open:
            os.close(self._before)
        self._open = False

    def take_back(self) -> None:
        if self._open:
            self._memory.close()
            self._memory.descriptor = self._before
            if self._before is not None:
                os.set_inheritable(self._before, True)
        self._open = False


def _sealed(content: bytes) -> int:
    import fcntl

    try:
        descriptor = os.memfd_create("secrets.env", os.MFD_ALLOW_SEALING)  # inherited: no MFD_CLOEXEC
    except AttributeError:
        raise _impossible("this system does not support files in memory (memfd_create)") from None
    except OSError as error:
        raise _impossible(f"a file in memory can't be created: {error.strerror}") from None
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.fchmod(descriptor, 0o400)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError as error:
        os.close(descriptor)
        raise _impossible(f"a file in memory can't be written: {error.strerror}") from None
    return descriptor


def _impossible(message: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(Problem("delivery-impossible", message, hint="use --deliver files or env"))
