"""The command to start: where it is, and in plain words why it can't be started.

Exit codes as a shell gives them: 127 there is no such command, 126 there is one but it can't be executed.
"""

from __future__ import annotations

import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.boot.options import Options
    from confcontract.report.errors import ConfcontractError


class StartCommand:
    """The command to start, looked up as soon as its PATH is known, and before any secret is fetched."""

    __slots__ = ("_environ", "_options", "path")

    def __init__(self, options: Options, environ: Mapping[str, str]) -> None:
        """Raises CommandNotFound or CommandNotExecutable, as the methods below do."""
        self._options = options
        self._environ = environ
        self.path: str | None = None
        self.take(options.command)

    def take(self, command: list[str]) -> None:
        """The command, once it is known. PATH may yet come from an env file if the environment has none."""
        options = self._options
        options.command = command
        files = options.env_files or options.conf_files or os.path.isdir(options.conf_dir)
        if options.command and ("/" in options.command[0] or "PATH" in self._environ or not files):
            self.look(self._environ)

    @property
    def words(self) -> list[str]:
        return self._options.command

    @property
    def found(self) -> str:
        """Its path. Raises UsageError if there is no command."""
        if self.path is None:
            from confcontract.report.errors import UsageError
            from confcontract.report.problem import Problem

            raise UsageError(Problem("usage", "there is no command to start", hint="write it after --"))
        return self.path

    def look(self, environ: Mapping[str, str]) -> None:
        """environ: with all that env files say."""
        if self.path is None and self._options.command:
            self.path = find_command(self._options.command, environ)


