"""126 and 127, with the words that let somebody mend it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from confcontract.boot.launch.start_command import find_command
from confcontract.report.errors import CommandNotExecutable, CommandNotFound


def program(path: Path, text: str = "#!/bin/sh\nexit 3\n", mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, newline="")
    path.chmod(mode)
    return path


def test_it_is_found_in_the_path_of_the_application_s_environment(tmp_path: Path) -> None:
    second = program(tmp_path / "b" / "tool")
    program(tmp_path / "c" / "tool")
    assert find_command(["tool"], {"PATH": f"{tmp_path}/a:{tmp_path}/b:{tmp_path}/c"}) == str(second)


def test_folders_and_files_without_x_are_passed_over_as_execvp_does(tmp_path: Path) -> None:
    (tmp_path / "a" / "tool").mkdir(parents=True)
    program(tmp_path / "b" / "tool", mode=0o644)
    third = program(tmp_path / "c" / "tool")
    assert find_command(["tool"], {"PATH": f"{tmp_path}/a:{tmp_path}/b:{tmp_path}/c"}) == str(third)


def test_an_empty_entry_is_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "tool")
    monkeypatch.chdir(tmp_path)
    assert find_command(["tool"], {"PATH": "/nowhere:"}) == "./tool"


def test_without_a_path_the_system_s_default_is_searched() -> None:
    assert find_command(["sh"], {}) in ("/bin/sh", "/usr/bin/sh")


def test_a_name_with_a_slash_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin" / "tool")
    monkeypatch.chdir(tmp_path)
    assert find_command(["bin/tool"], {"PATH": "/nowhere"}) == "bin/tool"


def test_a_file_that_may_be_executed_but_not_read_is_fine(tmp_path: Path) -> None:
    assert find_command([str(program(tmp_path / "tool", mode=0o111))], {})


NOT_FOUND = {
    "no such name": ("uvicron", "The command 'uvicron' was not found in PATH (/usr/bin:/bin)."),
    "the empty name": ("", "The command '' was not found in PATH (/usr/bin:/bin)."),
    "no such path": ("/no/such", "The command '/no/such' does not exist."),
    "a file in the middle": ("/etc/passwd/x", "The command '/etc/passwd/x' does not exist."),
    "a name that is too long": ("x" * 5000, "was not found in PATH"),
}


@pytest.mark.parametrize("name, message", NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_is_not_there_is_127(name: str, message: str) -> None:
    with pytest.raises(CommandNotFound) as caught:
        find_command([name], {"PATH": "/usr/bin:/bin"})
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.code == "command-not-found"
    assert problem.hint


def test_a_dangling_link_is_127_and_names_its_target(tmp_path: Path) -> None:
    (tmp_path / "tool").symlink_to("/opt/gone/tool")
    with pytest.raises(CommandNotFound, match="symbolic link to '/opt/gone/tool', which does not exist"):
        find_command(["tool"], {"PATH": str(tmp_path)})


def test_what_is_there_but_not_executable_is_126(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o755)
    cases = {
        "is a directory": tmp_path,
        "is not a regular file": tmp_path / "fifo",
        "is not executable": program(tmp_path / "plain", mode=0o644),
        "its interpreter '/no/such/python' was not found": program(tmp_path / "gone", "#!/no/such/python -u\n"),
        "Windows line endings": program(tmp_path / "crlf", "#!/bin/sh\r\nexit 3\r\n"),
        "names no interpreter": program(tmp_path / "none", "#!  \n"),
        "its interpreter '/etc/passwd' is not executable": program(tmp_path / "data", "#!\t/etc/passwd\tx\n"),
    }
    for message, path in cases.items():
        with pytest.raises(CommandNotExecutable, match=message) as caught:
            find_command([str(path)], {})
        (problem,) = caught.value.problems
        assert problem.code == "command-not-executable", message
        assert problem.hint, message


def test_a_file_without_x_in_the_path_is_126_and_is_named(tmp_path: Path) -> None:
    tool = program(tmp_path / "tool", mode=0o644)
    with pytest.raises(CommandNotExecutable, match=f"'{tool}' is not executable"):
        find_command(["tool"], {"PATH": f"{tmp_path}:/usr/bin"})


# With real processes


def unwrapped(done: subprocess.CompletedProcess[bytes]) -> str:
    """What was said, however wide the report is."""
    return " ".join(done.stderr.decode().split())


def test_a_missing_command_ends_boot_with_127(boot_command: Any, run: Any) -> None:
    done = run(boot_command("no-such-command"))
    assert done.returncode == 127
    assert "'no-such-command' was not found in PATH" in unwrapped(done)
    assert b"Traceback" not in done.stderr


def test_a_command_that_is_no_program_ends_boot_with_126(boot_command: Any, run: Any, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    header = bytearray(Path(sys.executable).resolve().read_bytes()[:4096])
    header[18:20] = (0x2A).to_bytes(2, "little")  # e_machine: SuperH
    foreign.write_bytes(header)
    foreign.chmod(0o755)
    loaderless = tmp_path / "loaderless"
    binary = Path("/bin/sh").resolve().read_bytes()
    if b"/lib64/ld-linux-x86-64.so.2" not in binary:
        pytest.skip("/bin/sh is not linked for /lib64/ld-linux-x86-64.so.2")
    loaderless.write_bytes(binary.replace(b"/lib64/ld-linux-x86-64.so.2", b"/lib64/ld-linux-x86-64.so.9"))
    loaderless.chmod(0o755)
    cases: dict[str, Path] = {
        "neither a program nor a script with a #! line": program(tmp_path / "text", "exit 3\n"),
        "another processor architecture": foreign,
        "the loader that it needs does not": loaderless,
        "is a directory": tmp_path,
    }
    for message, path in cases.items():
        done = run(boot_command(str(path)))
        assert (done.returncode, message in unwrapped(done)) == (126, True), (path, done.stderr)
        assert b"Traceback" not in done.stderr


def test_a_program_that_is_being_written_ends_boot_with_126(boot_command: Any, run: Any, tmp_path: Path) -> None:
    busy = tmp_path / "busy"
    busy.write_bytes(Path("/bin/sh").resolve().read_bytes())
    busy.chmod(stat.S_IRWXU)
    with open(busy, "ab"):
        done = run(boot_command(str(busy), "-c", "exit 0"))
    assert done.returncode in (0, 126)  # newer kernels allow it
    assert done.returncode == 0 or "open for writing" in unwrapped(done)


@pytest.mark.parametrize(
    "options, code, said",
    [
        (
            ("--secret", "LARGE", "--size", "200000"),
            126,
            "| LARGE | LARGE is too large for an environment variable: 200007 bytes",
        ),
        (
            (
                *(word for n in range(60) for word in ("--secret", f"S_{n}", "--size", "100000")),
                "--secret",
                "LARGEST",
                "--size",
                "120000",
            ),
            126,
            "the largest variable is LARGEST with 120009 bytes",
        ),
        (("--secret", "BAD", "--size", "0"), 78, "value-invalid | BAD | 'BAD' can't be handed over"),
        (("--secret", "A=B", "--size", "5"), 78, "'A=B' can't be handed over as an environment variable"),
    ],
    ids=["one too large", "all together too large", "a NUL", "a name with ="],
)
def test_a_value_that_the_kernel_refuses_is_named_and_not_shown(
    stub: Any, run: Any, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run(stub("/bin/true", options=("--harden", *options)))
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert b"canary" not in done.stderr + done.stdout
