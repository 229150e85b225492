"""The application gets the process that its parent made, as if boot had not been there."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.at_terminal import start_at_terminal
from tests.support.forks import plain_environ, server
from tests.support.launching import SAFETY, supervise_with

PLAIN = {"PATH": "/usr/bin:/bin"}


def test_an_exit_code_passes_through(boot_command: Any, start: Any, supervised: bool) -> None:
    for batch in range(0, 256, 64):
        some = range(batch + 1, batch + 64, 31 if supervised else 8)  # under a supervisor all of them: below
        processes = [start(boot_command("/bin/sh", "-c", f"exit {code}"), env=PLAIN) for code in some]
        assert [process.wait(timeout=SAFETY) for process in processes] == list(some)


def test_every_exit_code_passes_through_a_supervisor(empty_contract: Path) -> None:
    """Each is a process of its own, but has not imported for itself what takes so long. Without a supervisor there is
    nothing of ours left that could change it: above.
    """
    for code in range(256):
        argv = supervise_with(empty_contract, "/bin/sh", "-c", f"exit {code}")
        assert server().run(argv[argv.index("boot") :], plain_environ(), "/")[0] == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGABRT, signal.SIGPIPE, signal.SIGUSR1])
def test_death_by_a_signal_is_seen_as_such(
    boot_command: Any, run: Any, number: int, tmp_path: Path, supervised: bool
) -> None:
    expected = 128 + number if supervised else -number
    assert run(boot_command("/bin/sh", "-c", f"kill -{int(number)} $$"), cwd=tmp_path).returncode == expected


def test_the_process_id_stays_the_same_unless_there_is_a_supervisor(
    boot_command: Any, start: Any, supervised: bool
) -> None:
    process = start(boot_command("/bin/sh", "-c", "echo $$ $PPID"))
    assert int(process.communicate(timeout=SAFETY)[0].split()[supervised]) == process.pid


def test_arguments_arrive_byte_for_byte(boot_command: Any, run: Any) -> None:
    arguments = ["", "a b", "--help", "$HOME", "ü€", os.fsdecode(b"\xff\xfe"), "x" * 100_000]
    done = run(boot_command("/usr/bin/printf", "%s\\0", *arguments))
    assert done.stdout.split(b"\0")[:-1] == [os.fsencode(argument) for argument in arguments]


# Signals


def nothing() -> None:
    pass


def ignore_some() -> None:
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGCHLD, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)


def block_some() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD})


def block_and_let_wait() -> None:
    block_some()
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("parent", [nothing, ignore_some, block_some, block_and_let_wait])
def test_signal_dispositions_and_mask_are_those_of_a_direct_start(
    boot_command: Any, run: Any, parent: Callable[[], None], supervised: bool
) -> None:
    # without a shell around it, which would change what it was given
    app = ["/usr/bin/grep", "-E", "^Sig(Ign|Blk|Cgt)|Pnd", "/proc/self/status"]
    direct = _signals(run(app, preexec_fn=parent))
    if supervised:  # documented: who must hear of its children's ends can't pass on that they are ignored
        direct["SigIgn"] &= ~(1 << signal.SIGCHLD - 1)
    booted = run(boot_command(*app), preexec_fn=parent)
    if supervised and parent is block_and_let_wait:  # it hears what waited, before there is anybody to pass it on to
        assert booted.returncode == 128 + signal.SIGTERM
        return
    assert _signals(booted) == direct


def _signals(done: subprocess.CompletedProcess[bytes]) -> dict[str, int]:
    found = {line.split()[0].rstrip(":"): int(line.split()[1], 16) for line in done.stdout.decode().splitlines()}
    assert {"SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt"} == set(found)
    return found


def test_an_ignored_sigpipe_comes_back_as_the_default(stub: Any, run: Any) -> None:
    """Documented: Python ignores SIGPIPE from its first moment, so what the parent did with it can't be known."""
    app = ["/usr/bin/grep", "^SigIgn", "/proc/self/status"]
    done = run(stub(*app), preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN) and None)
    ignored = int(done.stdout.split()[1], 16)
    assert not ignored & 1 << signal.SIGPIPE - 1
    # and nothing else than a direct start would find: the two that the C library keeps for itself can't be set
    assert done.stdout == run(app).stdout


# Descriptors


