"""Why the kernel did not execute the command, in plain words; only loaded in that case."""

from __future__ import annotations

import errno
import os
import sys

from confcontract.boot.launch.start_command import beginning_of, look_at, no_program, not_executable
from confcontract.host.limits import of_errno
from confcontract.report.errors import ConfcontractError, ConfigurationInvalid
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def exec_refused(
    error: OSError | ValueError, path: str, argv: Sequence[str], environ: Mapping[str, str]
) -> ConfcontractError:
    """The exception for an error of execve."""
    if isinstance(error, ValueError):
        return _unpassable(argv, environ)
    if error.errno == errno.E2BIG:
        return _too_big(argv, environ)
    if error.errno in (errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
        try:
            look_at(path)  # check again, because that raises the right message
        except ConfcontractError as known:
            return known
    if error.errno == errno.ENOENT:
        return not_executable(
            f"The program {path!r} exists, but the loader that it needs does not.",
            "A glibc program in a musl (Alpine) image gives this error: use a program built for this image.",
        )
    if error.errno == errno.ENOEXEC:
        if beginning_of(path).startswith(b"\x7fELF"):
            return not_executable(
                f"The program {path!r} is built for another processor architecture, or damaged.",
                f"Use a program built for {os.uname().machine}.",
            )
        return no_program(path)
    if error.errno == errno.ETXTBSY:
        return not_executable(f"The program {path!r} is open for writing.", "Wait until it is written completely.")
    limit = of_errno(error.errno)
    reason = limit.message if limit else f"{os.strerror(error.errno or 0)}."
    return not_executable(f"The command {path!r} can't be executed: {reason}", limit.hint if limit else None)


def _too_big(argv: Sequence[str], environ: Mapping[str, str]) -> ConfcontractError:
    """E2BIG, with the name and size of the largest variable; never the value."""
    sizes = {name: len(os.fsencode(name)) + len(os.fsencode(value)) + 2 for name, value in environ.items()}
    arguments = [len(os.fsencode(argument)) + 1 for argument in argv]
    limit = 32 * os.sysconf("SC_PAGE_SIZE")  # MAX_ARG_STRLEN of Linux, for one string
    largest = max(sizes, key=lambda name: sizes[name], default="")
    if sizes.get(largest, 0) > limit:
        return not_executable(
            f"{largest} is too large for an environment variable: {sizes[largest]} bytes with its name; "
            f"the kernel accepts {limit}.",
            "Put the value into a file, and the path of the file into the variable.",
            largest,
        )
    if arguments and max(arguments) > limit:
        return not_executable(
            f"Argument {arguments.index(max(arguments))} of the command is too large: {max(arguments)} bytes; "
            f"the kernel accepts {limit}.",
            "Pass it in a file.",
        )
    return not_executable(
        f"Environment and arguments are too large together: {sum(sizes.values()) + sum(arguments)} bytes; "
        + (f"the largest variable is {largest} with {sizes[largest]} bytes." if largest else "shorten the arguments."),
        "Move large values into files. The stack limit (ulimit -s) limits the total size.",
        largest or None,
    )


def _unpassable(argv: Sequence[str], environ: Mapping[str, str]) -> ConfcontractError:
    """A NUL, a name with =, or text that the locale's encoding can't represent: execve doesn't accept it."""
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
    return not_executable(
        f"Argument {numbers[0] if numbers else 0} of the command is empty or contains a NUL or a character that can't "
        "be encoded.",
        "Correct the command.",
    )


def _lacking(text: str) -> str:
    """The encoding of environments here, if it lacks a character; "" if it has all of them."""
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
