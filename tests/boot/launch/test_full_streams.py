"""Nobody reads what boot says, or somebody does so late: it starts, or fails, as it would have."""

from __future__ import annotations

import fcntl
import os
import pty
import socket
import subprocess
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confcontract import Tcp, bake, declare
from confcontract.report.streams import Output
from tests.support.starts import PLAIN, SAFETY

LONG = ("--timeout", "100000")  # whoever waits for that does not end within this test
Ends = tuple[int, int]  # what reads, what writes


def a_pipe(_: Path) -> Ends:
    return os.pipe()


def a_fifo(folder: Path) -> Ends:
    os.mkfifo(folder / "fifo")
    read = os.open(folder / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(read, True)
    return read, os.open(folder / "fifo", os.O_WRONLY)


def a_socket(_: Path) -> Ends:
    read, write = socket.socketpair()
    return read.detach(), write.detach()


def a_terminal(_: Path) -> Ends:
    read, write = pty.openpty()
    tty.setraw(write, termios.TCSANOW)  # its own line ends as they are
    return read, write


KINDS = [a_pipe, a_fifo, a_socket, a_terminal]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ends]:
    made: Ends = request.param(tmp_path)
    yield made
    for each in made:
        os.close(each)


def fill(write: int) -> int:
    """Until nothing more fits. How many bytes there are now."""
    os.set_blocking(write, False)
    count, before = 0, -1
    while count != before:
        before = count
        for piece in (b"x" * 4096, b"x"):
            try:
                while True:
                    count += os.write(write, piece)
            except BlockingIOError:
                continue
        time.sleep(0.1)  # a terminal passes on what it was given, and takes more
    os.set_blocking(write, True)
    return count


def boot(contract: Path, *options: str) -> list[str]:
    program = [sys.executable, "-I", "-m", "confcontract", "boot", "--contract", str(contract)]
    return [*program, *options, "--", "sh", "-c", "exit 5"]


def run(argv: list[str], *, code: int, environ: dict[str, str] | None = None, **streams: int) -> None:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams}
    done = subprocess.run(argv, env={**PLAIN, **(environ or {})}, timeout=SAFETY, check=False, **streams)  # type: ignore[call-overload]
    assert done.returncode == code


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contract with a variable that is a number, and a check that fails."""
    from pydantic_settings import BaseSettings

    class Settings(BaseSettings):
        port: int = 1

    path = tmp_path_factory.mktemp("asking") / "contract.json"
    check = Tcp("api", "127.0.0.1:1", deadline=1)
    bake(declare(Settings, name="asking", version="1", checks=[check])).dump(path)
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contract with something to explain."""
    from pydantic_settings import BaseSettings

    class Settings(BaseSettings):
        port: int = 1

    path = tmp_path_factory.mktemp("plain") / "contract.json"
    bake(Settings, name="plain", version="1").dump(path)
    return path


@pytest.mark.parametrize("options", [(), ("--supervise",), ("--log-format", "json")], ids=str)
def test_boot_starts_the_application_though_nobody_reads_stderr(
    empty_contract: Path, ends: Ends, options: tuple[str, ...]
) -> None:
    fill(ends[1])
    run(boot(empty_contract, *options, *LONG), code=5, stderr=ends[1])
    assert os.get_blocking(ends[1])


@pytest.mark.parametrize(
    ("environ", "options", "code"),
    [
        ({"PORT": "x"}, (), 78),
        ({}, (), 69),
        ({}, ("--log-format", "json"), 69),
        ({}, ("--supervise",), 69),
        ({}, ("--nonsense",), 64),
    ],
)
def test_boot_fails_though_nobody_reads_stderr(
    asking: Path, tmp_path: Path, environ: dict[str, str], options: tuple[str, ...], code: int
) -> None:
    read, write = a_pipe(tmp_path)
    fill(write)
    run(boot(asking, *options, *LONG), code=code, environ=environ, stderr=write)
    os.close(read)
    os.close(write)


def test_a_reader_that_is_late_gets_everything(asking: Path, ends: Ends) -> None:
    filled = fill(ends[1])
    process = subprocess.Popen(boot(asking, *LONG), env=PLAIN | {"PORT": "x"}, stdin=subprocess.DEVNULL, stderr=ends[1])
    time.sleep(0.5)  # it wants to write now
    last = b"confcontract problem value-invalid" if os.isatty(ends[1]) else b'{"confcontract": "boot-failed"'
    read = b""
    while last not in read or not read.endswith(b"\n"):
        read += os.read(ends[0], 65536)
    assert process.wait(SAFETY) == 78
    assert len(read) > filled
    assert b"confcontract: asking 1: boot failed" in read[filled:]