def test_inherited_descriptors_pass_and_ours_do_not_leak(boot_command: Any, run: Any, tmp_path: Path) -> None:
    app = ["/usr/bin/find", "/proc/self/fd", "-printf", "%f %l\n"]
    with open(tmp_path / "inherited", "w") as file, open(tmp_path / "err", "w") as err:
        options: dict[str, Any] = {"pass_fds": [file.fileno()], "stderr": err}
        with open(tmp_path / "direct", "w+") as out:
            run(app, stdout=out, **options)
        with open(tmp_path / "booted", "w+") as out:
            run(boot_command(*app), stdout=out, **options)
    direct, booted = (tmp_path / "direct").read_text(), (tmp_path / "booted").read_text()
    # find's own look into the folder has the process id in it
    numbers = [[line.split()[0] for line in sorted(text.splitlines())] for text in (direct, booted)]
    assert numbers[0] == numbers[1]
    assert "inherited" in booted


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)], ids=str)
def test_closed_standard_streams_stay_closed(
    boot_command: Any, run: Any, tmp_path: Path, closed: tuple[int, ...]
) -> None:
    def close_them() -> None:
        for number in closed:
            os.close(number)

    script = "for n in 0 1 2; do test -e /proc/$$/fd/$n && echo $n; done > " + str(tmp_path / "seen")
    done = run(boot_command("/bin/sh", "-c", script + "; exit 7"), preexec_fn=close_them)
    assert done.returncode == 7, done.stderr
    # the shell's own redirection occupies 1 while it looks
    seen = {int(line) for line in (tmp_path / "seen").read_text().split()} - {1}
    assert seen == {0, 2} - set(closed)


def test_a_failure_with_every_stream_closed_is_still_told_by_the_exit_code(boot_command: Any, run: Any) -> None:
    assert run(boot_command("/no/such/command"), preexec_fn=lambda: os.closerange(0, 3)).returncode == 127


@pytest.mark.parametrize("kind", ["nobody reads", "full"])
def test_what_boot_can_not_say_does_not_keep_the_application_from_starting(
    boot_command: Any, run: Any, kind: str
) -> None:
    if kind == "full":
        unwritable = os.open("/dev/full", os.O_WRONLY)
    else:
        read, unwritable = os.pipe()
        os.close(read)
    codes = [
        run(boot_command(*app), stdout=unwritable, stderr=unwritable).returncode
        for app in (("/bin/sh", "-c", "exit 5"), ("/no/such/command",))
    ]
    os.close(unwritable)
    assert codes == [5, 127]


def test_a_terminal_stays_a_terminal(boot_command: Any) -> None:
    argv = boot_command("/bin/sh", "-c", "tty && test -t 0 && test -t 1 && test -t 2 && stty -a | head -1; exit 9")
    process, terminal = start_at_terminal(argv, PLAIN)
    shown = read_all(terminal)
    assert process.wait(SAFETY) == 9
    assert b"/dev/pts/" in shown
    assert b"speed" in shown


def read_all(terminal: int) -> bytes:
    shown = b""
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:
        pass  # Linux reports the end of a terminal as EIO
    os.close(terminal)
    return shown


# Limits, identity, place


def test_limits_are_those_of_a_direct_start(boot_command: Any, stub: Any, run: Any) -> None:
    def wish_for_cores() -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard if hard == resource.RLIM_INFINITY else hard // 2, hard))

    app = ["/usr/bin/cat", "/proc/self/limits"]
    direct = run(app, preexec_fn=wish_for_cores)
    assert run(boot_command(*app), preexec_fn=wish_for_cores).stdout == direct.stdout
    assert run(stub(*app, options=("--harden",)), preexec_fn=wish_for_cores).stdout == direct.stdout


DUMPABLE = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"


def test_the_application_can_be_debugged_after_a_hardened_boot(stub: Any, run: Any) -> None:
    done = run(stub(sys.executable, "-c", DUMPABLE, options=("--harden",)))
    assert done.stdout == b"1\n", done.stderr


def test_umask_priority_and_working_directory_are_untouched(boot_command: Any, run: Any, tmp_path: Path) -> None:
    def odd() -> None:
        os.umask(0o137)
        os.nice(3)

    app = ["/bin/sh", "-c", "umask; nice; pwd"]
    direct = run(app, preexec_fn=odd, cwd=tmp_path)
    assert run(boot_command(*app), preexec_fn=odd, cwd=tmp_path).stdout == direct.stdout


