"""A dry run foresees what the kernel would refuse: it ends as the real boot does, and starts nothing."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from confcontract.boot.launch.foresee import foresee
from confcontract.boot.launch.start_command import find_command
from confcontract.report.errors import CommandNotExecutable
from tests.support.booting import TELL, Site
from tests.support.classes import Shop

Make = Callable[..., Site]
STRING = 32 * os.sysconf("SC_PAGE_SIZE")


def program(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    path.chmod(0o755)
    return str(path)


COMMANDS: dict[str, Callable[[Path], str]] = {
    "a script without a first line": lambda path: program(path, b"echo hello\n"),
    "an empty file": lambda path: program(path, b""),
    "a script whose interpreter is missing": lambda path: program(path, b"#!/no/such/shell\n"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_a_command_that_the_kernel_would_refuse(case: str, site: Make, tmp_path: Path) -> None:
    made = site(Shop)
    command = (COMMANDS[case](tmp_path / "tool"),)
    dry, real = made.boot("--dry-run", command=command), made.boot(command=command)
    assert (dry.code, real.code) == (126, 126)
    assert dry.reason["problems"] == real.reason["problems"]
    assert dry.out == ""
    assert "starting" not in real.err


@pytest.mark.parametrize("length", [STRING - 1, STRING])
def test_one_variable_at_the_limit_of_the_kernel(length: int, site: Make) -> None:
    made = site(Shop)
    path = made.file("big.env", "BIG=" + "x" * (length - len("BIG=")) + "\n")
    dry, real = made.boot("--dry-run", "--env-file", path), made.boot("--env-file", path, command=("/bin/true",))
    assert dry.code == real.code == (126 if length == STRING else 0)
    assert ("starting" in real.err) == (real.code == 0)
    if dry.code:
        assert [problem["variable"] for problem in dry.reason["problems"]] == ["BIG"]


@pytest.mark.parametrize("variables", [60, 90])
def test_an_environment_that_is_too_large_as_a_whole(variables: int, site: Make) -> None:
    made = site(Shop)
    path = made.file("big.env", "".join(f"BIG_{number}={'x' * 100_000}\n" for number in range(variables)))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_STACK, (32 * 1024 * 1024, resource.getrlimit(resource.RLIMIT_STACK)[1]))

    dry = made.boot("--dry-run", "--env-file", path, preexec_fn=limit)
    real = made.boot("--env-file", path, command=("/bin/true",), preexec_fn=limit)
    assert dry.code == real.code == (126 if variables == 90 else 0)
    assert ("starting" in real.err) == (real.code == 0)


def test_the_environment_is_looked_at_without_a_command_too(site: Make) -> None:
    made = site(Shop)
    path = made.file("big.env", "BIG=" + "x" * STRING + "\n")
    assert made.boot("--dry-run", "--env-file", path, command=None).code == 126


def test_a_secret_that_is_not_delivered_in_the_environment_may_be_large(site: Make) -> None:
    made = site(Shop)
    secret = made.file("secret", "x" * STRING)
    environ = {"SHOP_PASSWORD_FILE": str(secret)}
    for way, code in (("env", 126), ("memfd", 0)):
        assert made.boot("--dry-run", "--deliver", way, environ=environ).code == code
        assert made.boot("--deliver", way, environ=environ, command=("/bin/true",)).code == code


def test_what_this_system_starts_is_not_refused(site: Make) -> None:
    assert site(Shop).boot("--dry-run", command=TELL).code == 0
    for name in sorted(os.listdir("/usr/bin"))[:200]:
        path = os.path.realpath(os.path.join("/usr/bin", name))
        if os.path.isfile(path):
            assert find_command([path], {}) == path


@pytest.mark.parametrize("environ", [{"A=B": "x"}, {"A": "x\0y"}])
def test_what_no_environment_can_hold(environ: dict[str, str]) -> None:
    from confcontract.report.errors import ConfigurationInvalid

    with pytest.raises(ConfigurationInvalid):
        foresee("/bin/true", ["true"], environ)
    with pytest.raises(CommandNotExecutable):
        foresee("/bin/true", ["true", "a\0b"], {})
