"""A pipe that nobody writes to ends a boot when its time is up; where PATH and a role come from; what is not told."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confcontract import Contract
from confcontract.host.sourcefile import Unreadable, read_source
from tests.support.booting import CONFCONTRACT, PLAIN, Site
from tests.support.classes import Further, InVault, Needy, Shop

Make = Callable[..., Site]
SHORT = ("--timeout", "0.2")


def silent(made: Site, name: str) -> str:
    path = made.file(name, "")
    path.unlink()
    os.mkfifo(path)
    return str(path)


@pytest.mark.parametrize("kind", ["env file", "conf.d", "secret file"])
def test_a_silent_pipe_is_given_up_when_the_time_for_all_of_boot_is_over(kind: str, site: Make) -> None:
    made = site(Shop)
    if kind == "env file":
        done = made.boot("--env-file", silent(made, "pipe"), "--env-file", silent(made, "other"), *SHORT)
    elif kind == "conf.d":
        silent(made, "conf.d/a.env")
        done = made.boot(*SHORT)
    else:
        done = made.boot(*SHORT, environ={"SHOP_PASSWORD_FILE": silent(made, "pipe")})
    assert done.code == 78
    assert {problem["code"] for problem in done.reason["problems"]} == {"source-unreadable"}
    seconds = [problem["message"].split(" for ")[-1] for problem in done.reason["problems"]]
    assert all(float(text.removesuffix(" s")) <= 0.2 for text in seconds)


def test_elsewhere_a_pipe_has_the_patience_that_it_is_given(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "pipe")
    os.mkfifo(path)
    with pytest.raises(Unreadable, match=r"for 0\.1 s"):
        read_source(path, patience=0.1)


def test_what_is_in_the_pipe_is_read_though_the_time_is_over(site: Make) -> None:
    made = site(Shop)
    reader, writer = os.pipe()
    os.write(writer, b"SHOP_PORT=9000\n")
    os.close(writer)
    done = made.boot("--timeout", "0.000001", "--env-file", f"/dev/fd/{reader}", pass_fds=(reader,))
    os.close(reader)
    assert done.environ["SHOP_PORT"] == "9000"


@pytest.mark.parametrize("by", ["after --", "role"])
def test_path_may_come_from_an_env_file(by: str, site: Make) -> None:
    made = site(Shop, roles={"web": {"command": ["the-app"]}})
    tool = made.file("bin/the-app", "#!/bin/sh\nexit 9\n")
    tool.chmod(0o755)
    path = made.file("prod.env", f"PATH={tool.parent}\n")
    environ = {name: value for name, value in PLAIN.items() if name != "PATH"}
    words = ["--role", "web"] if by == "role" else []
    command = None if by == "role" else ("the-app",)
    argv = made.argv(["--env-file", path, *words], command)
    assert subprocess.run(argv, env=environ, capture_output=True).returncode == 9
    # the process environment outranks the file, and is known before anything is read
    done = made.boot("--env-file", path, *words, command=command)
    assert done.code == 127


@pytest.mark.parametrize("with_file", [True, False])
def test_no_secret_is_fetched_for_a_command_that_is_not_there(
    with_file: bool, site: Make, vault: dict[str, str]
) -> None:
    made = site(InVault)
    path = made.file("prod.env", "PATH=/nowhere\n")
    options: list[str | Path] = ["--env-file", path] if with_file else []
    environ = {name: value for name, value in {**PLAIN, **vault, "VAULT_TOKEN": "wrong"}.items() if name != "PATH"}
    done = subprocess.run(made.argv(options, ("no-such-app",)), env=environ, capture_output=True, text=True)
    assert done.returncode == 127, done.stderr  # with this token, asking Vault would have given 77
    assert "no-such-app" in done.stderr


def test_a_boot_that_failed_does_not_tell_what_the_application_would_have_checked(site: Make) -> None:
    made = site(Further)
    assert made.boot("--dry-run", command=None).report.count("application checks further") > 0
    failed = made.boot(environ={"CONFCONTRACT_STRICT": "1", "SHOP_NO_SUCH_THING": "x"})
    assert failed.code == 78
    assert "checks further" not in failed.report
    as_json = made.boot("--log-format", "json", environ={"CONFCONTRACT_STRICT": "1", "SHOP_NO_SUCH_THING": "x"})
    assert "check-deferred" not in as_json.err


def test_a_strictness_that_is_no_such_thing_names_its_variable(site: Make) -> None:
    made = site(Shop)
    failed = made.boot(environ={"CONFCONTRACT_STRICT": "maybe"})
    assert failed.code == 64
    assert failed.reason["problems"][0]["variable"] == "CONFCONTRACT_STRICT"
    told = subprocess.run(
        [CONFCONTRACT, "validate", "--contract", made.contract_path],
        env={**PLAIN, "CONFCONTRACT_STRICT": "maybe"}, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 64
    assert "CONFCONTRACT_STRICT" in told.stdout


@pytest.mark.parametrize("command", ["validate", "explain"])
@pytest.mark.parametrize("by", ["option", "variable"])
def test_roles_and_strictness_are_those_of_boot(command: str, by: str, site: Make) -> None:
    made = site(Needy, roles={"web": {"needs": ["SHOP_HOST"]}})

    def run(role: str, strict: bool, **environ: str) -> int:
        options = ["--role", role] if by == "option" else []
        options += ["--strict"] * (strict and by == "option")
        variables = {} if by == "option" else {"CONFCONTRACT_ROLE": role, "CONFCONTRACT_STRICT": "1" if strict else ""}
        argv = [CONFCONTRACT, command, "--contract", str(made.contract_path), *options]
        return subprocess.run(argv, env={**PLAIN, **variables, **environ}, capture_output=True).returncode

    assert run("web", False, SHOP_HOST="h") == 0
    assert run("web", False) == 78
    assert run("nobody", False, SHOP_HOST="h") == 64
    assert run("web", True, SHOP_HOST="h", SHOP_PROT="1") == 78
    assert run("web", False, SHOP_HOST="h", SHOP_PROT="1") == 0


def test_a_contract_that_was_written_and_read_is_the_same(site: Make) -> None:
    made = site(Shop)
    one, two = Contract.load(made.contract_path), Contract.load(made.contract_path)
    assert one == two == made.contract
    assert len({one, two}) == 1
    assert one != site(Needy).contract