def as_nobody(argv: list[str], run: Any) -> list[str]:
    """`argv` as user 65534, who may still read wherever the interpreter lives; a container image has no such need."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become another user")
    if run(["setpriv", "--version"], env=dict(os.environ)).returncode:
        pytest.skip("setpriv is missing")
    identity = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    reading = [*identity, "--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    for become in (reading, identity):
        if run([*become, sys.executable, "-c", "import pydantic_core"]).returncode == 0:
            return [*become, *argv]
    pytest.skip("another user can't execute the interpreter that runs the tests")


def test_a_user_who_is_not_root_boots_as_well(boot_command: Any, run: Any) -> None:
    done = run(as_nobody(boot_command("/bin/sh", "-c", "id -u; exit 5"), run))
    assert (done.returncode, done.stdout) == (5, b"65534\n"), done.stderr


def test_a_hardened_boot_as_another_user_can_still_open_what_it_inherited(stub: Any, run: Any) -> None:
    """A process that isn't dumpable doesn't own its /proc entries; `--env-file <(...)` must work all the same."""
    command = stub("/bin/sh", "-c", "exit 4", options=("--harden", "--pause", "reading"))
    shell = ["/bin/sh", "-c", 'echo x | "$@"', "sh"]  # so that the pipe is that user's own
    done = run(as_nobody([*shell, *command], run), env={**PLAIN, "FIFO": "/dev/fd/0"})
    assert done.returncode == 4, done.stderr


def test_nothing_needs_to_be_writable(boot_command: Any, run: Any) -> None:
    readonly = "mount --make-rprivate / && mount -o remount,bind,ro / && mount -t tmpfs -o ro,size=4k none /tmp"
    inside = ["unshare", "--mount", "/bin/sh", "-c"]
    if run([*inside, readonly], env=dict(os.environ)).returncode:
        pytest.skip("unshare --mount is not allowed here")
    command = boot_command("/bin/sh", "-c", "touch /tmp/x /x 2>/dev/null || exit 6")
    if "/tmp/" in " ".join(command):
        readonly = readonly.rsplit("&&", 1)[0]  # the contract of this test lies there
        command = [*command[:-1], "touch /x 2>/dev/null || exit 6"]
    done = run([*inside, readonly + ' && cd / && exec "$@"', "sh", *command])
    assert done.returncode == 6, done.stderr


# The environment


def environ_of(done: subprocess.CompletedProcess[bytes]) -> dict[bytes, bytes]:
    return dict(entry.split(b"=", 1) for entry in done.stdout.split(b"\0") if entry)


SHOW = ("/usr/bin/cat", "/proc/self/environ")


@pytest.mark.parametrize(
    "locale",
    [
        {},
        {"LANG": "C"},
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX"},
        {"LC_CTYPE": "C"},
        {"LC_CTYPE": "C.UTF-8"},
        {"LANG": "C.UTF-8"},
        {"LANG": "xx_XX.nonsense"},
        {"PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_the_environment_is_handed_over_byte_for_byte_in_every_locale(
    boot_command: Any, run: Any, locale: dict[str, str]
) -> None:
    given: dict[bytes, bytes] = {os.fsencode(name): os.fsencode(value) for name, value in {**PLAIN, **locale}.items()}
    given |= {
        b"LATIN": b"caf\xe9",
        b"ALL_BYTES": bytes(range(1, 256)),
        b"UTF8": "ü€😀".encode(),
        b"EMPTY": b"",
        b"EQUALS": b"a=b=c",
        b"LINES": b"one\ntwo\r\n",
        b"odd name.with-signs": b"1",
        b"N\xe4me": b"\xff",
    }
    assert environ_of(run(boot_command(*SHOW), env=given)) == given


def test_a_megabyte_of_environment_passes(boot_command: Any, run: Any) -> None:
    given = {b"PATH": b"/usr/bin:/bin", **{b"BIG_%d" % number: bytes([65 + number]) * 100_000 for number in range(10)}}
    assert environ_of(run(boot_command(*SHOW), env=given)) == given


NAMELESS = """
import ctypes, sys
words = [word.encode() for word in sys.argv[1:]]
strings = lambda items: (ctypes.c_char_p * (len(items) + 1))(*items, None)
ctypes.CDLL(None).execve(words[0], strings(words), strings([b"PATH=/usr/bin:/bin", b"=nameless", b"no sign"]))
"""


def test_an_entry_without_a_name_or_a_value_is_handed_on(boot_command: Any, run: Any) -> None:
    done = run([sys.executable, "-c", NAMELESS, *boot_command("/bin/cat", "/proc/self/environ")])
    assert done.stdout == b"PATH=/usr/bin:/bin\0=nameless\0no sign\0", done.stderr


OURS = {"VAULT_ADDR": "http://v", "VAULT_TOKEN": "t", "BAO_ADDR": "http://b", "CONFCONTRACT_PATH": "/nowhere"}
THEIRS = {"VAULTED": "1", "MY_VAULT_ADDR": "2", "vault_addr": "3", "BAOBAB": "4", "CONFCONTRACTOR": "5"}


def test_variables_that_are_addressed_to_boot_do_not_reach_the_application(boot_command: Any, run: Any) -> None:
    seen = environ_of(run(boot_command(*SHOW), env={**PLAIN, **OURS, **THEIRS}))
    assert {name.decode() for name in seen} == {*PLAIN, *THEIRS}


@pytest.mark.parametrize(
    "keep, stays",
    [
        (("VAULT_ADDR",), ("VAULT_ADDR",)),
        (("VAULT_*",), ("VAULT_ADDR", "VAULT_TOKEN")),
        (("VAULT_ADDR", "BAO_*"), ("VAULT_ADDR", "BAO_ADDR")),
        (("*",), tuple(OURS)),
        (("VAULT_",), ()),
    ],
    ids=str,
)
def test_variables_that_are_kept_by_name_or_beginning_reach_the_application(
    boot_command: Any, run: Any, keep: tuple[str, ...], stays: tuple[str, ...]
) -> None:
    options = tuple(word for name in keep for word in ("--keep", name))
    seen = environ_of(run(boot_command(*SHOW, options=options), env={**PLAIN, **OURS}))
    assert {name.decode() for name in seen} == {*PLAIN, *stays}