def find_command(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """The path of argv[0], as execvp would find it with the PATH of `environ` (`os.defpath` without one).

    Raises CommandNotFound or CommandNotExecutable. A script is looked into: its interpreter must be there too.
    """
    name = argv[0]
    if "/" in name:
        return _checked(name)
    search = environ.get("PATH", os.defpath)
    found: list[str] = []
    for folder in search.split(":") if name else ():
        path = os.path.join(folder or ".", name)  # an empty entry is the working directory
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return _checked(path)
        if os.path.lexists(path):
            found.append(path)
    if found:
        return _checked(found[0])
    raise _not_found(
        f"The command {name!r} was not found in PATH ({search}).",
        "Check the first word after --, and the PATH that the application gets.",
    )


def _checked(path: str) -> str:
    """`path` if, as far as one can see, the kernel would execute it."""
    try:
        mode = os.stat(path).st_mode
    except PermissionError:
        raise _not_executable(
            f"The command {path!r} can't be reached: permission denied on a folder of its path.",
            f"Make its folders searchable for user {os.geteuid()}.",
        ) from None
    except (OSError, ValueError):
        if os.path.islink(path):
            raise _not_found(
                f"The command {path!r} is a symbolic link to {os.readlink(path)!r}, which does not exist.",
                "Correct the link, or put its target into the image.",
            ) from None
        raise _not_found(
            f"The command {path!r} does not exist.", "Check the first word after --, and the working directory."
        ) from None
    if stat.S_ISDIR(mode):
        raise _not_executable(f"The command {path!r} is a directory.", "Name the program inside it.")
    if not stat.S_ISREG(mode):
        raise _not_executable(f"The command {path!r} is not a regular file.", "Name a program.")
    if not os.access(path, os.X_OK):
        raise _not_executable(
            f"The command {path!r} is not executable for user {os.geteuid()}.",
            "Set its execute bit (chmod +x); a volume that is mounted noexec forbids it too.",
        )
    beginning = _beginning(path)
    fault = _fault_of_first_line(path, beginning)
    if fault:
        raise _not_executable(*fault)
    if not beginning.startswith((b"#!", b"\x7fELF")) and os.access(path, os.R_OK) and not _other_formats():
        raise _no_program(path)
    return path


def _fault_of_first_line(path: str, beginning: bytes) -> tuple[str, str] | None:
    """What is wrong with the `#!` line, as message and hint. Checked early: no secret is fetched in vain."""
    first = beginning.split(b"\n", 1)[0]
    if not first.startswith(b"#!"):
        return None
    interpreter = os.fsdecode(first[2:].replace(b"\t", b" ").strip(b" ").split(b" ", 1)[0])
    if not interpreter:
        return f"The script {path!r} names no interpreter after #!.", "Write for example #!/bin/sh as its first line."
    if os.access(interpreter, os.X_OK) and os.path.isfile(interpreter):
        return None
    if interpreter.endswith("\r"):
        return (
            f"The script {path!r} has Windows line ends, so that its interpreter {interpreter!r} was not found.",
            "Save the script with Unix line ends (LF).",
        )
    state = "is not executable" if os.path.lexists(interpreter) else "was not found"
    return (
        f"The script {path!r} can't be executed: its interpreter {interpreter!r} {state}.",
        "Put the interpreter into the image, or correct the script's first line.",
    )


def _beginning(path: str) -> bytes:
    """As much of the file as the kernel looks at; nothing if it may be executed but not read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(256)
    except OSError:
        return b""


def _other_formats() -> bool:
    """Whether the kernel was taught to execute something else: qemu, Java, Wine, …"""
    try:
        return bool({*os.listdir("/proc/sys/fs/binfmt_misc")} - {"register", "status"})
    except OSError:
        return False


def _no_program(path: str) -> ConfcontractError:
    return _not_executable(
        f"The command {path!r} is neither a program nor a script with a #! line.",
        "Write for example #!/bin/sh as its first line, or start it as: sh " + path,
    )


def may_be_refused(environ: Mapping[str, str]) -> bool:
    """Whether an environment is worth a closer look (`foresee`): a large one, or any where not all text can be encoded.

    In characters: up to 4 bytes.
    """
    if sys.getfilesystemencoding() != "utf-8":
        return True
    return bool(environ) and (max(map(len, environ.values())) > 32_000 or sum(map(len, environ.values())) > 128_000)


def exec_refused(
    error: OSError | ValueError, path: str, argv: Sequence[str], environ: Mapping[str, str]
) -> ConfcontractError:
    """The exception for what execve raised."""
    import errno

    if isinstance(error, ValueError):
        return _unpassable(argv, environ)
    if error.errno == errno.E2BIG:
        return _too_big(argv, environ)
    if error.errno in (errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
        from confcontract.report.errors import ConfcontractError

        try:
            _checked(path)  # look again: it knows what to say
        except ConfcontractError as known:
            return known
    if error.errno == errno.ENOENT:
        return _not_executable(
            f"The program {path!r} exists, but the loader that it was linked for does not.",
            "This is what a glibc program looks like in a musl (Alpine) image: use one built for this image.",
        )
    if error.errno == errno.ENOEXEC:
        if _beginning(path).startswith(b"\x7fELF"):
            return _not_executable(
                f"The program {path!r} is built for another processor architecture, or damaged.",
                f"Use a program built for {os.uname().machine}.",
            )
        return _no_program(path)
    if error.errno == errno.ETXTBSY:
        return _not_executable(f"The program {path!r} is open for writing.", "Wait until it is written completely.")
    from confcontract.host.limits import of_errno

    limit = of_errno(error.errno)
    reason = limit.message if limit else f"{os.strerror(error.errno or 0)}."
    return _not_executable(f"The command {path!r} can't be executed: {reason}", limit.hint if limit else None)


def _too_big(argv: Sequence[str], environ: Mapping[str, str]) -> ConfcontractError:
    """E2BIG, with the name and the size of what is largest; never the value."""
    sizes = {name: len(os.fsencode(name)) + len(os.fsencode(value)) + 2 for name, value in environ.items()}
    arguments = [len(os.fsencode(argument)) + 1 for argument in argv]
    limit = 32 * os.sysconf("SC_PAGE_SIZE")  # MAX_ARG_STRLEN of Linux, for one string
    largest = max(sizes, key=lambda name: sizes[name], default="")
    if sizes.get(largest, 0) > limit:
        return _not_executable(
            f"{largest} is too large for an environment variable: {sizes[largest]} bytes with its name; "
            f"the kernel takes {limit}.",
            "Put the value into a file, and the path of the file into the variable.",
            largest,
        )
    if arguments and max(arguments) > limit:
        return _not_executable(
            f"Argument {arguments.index(max(arguments))} of the command is too large: {max(arguments)} bytes; "
            f"the kernel takes {limit}.",
            "Pass it in a file.",
        )
    return _not_executable(
        f"Environment and arguments are too large together: {sum(sizes.values()) + sum(arguments)} bytes; "
        + (f"the largest variable is {largest} with {sizes[largest]} bytes." if largest else "shorten the arguments."),
        "Put large values into files; the stack limit (ulimit -s) bounds the total.",
        largest or None,
    )


def _unpassable(argv: Sequence[str], environ: Mapping[str, str]) -> ConfcontractError:
    """A NUL, a name with =, or text that the locale's encoding doesn't have: execve can't take it."""
    from confcontract.report.errors import ConfigurationInvalid
    from confcontract.report.problem import Problem

    for name, value in environ.items():
        if lacking := _lacking(name + value):
            return ConfigurationInvalid(
                Problem(
                    "value-invalid",
                    f"can't be handed over as an environment variable: the encoding of the locale, {lacking}, does not "
                    "have all of its characters",
                    variable=name,
                    hint="correct the value where it comes from"
                    if lacking == "utf-8"
                    else "set LC_ALL or LANG to a UTF-8 locale, such as C.UTF-8, for boot and the application",
                )
            )
        if not name or "=" in name or not _passable(name) or not _passable(value):
            return ConfigurationInvalid(
                Problem(
                    "value-invalid",
                    f"{name!r} can't be handed over as an environment variable: its name is empty or contains =, "
                    "or there is a NUL in it.",
                    variable=name,
                    hint="Correct the value where it comes from.",
                )
            )
    numbers = [number for number, argument in enumerate(argv) if not _passable(argument)]
    return _not_executable(
        f"Argument {numbers[0] if numbers else 0} of the command is empty or contains a NUL or a character that can't "
        "be encoded.",
        "Correct the command.",
    )


def _lacking(text: str) -> str:
    """The encoding that environments have here, if it lacks a character; "" if it has them all."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return sys.getfilesystemencoding()
    return ""


def _passable(text: str) -> bool:
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _not_found(message: str, hint: str) -> ConfcontractError:
    from confcontract.report.errors import CommandNotFound
    from confcontract.report.problem import Problem

    return CommandNotFound(Problem("command-not-found", message, hint=hint))


def _not_executable(message: str, hint: str | None, variable: str | None = None) -> ConfcontractError:
    from confcontract.report.errors import CommandNotExecutable
    from confcontract.report.problem import Problem

    return CommandNotExecutable(Problem("command-not-executable", message, hint=hint, variable=variable))