def test_a_stream_that_does_not_block_is_waited_for(asking: Path, tmp_path: Path) -> None:
    read, write = a_pipe(tmp_path)
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write, False)
    process = subprocess.Popen(
        boot(asking, "--" + "n" * 6000),
        env=PLAIN,
        stdin=subprocess.DEVNULL,
        stderr=write,
        stdout=subprocess.DEVNULL,
    )
    os.close(write)
    with open(read, "rb") as file:
        said = file.read()
    assert process.wait(SAFETY) == 64
    assert b"n" * 6000 in said
    assert said.splitlines()[-1].startswith(b'{"confcontract": "boot-failed"')


def test_a_dry_run_that_nobody_reads_ends_at_its_timeout(plain: Path, ends: Ends, tmp_path: Path) -> None:
    fill(ends[1])
    with open(tmp_path / "err", "wb") as err:
        run(boot(plain, "--dry-run", "--timeout", "1"), code=64, stdout=ends[1], stderr=err.fileno())
    assert "stdout can't be written: nothing has read what was written" in (tmp_path / "err").read_text()
    assert os.get_blocking(ends[1])


def test_the_explanation_of_a_dry_run_waits_for_its_reader(plain: Path, ends: Ends) -> None:
    filled = fill(ends[1])
    process = subprocess.Popen(boot(plain, "--dry-run"), env=PLAIN, stdin=subprocess.DEVNULL, stdout=ends[1])
    time.sleep(0.5)  # it wants to write now
    read = b""
    while b"PORT" not in read or not read.endswith(b"\n"):
        read += os.read(ends[0], 65536)
    assert process.wait(SAFETY) == 0
    assert len(read) > filled


def test_a_probe_answers_though_nobody_reads_it(tmp_path: Path, ends: Ends) -> None:
    fill(ends[1])
    argv = [sys.executable, "-I", "-m", "confcontract", "probe", "live"]
    run(argv, code=1, environ={"CONFCONTRACT_RUNTIME_DIR": str(tmp_path)}, stdout=ends[1])


def unsupported(*_: object) -> int:
    raise OSError(95, "Operation not supported")


@pytest.mark.parametrize("words", [["docs", "--format", "html"], ["explain"]])
def test_no_command_loses_a_result_to_a_reader_that_is_slow(plain: Path, tmp_path: Path, words: list[str]) -> None:
    argv = [sys.executable, "-I", "-m", "confcontract", words[0], "--contract", str(plain), *words[1:]]
    expected = subprocess.run(argv, env=PLAIN, capture_output=True, timeout=SAFETY, check=True).stdout
    read, write = a_pipe(tmp_path)
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write, False)
    os.write(write, b"x" * 4000)
    process = subprocess.Popen(argv, env=PLAIN, stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    with open(read, "rb") as file:
        assert file.read() == b"x" * 4000 + expected
    assert process.communicate(timeout=SAFETY)[1] == b""
    assert process.returncode == 0


@pytest.mark.parametrize("older", [False, True], ids=["this kernel", "older kernels"])
@pytest.mark.parametrize("reopened", [True, False])
def test_nothing_blocks_and_no_flag_is_set(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, older: bool, reopened: bool
) -> None:
    if older:
        monkeypatch.setattr(os, "pwritev", unsupported)
    if not reopened:
        monkeypatch.setattr(Output, "_opened", lambda _: -1)
    output = Output(ends[1])
    output.put(b"first", time.monotonic() + SAFETY)
    assert os.read(ends[0], 5) == b"first"
    filled = fill(ends[1])
    with pytest.raises(TimeoutError):
        output.put(b"y" * 10_000, time.monotonic() + 0.01)
    assert os.get_blocking(ends[1])
    failed: list[BaseException] = []
    writer = threading.Thread(target=caught(lambda: output.put(b"z" * 200_000, time.monotonic() + SAFETY), failed))
    writer.start()
    read = b""
    while read.count(b"z") < 200_000:
        read += os.read(ends[0], 65536)
    writer.join(SAFETY)
    assert not failed
    assert read.startswith(b"x" * filled)


def caught(work: Callable[[], None], failed: list[BaseException]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    return run
