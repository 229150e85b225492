"""Boot and probes run isolated, as `python -I` does, whoever started them and however.

PYTHON* variables, modules of the working directory and of PYTHONPATH, user site-packages and sitecustomize are the
application's: they don't rule boot, which hands them on. This is the first module of ours that runs. It imports
nothing but what is built into the interpreter, and no `__future__` either: a file of that name in the application's
folder would be loaded in its place.
"""

import posix
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
else:
    import _signal

ISOLATED = ("boot", "probe")  # the commands; others import the application, and do it as any Python does
OPTION = "confcontract"  # -X confcontract=MASK or MASK,DESCRIPTOR: what `_start_again` has kept
HARMLESS = frozenset(  # variables for which nothing is started again: they change nothing that boot does
    b"PYTHON" + name
    for name in (
        b"ASYNCIODEBUG", b"BREAKPOINT", b"COERCECLOCALE", b"DONTWRITEBYTECODE", b"FAULTHANDLER", b"HASHSEED",
        b"NODEBUGRANGES", b"NOUSERSITE", b"SAFEPATH", b"STARTUP", b"UNBUFFERED", b"USERBASE", b"UTF8",
    )
)  # fmt: skip
# Python obeys these even with -I, takes them for its own path, and doesn't find its virtual environment.
MISLEADING = (b"PYTHONEXECUTABLE", b"__PYVENV_LAUNCHER__")


def isolate() -> bytes | None:
    """Start again with -I if the command is one that needs it and the environment has a say otherwise.

    Without -I if a script's first line has it, and the command is not. Call it before anything else of ours is
    imported. Returns `environ_block()`.
    """
    block = environ_block()
    flag = "-I" if sys.flags.isolated else ""
    wanted = "-I" if sys.argv[1:2] and sys.argv[1] in ISOLATED else ""
    if kept := str(sys._xoptions.get(OPTION, "")):
        if descriptor := kept.partition(",")[2]:
            posix.set_inheritable(int(descriptor), False)
    else:
        if _misled(block):
            _start_again(wanted or flag, block)
        elif not flag and _replaced():
            _start_again(wanted or "-P", block)
        elif wanted and not flag and _ruled():
            _start_again(wanted, block)
        elif flag and not wanted and _by_first_line() and _would_be_ruled():
            _start_again("", block)
    if not sys.flags.safe_path and sys.path:
        first = sys.path.pop(0)  # the working directory, or the script's; what imports the application adds it
        if first == _place():
            include(first)
    return block


def include(folder: str) -> None:
    """Have a folder searched, behind the standard library, before what is installed."""
    if folder not in sys.path:
        at = [number for number, path in enumerate(sys.path) if path.endswith("-packages")]
        sys.path.insert(at[0] if at else len(sys.path), folder)


def unblock_signals() -> None:
    """Take the signals that came while this process was starting again. Call it when there are handlers."""
    if kept := sys._xoptions.get(OPTION):
        mask = int(str(kept).split(",")[0], 16)
        found = [number for number in _signal.valid_signals() if mask >> number & 1]
        _signal.pthread_sigmask(_signal.SIG_SETMASK, found)


def environ_block() -> bytes | None:
    """The environment as the kernel gave it to this process, before it was started again: entries that end in a NUL.
    None if that isn't known."""
    kept = str(sys._xoptions.get(OPTION, "")).partition(",")[2]
    return _read(f"/proc/self/fd/{kept}" if kept else "/proc/self/environ")


def _misled(block: bytes | None) -> bool:
    """Whether the interpreter took a variable for its own path. It removes the second from `environ` as it does so: the
    kernel's copy still has it."""
    given = b"\0" + (block or b"")
    return any(name in posix.environ or b"\0" + name + b"=" in given for name in MISLEADING)


def _ruled() -> bool:
    """Whether the environment has a say in what this process imports and does."""
    obeyed = not sys.flags.ignore_environment and any(map(_matters, posix.environ))
    return obeyed or _user_site() not in ("", _place())


