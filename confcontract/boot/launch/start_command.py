"""The command to start: its path, or why it can't be started, in plain words.

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
    """The command to start, found as soon as PATH is known, and before any secret is fetched."""

    __slots__ = ("_environ", "_options", "path")

    def __init__(self, options: Options, environ: Mapping[str, str]) -> None:
        """Raises CommandNotFound or CommandNotExecutable, as the methods below do."""
        self._options = options
        self._environ = environ
        self.path: str | None = None
        self.take(options.command)

    def take(self, command: list[str]) -> None:
        """Set the command when it is known. PATH may still come from an env file if the environment has none."""
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
        """environ: including the env files."""
        if self.path is None and self._options.command:
            self.path = find_command(self._options.command, environ)


def find_command(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """The path of argv[0], as execvp would find it with the PATH of `environ` (`os.defpath` without one).

    Raises CommandNotFound or CommandNotExecutable. For a script, its interpreter must exist as well.
    """
    name = argv[0]
    if "/" in name:
        return look_at(name)
    search = environ.get("PATH", os.defpath)
    found: list[str] = []
    for folder in search.split(":") if name else ():
        path = os.path.join(folder or ".", name)  # an empty entry is the working directory
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return look_at(path)
        if os.path.lexists(path):
            found.append(path)
    if found:
        return look_at(found[0])
    if len(words := name.split()) > 1:
        raise _not_found(
            f"The command {name!r} is one word with spaces in it, and there is no such program.",
            f"Write the words separately, without quotes: confcontract boot -- {' '.join(words)}",
        )
    raise _not_found(
        f"The command {name!r} was not found in PATH ({search}).",
        "Check the first word after --, and the PATH that the application gets.",
    )


def look_at(path: str) -> str:
    """`path`, if the kernel would execute it as far as can be checked."""
    try:
        mode = os.stat(path).st_mode
    except PermissionError:
        raise not_executable(
            f"The command {path!r} can't be reached: permission denied on a folder of its path.",
            f"Give its folders execute permission for user {os.geteuid()}.",
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
        raise not_executable(f"The command {path!r} is a directory.", "Name the program inside it.")
    if not stat.S_ISREG(mode):
        raise not_executable(f"The command {path!r} is not a regular file.", "Name a program.")
    if not os.access(path, os.X_OK):
        raise not_executable(
            f"The command {path!r} is not executable for user {os.geteuid()}.",
            "Set its execute bit (chmod +x); also check that its volume is not mounted noexec.",
        )
    beginning = beginning_of(path)
    fault = _fault_of_first_line(path, beginning)
    if fault:
        raise not_executable(*fault)
    if not beginning.startswith((b"#!", b"\x7fELF")) and os.access(path, os.R_OK) and not _other_formats():
        raise no_program(path)
    return path


def _fault_of_first_line(path: str, beginning: bytes) -> tuple[str, str] | None:
    """The fault of the `#!` line, as message and hint. Checked early, so that no secret is fetched for nothing."""
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
            f"The script {path!r} has Windows line endings, so its interpreter {interpreter!r} was not found.",
            "Save the script with Unix line endings (LF).",
        )
    state = "is not executable" if os.path.lexists(interpreter) else "was not found"
    return (
        f"The script {path!r} can't be executed: its interpreter {interpreter!r} {state}.",
        "Put the interpreter into the image, or correct the script's first line.",
    )


def beginning_of(path: str) -> bytes:
    """The part of the file that the kernel reads; empty if the file can be executed but not read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(256)
    except OSError:
        return b""


def _other_formats() -> bool:
    """Whether the kernel is configured to execute other formats: qemu, Java, Wine, …"""
    try:
        return bool({*os.listdir("/proc/sys/fs/binfmt_misc")} - {"register", "status"})
    except OSError:
        return False


def no_program(path: str) -> ConfcontractError:
    return not_executable(
        f"The command {path!r} is neither a program nor a script with a #! line.",
        "Write for example #!/bin/sh as its first line, or start it as: sh " + path,
    )


def may_be_refused(environ: Mapping[str, str]) -> bool:
    """Whether an environment needs a closer check (`foresee`): a large one, or any one if not all text can be encoded.

    In characters: up to 4 bytes.
    """
    if sys.getfilesystemencoding() != "utf-8":
        return True
    return bool(environ) and (max(map(len, environ.values())) > 32_000 or sum(map(len, environ.values())) > 128_000)


def _not_found(message: str, hint: str) -> ConfcontractError:
    from confcontract.report.errors import CommandNotFound
    from confcontract.report.problem import Problem

    return CommandNotFound(Problem("command-not-found", message, hint=hint))


def not_executable(message: str, hint: str | None, variable: str | None = None) -> ConfcontractError:
    from confcontract.report.errors import CommandNotExecutable
    from confcontract.report.problem import Problem

    return CommandNotExecutable(Problem("command-not-executable", message, hint=hint, variable=variable))
