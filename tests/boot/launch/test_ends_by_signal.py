"""A signal that asks to end ends boot at once with 128+n, whatever it is doing and whether or not it is PID 1."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.at_terminal import start_at_terminal
from tests.support.launching import SAFETY

STEPS = ["importing", "reading", "fetching", "uninterruptible", "handing-off"]
ENDING = sorted(
    signal.valid_signals()
    - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGCONT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
    - {signal.SIGURG, signal.SIGWINCH, signal.SIGPIPE, signal.SIGXFSZ}
    - {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP, signal.SIGSYS}
)


def paused(start: Any, command: list[str], tmp_path: Path, **options: Any) -> subprocess.Popen[bytes]:
    """A boot that has reached the step where its options tell it to pause."""
    fifo = tmp_path / "fifo"
    if not fifo.exists():
        os.mkfifo(fifo)
    process: subprocess.Popen[bytes] = start(
        command, env={"PATH": "/usr/bin:/bin", "FIFO": str(fifo)}, cwd=tmp_path, **options
    )
    assert process.stdout is not None
    assert process.stdout.readline(), process.stderr and process.stderr.read()
    return process


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_it_ends_at_once_in_every_phase(start: Any, stub: Any, tmp_path: Path, step: str, number: int) -> None:
    process = paused(start, stub("/bin/true", options=("--pause", step)), tmp_path)
    process.send_signal(number)
    _, said = process.communicate(timeout=SAFETY)
    assert process.returncode == 128 + number
    assert said.startswith(f"confcontract: ended by {signal.Signals(number).name} while ".encode())
    assert said.count(b"\n") == 1


@pytest.mark.parametrize("number", ENDING, ids=int)
def test_every_signal_whose_default_is_to_end_does_so(start: Any, stub: Any, tmp_path: Path, number: int) -> None:
    process = paused(start, stub("/bin/true", options=("--pause", "fetching")), tmp_path)
    process.send_signal(number)
    assert process.wait(timeout=SAFETY) == 128 + number


def test_the_line_that_is_left_behind_names_the_phase(start: Any, stub: Any, tmp_path: Path) -> None:
    process = paused(start, stub("/bin/true", options=("--pause", "fetching")), tmp_path)
    process.terminate()
    assert process.communicate(timeout=SAFETY)[1] == b"confcontract: ended by SIGTERM while fetching secrets\n"


def test_it_ends_when_nobody_reads_what_it_would_say(start: Any, stub: Any, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    process = paused(start, stub("/bin/true", options=("--pause", "fetching")), tmp_path, stderr=write)
    process.terminate()
    assert process.wait(timeout=SAFETY) == 143
    os.close(read)
    os.close(write)


def test_it_ends_when_the_reader_of_its_messages_is_gone(start: Any, stub: Any, tmp_path: Path) -> None:
    read, write = os.pipe()
    process = paused(start, stub("/bin/true", options=("--pause", "fetching")), tmp_path, stderr=write)
    os.close(read)
    os.close(write)
    process.terminate()
    assert process.wait(timeout=SAFETY) == 143


def test_a_signal_that_the_parent_ignores_stays_ignored(start: Any, stub: Any, tmp_path: Path) -> None:
    """As under nohup: the application would not have died of it either."""
    process = paused(
        start,
        stub("/bin/true", options=("--pause", "fetching")),
        tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN) and None,
    )
    process.send_signal(signal.SIGHUP)
    process.terminate()
    assert process.wait(timeout=SAFETY) == 143


def test_a_key_press_in_the_terminal_ends_it(stub: Any, tmp_path: Path) -> None:
    argv = stub("/bin/true", options=("--pause", "fetching"))
    process, terminal = start_at_terminal(argv, {"PATH": "/usr/bin:/bin"})
    shown = b""
    while b"fetching" not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, b"\x03")
    assert process.wait(SAFETY) == 130
    os.close(terminal)


def test_it_ends_at_whatever_moment_the_signal_comes(boot_command: Any, start: Any) -> None:
    """From before the interpreter runs to after exec: dead by TERM, or 143, and never anything else."""
    for delay in range(60):
        process = start(boot_command("/usr/bin/sleep", "3600"))
        time.sleep(delay * 0.002)
        process.terminate()
        assert process.wait(timeout=SAFETY) in (143, -15), process.communicate()


def test_a_signal_that_comes_on_the_way_into_a_wait_is_not_overlooked(start: Any, stub: Any, tmp_path: Path) -> None:
    process = paused(start, stub("/bin/true", options=("--pause", "overlooked")), tmp_path)
    assert process.wait(timeout=SAFETY) == 143


def test_an_error_on_the_other_thread_arrives_where_it_was_asked_for(run: Any, stub: Any) -> None:
    assert run(stub("/bin/true", options=("--pause", "raising"))).returncode == 70


# PID 1


def as_pid_1(run: Any) -> list[str]:
    inside = ["unshare", "--fork", "--pid", "--mount-proc"]
    if run([*inside, "true"]).returncode:
        pytest.skip("unshare --pid is not allowed here")
    return inside


def child_of(process: subprocess.Popen[bytes]) -> int:
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


@pytest.mark.parametrize("step", STEPS)
def test_pid_1_ends_at_once_in_every_phase(run: Any, start: Any, stub: Any, tmp_path: Path, step: str) -> None:
    process = paused(start, [*as_pid_1(run), *stub("/bin/true", options=("--pause", step))], tmp_path)
    os.kill(child_of(process), signal.SIGTERM)
    assert process.wait(timeout=SAFETY) == 143


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGRTMIN + 3])
def test_pid_1_ends_whatever_stop_signal_the_image_names(
    run: Any, start: Any, stub: Any, tmp_path: Path, number: int
) -> None:
    process = paused(start, [*as_pid_1(run), *stub("/bin/true", options=("--pause", "fetching"))], tmp_path)
    os.kill(child_of(process), number)
    assert process.wait(timeout=SAFETY) == 128 + number


def test_the_application_or_its_supervisor_is_pid_1_and_its_exit_code_is_the_container_s(
    run: Any, boot_command: Any, supervised: bool
) -> None:
    done = run([*as_pid_1(run), *boot_command("/bin/sh", "-c", "echo $$ $PPID; exit 42")])
    assert (done.returncode, done.stdout.split()[supervised]) == (42, b"1"), done.stderr


# While secrets are held


def test_no_core_file_is_written_while_secrets_are_held(run: Any, start: Any, stub: Any, tmp_path: Path) -> None:
    if Path("/proc/sys/kernel/core_pattern").read_text().startswith("|"):
        pytest.skip("core files go to a program of the host here")
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        pytest.skip("the hard core limit forbids core files here")

    def wish_for_cores() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def dumped(*options: str, limit_lifted: bool = False) -> bool:
        command = stub("/bin/true", options=("--pause", "fetching", *options))
        process = paused(start, command, tmp_path, preexec_fn=wish_for_cores)
        if limit_lifted:
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        process.send_signal(signal.SIGSEGV)
        status = os.waitpid(process.pid, 0)[1]
        process.returncode = os.waitstatus_to_exitcode(status)
        return os.WCOREDUMP(status)

    assert dumped()
    assert not dumped("--harden")
    assert not dumped("--harden", limit_lifted=True)  # core handlers that are pipes don't ask for the limit