def _would_be_ruled() -> bool:
    return any(map(_matters, posix.environ)) or sys.prefix == sys.base_prefix  # a virtual environment has no user site


def _matters(name: bytes) -> bool:
    if not name.startswith(b"PYTHON") or name in HARMLESS or name[6:7] == b"_":  # PYTHON_VERSION of Docker's image
        return False
    return name != b"PYTHONIOENCODING" or posix.environ[name].lower() not in (b"utf-8", b"utf8")


def _user_site() -> str:
    """The folder of the user's own modules, if it is searched."""
    folder = getattr(sys.modules.get("site"), "USER_SITE", None) or ""
    return folder if folder in sys.path else ""


def _replaced() -> bool:
    """Whether the working directory, or a script's, has given a module already, which runs in another's place."""
    here = sys.path[0] if sys.path and not sys.flags.safe_path else None
    for name, module in [*sys.modules.items()]:
        folder, _, file = str(getattr(module, "__file__", None) or "").rpartition("/")
        if "." in name or name in ("__main__", "confcontract"):
            continue
        if file.startswith("__init__."):
            folder = folder.rpartition("/")[0]
        if folder and folder == here:
            return True
    return False


def _by_first_line() -> bool:
    """Whether -I comes from a script's first line; else it was asked for."""
    return sys.orig_argv[1:2] == ["-I"] and not "".join(sys.orig_argv[2:3]).startswith("-")


def _place() -> str:
    """The folder that has the package."""
    return __file__.rpartition("/")[0].rpartition("/")[0]


def _start_again(flag: str, block: bytes | None) -> None:
    """Become the same program in a fresh interpreter. Signals wait until it takes them. Returns if it can't be."""
    if block is None:
        given = [name + b"=" + value for name, value in posix.environ.items()]
    else:
        given = block.split(b"\0")[:-1]
    passed = {name: value for name, equals, value in [entry.partition(b"=") for entry in reversed(given)] if equals}
    passed = {name: passed[name] for name in reversed(passed) if name and name not in MISLEADING}
    kept = f",{_keep(given)}" if len(passed) != len(given) else ""
    found = _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
    option = f"{OPTION}={sum(1 << number for number in found):x}{kept}"
    words = [sys.orig_argv[0], *filter(None, [flag]), "-X", option, *_arguments(flag)]
    for program in ("/proc/self/exe", sys.executable):
        try:
            posix.execve(program, words, passed)
        except OSError:
            continue
    _signal.pthread_sigmask(_signal.SIG_SETMASK, found)


def _keep(given: list[bytes]) -> int:
    """The descriptor of a file in memory with an environment that can't be passed on as it is. It may hold secrets."""
    descriptor = posix.memfd_create("environ", 0)
    content = b"".join(entry + b"\0" for entry in given)
    while content:
        content = content[posix.write(descriptor, content) :]
    return descriptor


def _arguments(flag: str) -> list[str]:
    """What this process was started with, without -I. Where the flag would hide the package, its own path."""
    place = _place()
    hidden = [sys.path[0]] if sys.path and not sys.flags.safe_path else []
    if flag == "-I":
        hidden += [_user_site(), *posix.environ.get(b"PYTHONPATH", b"").decode("utf-8", "surrogateescape").split(":")]
    if flag and place and place in [path.rstrip("/") for path in hidden]:
        return [f"{place}/confcontract/__main__.py", *sys.argv[1:]]
    return sys.orig_argv[2:] if sys.orig_argv[1:2] == ["-I"] else sys.orig_argv[1:]


def _read(path: str) -> bytes | None:
    try:
        descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = b""
        while part := posix.read(descriptor, 1 << 16):  # once a larger one is freed, malloc keeps later ones
            found += part
        return found
    except OSError:
        return None
    finally:
        posix.close(descriptor)
