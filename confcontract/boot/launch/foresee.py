"""Whether the kernel would execute a command, as far as that can be told without trying."""

from __future__ import annotations

import errno
import os

from confcontract.boot.launch.command import exec_refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.verdict.resolution import Resolution

_MACHINES = {"x86_64": (62, 3), "aarch64": (183, 40), "ppc64le": (21,), "s390x": (22,), "riscv64": (243,)}  # e_machine
_FORMATS = "/proc/sys/fs/binfmt_misc"  # what else the kernel was taught to execute: qemu, Java, Wine, …
_STRING = 32 * os.sysconf("SC_PAGE_SIZE")  # MAX_ARG_STRLEN
_LEAST = 128 * 1024  # ARG_MAX, whatever the stack limit
_MOST = 6 * 1024 * 1024  # three quarters of _STK_LIM


def foresee(path: str | None, argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Raises what `launch.hand_off` would: CommandNotExecutable or ConfigurationInvalid.

    path: of the command, as `find_command` gives it; None looks at the environment alone.
    """
    try:
        sizes = [len(os.fsencode(text)) for text in argv]
        sizes += [len(os.fsencode(name)) + 1 + len(os.fsencode(value)) for name, value in environ.items()]
    except UnicodeEncodeError:
        raise exec_refused(ValueError(), path or "", argv, environ) from None
    bad = any("\0" in text for text in (*argv, *environ.values())) or (argv and not argv[0])
    if bad or any(not name or "=" in name or "\0" in name for name in environ):
        raise exec_refused(ValueError(), path or "", argv, environ)
    if any(size + 1 > _STRING for size in sizes) or sum(sizes) + 9 * len(sizes) + len(path or "") > _limit():
        raise exec_refused(OSError(errno.E2BIG, ""), path or "", argv, environ)
    number = refusal(path) if path is not None else 0
    if path is not None and number:
        raise exec_refused(OSError(number, ""), path, argv, environ)


def in_environment(resolution: Resolution, way: str | None) -> Mapping[str, str]:
    """What the application would get in its environment. way: how secrets are delivered; None as the contract says."""
    if (way or resolution.contract.deliver) == "env":
        return resolution.environ
    from confcontract.boot.deliver import parted

    return parted(resolution)[0]


def _limit() -> int:
    """Bytes for arguments and environment together, their pointers included; `bprm_stack_limits` of Linux."""
    import resource

    stack = resource.getrlimit(resource.RLIMIT_STACK)[0]
    return _MOST if stack == resource.RLIM_INFINITY else max(min(_MOST, stack // 4), _LEAST)


def refusal(path: str) -> int:
    """The errno of a file that is no program for this machine, or whose loader is missing; 0 if none is seen."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError:
        return 0  # it may be executed, but not read
    if head.startswith(b"#!") or _other_formats():
        return 0
    if not head.startswith(b"\x7fELF"):
        return errno.ENOEXEC
    machines = _MACHINES.get(os.uname().machine)
    if machines is None:
        return 0
    if int.from_bytes(head[18:20], "big" if head[5:6] == b"\x02" else "little") not in machines:
        return errno.ENOEXEC
    loader = _loader(head)
    return errno.ENOENT if loader and not os.path.exists(loader) else 0


def _other_formats() -> bool:
    try:
        return bool({*os.listdir(_FORMATS)} - {"register", "status"})
    except OSError:
        return False


def _loader(head: bytes) -> str | None:
    """PT_INTERP of a 64-bit little-endian program; None where there is none, or none within these bytes."""
    if head[4:6] != b"\x02\x01" or len(head) < 64:
        return None
    start, size, count = (int.from_bytes(head[a:b], "little") for a, b in ((32, 40), (54, 56), (56, 58)))
    for index in range(min(count, 64)):
        entry = head[start + index * size : start + index * size + 56]
        if len(entry) == 56 and int.from_bytes(entry[:4], "little") == 3:
            offset, length = int.from_bytes(entry[8:16], "little"), int.from_bytes(entry[32:40], "little")
            text = head[offset : offset + length]
            return os.fsdecode(text.rstrip(b"\0")) if len(text) == length else None
    return None
