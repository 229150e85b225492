"""Secrets reach the application by each of the ways, and are nowhere else."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract, bake, declare
from tests.boot.deliver.settings import Settings, revealed
from tests.support.launching import PLAIN_ENVIRON, SAFETY
from tests.support.measured import measured

ROOT = Path(__file__).parents[3]
CANARY = "canary-of-delivery"
GIVEN = {
    "SHOP_PORT": "81",
    "SHOP_DATABASE": f"postgresql://shop:{CANARY}@db/shop",
    "SHOP_PASSWORD": f"{CANARY} 'single' \"double\" \\ ${{HOME}} $HOME # no comment\nsecond line\r\nthird é",
    "SHOP_PIN": CANARY,
    "SHOP_MAIL__HOST": "mail",
    "SHOP_MAIL__PASSWORD": CANARY,
}
WAYS = ["env", "files", "memfd"]
MODES = [(), ("--supervise",)]

Boot = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def boot(tmp_path: Path) -> Boot:
    path = tmp_path / "contract.json"

    def start(*command: str, options: tuple[str, ...] = (), deliver: Any = "env", **more: Any) -> Any:
        bake(declare(Settings, name="shop", version="1", deliver=deliver)).dump(path)
        argv = [sys.executable, "-m", "confcontract", "boot", "--contract", str(path), *options, "--", *command]
        environ = {
            **PLAIN_ENVIRON,
            **measured(),
            "PYTHONPATH": str(ROOT),
            "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run"),
            **GIVEN,
        }
        environ |= more.pop("environ", {})
        return subprocess.run(
            argv, env=environ, capture_output=True, timeout=SAFETY, check=False, cwd=tmp_path, encoding="utf-8", **more
        )

    return start


@pytest.mark.parametrize("mode", MODES, ids=["exec", "supervised"])
@pytest.mark.parametrize("way", WAYS)
def test_the_application_reads_the_same_settings_whichever_way(boot: Boot, way: str, mode: tuple[str, ...]) -> None:
    done = boot(sys.executable, "-m", "tests.boot.deliver.app", options=("--deliver", way, *mode))
    assert done.returncode == 0, done.stderr
    with pytest.MonkeyPatch.context() as patch:
        for name, value in GIVEN.items():
            patch.setenv(name, value)
        assert json.loads(done.stdout) == revealed(Settings())  # type: ignore[call-arg]


@pytest.mark.parametrize("mode", MODES, ids=["exec", "supervised"])
@pytest.mark.parametrize("way", ["files", "memfd"])
def test_the_environment_then_holds_no_secret(boot: Boot, way: str, mode: tuple[str, ...]) -> None:
    done = boot("/usr/bin/env", "-0", options=("--deliver", way, *mode))
    assert done.returncode == 0, done.stderr
    assert CANARY not in done.stdout + done.stderr
    found = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    assert {name for name in found if name.startswith("SHOP_")} == {"SHOP_PORT", "SHOP_MAIL__HOST"}


def test_files_are_private_in_memory_and_one_for_each_secret(boot: Boot, tmp_path: Path) -> None:
    listing = 'cd "$CONFCONTRACT_SECRETS_DIR" && stat -c "%n %a" . * && stat -f -c %T . && cat SHOP_PIN'
    done = boot("/bin/sh", "-c", listing, options=("--deliver", "files", "--supervise"))
    assert done.stdout.split() == [
        ".", "700", "SHOP_DATABASE", "400", "SHOP_MAIL__PASSWORD", "400", "SHOP_PASSWORD", "400", "SHOP_PIN", "400",
        "secrets.env", "400", "tmpfs", CANARY,
    ]  # fmt: skip


def test_a_supervisor_leaves_no_file_behind(boot: Boot) -> None:
    done = boot("/bin/sh", "-c", 'echo "$CONFCONTRACT_SECRETS_DIR"', options=("--deliver", "files", "--supervise"))
    assert done.stdout.strip()
    assert not Path(done.stdout.strip()).exists()


def test_a_named_directory_is_used_and_kept(boot: Boot, tmp_path: Path) -> None:
    memory = Path("/dev/shm") / f"confcontract-test-{os.getpid()}"
    memory.mkdir(0o700)
    try:
        script = "cat $CONFCONTRACT_SECRETS_DIR/SHOP_PIN"
        options = ("--deliver", "files", "--secrets-dir", str(memory), "--supervise")
        assert boot("/bin/sh", "-c", script, options=options).stdout == CANARY
        assert list(memory.iterdir()) == []
        assert boot("/bin/true", options=options[:-1]).returncode == 0
        assert stat.S_IMODE((memory / "SHOP_PIN").stat().st_mode) == 0o400
    finally:
        for path in memory.iterdir():
            path.unlink()
        memory.rmdir()


@pytest.mark.parametrize("mode", [0o755, 0o770])
def test_a_directory_that_others_can_enter_is_refused(boot: Boot, tmp_path: Path, mode: int) -> None:
    memory = Path("/dev/shm") / f"confcontract-test-{os.getpid()}"
    memory.mkdir()
    memory.chmod(mode)
    try:
        done = boot("/bin/true", options=("--deliver", "files", "--secrets-dir", str(memory)))
        assert (done.returncode, list(memory.iterdir())) == (78, [])
        assert "delivery-impossible" in done.stderr
        assert "0700" in done.stderr
    finally:
        memory.rmdir()


def test_a_directory_on_a_disk_is_refused(boot: Boot, tmp_path: Path) -> None:
    from confcontract.boot.deliver.files import in_memory

    if in_memory(str(tmp_path)):
        pytest.skip("the directory for temporary files lies in memory here")
    done = boot("/bin/true", options=("--deliver", "files", "--secrets-dir", str(tmp_path / "secrets")))
    assert done.returncode == 78
    assert "not in memory" in done.stderr
    assert not (tmp_path / "secrets").exists()


def test_the_contract_says_which_way_and_who_boots_may_say_another(boot: Boot) -> None:
    script = 'echo "${SHOP_PIN-none} ${CONFCONTRACT_SECRETS_FILE-none}"'
    assert boot("/bin/sh", "-c", script, deliver="memfd").stdout.startswith("none /proc/self/fd/")
    assert boot("/bin/sh", "-c", script, deliver="memfd", options=("--deliver", "env")).stdout == f"{CANARY} none\n"
    given = boot("/bin/sh", "-c", script, deliver="memfd", environ={"CONFCONTRACT_DELIVER": "env"})
    assert given.stdout == f"{CANARY} none\n"


def test_the_ordinary_way_is_not_written_into_the_contract(tmp_path: Path) -> None:
    assert "deliver" not in bake(Settings, name="shop", version="1").data
    assert bake(declare(Settings, deliver="files"), name="shop", version="1").data["deliver"] == "files"
    with pytest.raises(ValueError, match="deliver is one of env, files, memfd"):
        declare(Settings, deliver="floppy")  # type: ignore[arg-type]


def test_the_memory_file_can_not_be_changed(boot: Boot) -> None:
    script = "F=$CONFCONTRACT_SECRETS_FILE; (echo more >> $F) 2> /dev/null; (: > $F) 2> /dev/null; grep -c . $F"
    assert int(boot("/bin/sh", "-c", script, options=("--deliver", "memfd")).stdout) > 3


def test_a_section_that_holds_a_secret_is_one(boot: Boot) -> None:
    section = {"SHOP_MAIL": json.dumps({"password": CANARY}), "SHOP_MAIL__PASSWORD": "", "SHOP_MAIL__HOST": ""}
    done = boot("/usr/bin/env", options=("--deliver", "memfd"), environ=section)
    assert "SHOP_PORT" in done.stdout
    assert "SHOP_MAIL=" not in done.stdout


def test_what_no_dotenv_file_can_hold_is_said_with_its_name(boot: Boot) -> None:
    done = boot(
        "/bin/true",
        options=("--deliver", "memfd"),
        environ={"SHOP_PIN": os.fsdecode(b"\xff" + CANARY.encode())},
    )
    assert done.returncode == 78, done.stderr
    assert "delivery-impossible" in done.stderr
    assert "SHOP_PIN" in done.stderr
    assert CANARY not in done.stderr


def test_an_old_contract_delivers_by_the_environment(tmp_path: Path) -> None:
    bake(Settings, name="shop", version="1").dump(tmp_path / "contract.json")
    assert Contract.load(tmp_path / "contract.json").deliver == "env"


@pytest.mark.parametrize("mode", MODES, ids=["exec", "supervised"])
def test_no_two_applications_share_a_directory_and_what_one_leaves_goes_with_the_next(
    boot: Boot, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    """As in two containers of one pod: they share /dev/shm, and in each the application is process 1 of one user."""
    words = [sys.executable, "-m", "confcontract", "boot", "--contract", str(tmp_path / "contract.json"), *mode]
    show = 'echo "$CONFCONTRACT_SECRETS_DIR" $(ls "$CONFCONTRACT_SECRETS_DIR"/left)'
    given = {**GIVEN, "SHOP_PIN": "another", "PYTHONPATH": str(ROOT)}
    second = shlex.join(["env", *(f"{name}={value}" for name, value in given.items()), *words, "--deliver", "files"])
    script = f"""
        touch "$CONFCONTRACT_SECRETS_DIR/left"
        {show}
        {second} -- sh -c {shlex.quote(show)}
        cat "$CONFCONTRACT_SECRETS_DIR/SHOP_PIN"
    """
    done = boot("/bin/sh", "-c", script, options=("--deliver", "files", *mode))
    mine, left, other, pin = done.stdout.split()
    assert (left, pin) == (f"{mine}/left", CANARY)
    assert mine != other
    assert boot("/bin/sh", "-c", show, options=("--deliver", "files", *mode)).stdout.split()[1:] == []


@pytest.mark.parametrize(
    ("way", "read"),
    [("files", 'cat "$CONFCONTRACT_SECRETS_DIR/SHOP_PIN"'), ("memfd", 'grep SHOP_PIN "$CONFCONTRACT_SECRETS_FILE"')],
)
@pytest.mark.parametrize("source", ["environment", "env file"])
def test_what_is_delivered_is_utf_8_whatever_the_locale(
    boot: Boot, tmp_path: Path, way: str, read: str, source: str
) -> None:
    """In the C locale, in which -X utf8=0 has ASCII, the bytes of the environment come back as they were."""
    boot("/bin/true")  # bakes
    environ = {**PLAIN_ENVIRON, **measured(), "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run"), **GIVEN, "LC_ALL": "C"}
    options = ["--contract", str(tmp_path / "contract.json"), "--deliver", way]
    del environ["SHOP_PASSWORD"]
    (tmp_path / "a.env").write_text("SHOP_PIN=geheim-é-価格\nSHOP_PASSWORD=x\n", encoding="utf-8")
    if source == "environment":
        environ["SHOP_PIN"] = "geheim-é-価格"
    else:
        del environ["SHOP_PIN"]
    options += ["--env-file", str(tmp_path / "a.env")]
    program = [
        sys.executable,
        "-I",
        "-X",
        "utf8=0",
        "-m",
        "confcontract",
        "boot",
        *options,
        "--",
        "/bin/sh",
        "-c",
        read,
    ]
    done = subprocess.run(program, env=environ, capture_output=True, timeout=SAFETY, check=False, cwd=tmp_path)
    assert "geheim-é-価格" in done.stdout.decode(), done.stderr


@pytest.mark.parametrize("mask", [0o777, 0o277, 0o177])
def test_no_umask_takes_the_secrets_from_their_owner(boot: Boot, mask: int) -> None:
    listing = 'umask; cd "$CONFCONTRACT_SECRETS_DIR" && stat -c "%a" . SHOP_PIN secrets.env'
    options = ("--deliver", "files", "--supervise")
    done = boot("/bin/sh", "-c", listing, options=options, preexec_fn=lambda: os.umask(mask))
    assert done.stdout.split() == [f"{mask:04o}", "700", "400", "400"], done.stderr
