"""The leak canary: a secret of the run is put wherever one can be, and searched for in all that is written."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confcontract import bake
from tests.support.at_terminal import shown_at_terminal
from tests.support.commands import PLAIN_ENVIRON, SAFETY, forked
from tests.support.forks import Server

from . import shop_secrets
from .places import DIGITS, PLACES, UUID, WORD, Place

MODEL = "tests.leak.shop_secrets"

# Of the run, so that nothing that was there before can be mistaken for it; letters only and no case, so that
# no encoding (JSON, URL, repr, lower()) changes it.
SECRETS = {
    WORD: "zq" + "".join(random.SystemRandom().choices("bcdfghjkmnpqrstvwxz", k=14)),
    DIGITS: str(random.SystemRandom().randrange(10**15, 10**16)),
    UUID: str(uuid.uuid4()),
}

FILES = ("--conf-dir", "{folder}/conf.d", "--policy-dir", "{folder}/policy.d")
COMMANDS: dict[str, tuple[str, ...]] = {
    "boot": ("boot", "--timeout", "0.3", *FILES, "--", "true"),
    "boot, JSON": ("boot", "--timeout", "0.3", "--strict", "--log-format", "json", *FILES[:2], "--", "true"),
    "dry run": ("boot", "--timeout", "0.3", "--dry-run", *FILES[:2]),
    "validate": ("validate", "--format", "json"),
    "validate, model": ("validate", "--model", f"{MODEL}:{{settings}}"),
    "explain": ("explain",),
    "explain, JSON": ("explain", "--format", "json"),
}

GITHUB = {"validate, GitHub": ("validate", "--format", "github")}

# No secret satisfies it, so that the policy has something to say of each.
POLICY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "additionalProperties": {"anyOf": [{"const": 80}, {"type": "string", "pattern": "^!$"}, {"maxProperties": 0}]},
    "properties": {"api_key": {"const": "x"}, "password": {"enum": ["x"]}, "dsn": {"type": "null"}},
}


def with_secrets(text: str, folder: Path) -> str:
    for stand_in, secret in SECRETS.items():
        text = text.replace(stand_in, secret)
    return text.replace("{folder}", str(folder))


def found_in(text: str) -> list[str]:
    """The lines that show a secret."""
    return [line for line in text.splitlines() if any(secret in line.casefold() for secret in SECRETS.values())]


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("contracts")
    made = {}
    for name in ("Settings", "Strict", "Flat", "CHECKED"):
        made[name] = folder / f"{name}.json"
        bake(getattr(shop_secrets, name), name="shop", version="1").dump(made[name])
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Its forks have imported the class, which takes ten times as long as to validate with it."""
    server = Server(imports=[MODEL, "tests.leak.baked_before"])
    yield server
    server.stop()


def laid_out(place: Place, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Write the place's files; returns its variables and the options that name the files."""
    (folder / "conf.d").mkdir()
    (folder / "policy.d").mkdir()
    (folder / "policy.d" / "strict.schema.json").write_text(json.dumps(POLICY))
    options = []
    if place.conf_file:
        (folder / "conf.d" / "10.env").write_text(with_secrets(place.conf_file, folder))
    if place.env_file:
        (folder / "prod.env").write_text(with_secrets(place.env_file, folder))
        options = ["--env-file", str(folder / "prod.env")]
    ending, text = place.config_file
    if text:
        (folder / f"prod.{ending}").write_text(with_secrets(text, folder))
        options += ["--conf-file", str(folder / f"prod.{ending}")]
    if place.secret_file is not None:
        path = folder / place.secret_name
        path.parent.mkdir(exist_ok=True, parents=True)
        if place.binding:
            (path.parent / "type").write_text(place.binding)
        path.write_bytes(with_secrets(place.secret_file, folder).encode("utf-8", "surrogateescape"))
    return {name: with_secrets(value, folder) for name, value in place.variables.items()}, options


@pytest.mark.parametrize("name", PLACES)
def test_no_command_shows_a_secret(name: str, contracts: dict[str, Path], server: Server, tmp_path: Path) -> None:
    place = PLACES[name]
    variables, options = laid_out(place, tmp_path)
    leaks = []
    environ = {**variables, "CONFCONTRACT_DEBUG": "1"}
    for title, (command, *rest) in COMMANDS.items():
        rest = [part.format(folder=tmp_path, settings=place.settings) for part in rest]
        code, text = forked(
            command, "--contract", str(contracts[place.settings]), *options, *rest, environ=environ, by=server
        )
        leaks += [f"{title}: {line}" for line in found_in(text)]
        if code == 70 or "Traceback" in text:
            leaks.append(f"{title} ended with {code}: {text[:300]}")
    assert not leaks, "\n".join(leaks)


# -- what the commands above can't show: real processes, their files, their arguments ---------------


def _run(*arguments: str, environ: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "confcontract", *arguments]
    kept = {**PLAIN_ENVIRON, "HOME": str(cwd), "TMPDIR": str(cwd), **environ}
    return subprocess.run(command, env=kept, cwd=cwd, capture_output=True, text=True, timeout=SAFETY)


WHOLE = {"SHOP_API_KEY": SECRETS[WORD], "SHOP_DSN": f"postgres://app:{SECRETS[WORD]}@db/shop"}
BROKEN = {**WHOLE, "SHOP_PASSWORD": SECRETS[WORD], "SHOP_PORT": "x"}


def test_the_canary_is_found_where_it_is_shown(contracts: dict[str, Path], tmp_path: Path) -> None:
    """The application gets the secret, and this search would find it."""
    done = _run("boot", "--contract", str(contracts["Settings"]), "--", "env", environ=WHOLE, cwd=tmp_path)
    assert done.returncode == 0
    assert len(found_in(done.stdout)) == 2
    assert not found_in(done.stderr)


@pytest.mark.parametrize("environ", [WHOLE, BROKEN], ids=["whole", "broken"])
@pytest.mark.parametrize("title", [*COMMANDS, "validate, GitHub"])
def test_no_file_is_left_with_a_secret_in_it(
    contracts: dict[str, Path], tmp_path: Path, title: str, environ: dict[str, str]
) -> None:
    (tmp_path / "conf.d").mkdir()
    command, *rest = (part.format(folder=tmp_path, settings="Settings") for part in {**COMMANDS, **GITHUB}[title])
    done = _run(command, "--contract", str(contracts["Settings"]), *rest, environ=environ, cwd=tmp_path)
    assert not found_in(done.stdout + done.stderr)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or not found_in(path.read_text(errors="replace")), path


LOOK = """
import contextlib, glob
for path in glob.glob("/proc/[0-9]*/cmdline"):
    with contextlib.suppress(OSError), open(path, "rb") as file:  # others come and go
        print(file.read())
"""


def test_no_secret_is_an_argument_of_any_process(contracts: dict[str, Path], tmp_path: Path) -> None:
    """The application looks at the arguments of all processes of its session, its own included."""
    done = _run(
        "boot", "--contract", str(contracts["Settings"]), "--", sys.executable, "-c", LOOK, environ=WHOLE, cwd=tmp_path
    )
    assert "cmdline" in done.stdout
    assert not found_in(done.stdout)


def test_a_command_that_is_not_found_shows_no_secret(contracts: dict[str, Path], tmp_path: Path) -> None:
    for command, code in (("no-such-command", 127), ("/", 126)):
        done = _run("boot", "--contract", str(contracts["Settings"]), "--", command, environ=WHOLE, cwd=tmp_path)
        assert done.returncode == code
        assert not found_in(done.stdout + done.stderr)


def test_the_python_interface_shows_no_secret_in_repr_or_message(contracts: dict[str, Path]) -> None:
    from confcontract import Contract, resolve

    result = resolve(Contract.load(contracts["Settings"]), environ=BROKEN)
    shown: list[Any] = [result, result.problems, result.contract, result.sources, result.deferred]
    shown += [problem.as_dict() for problem in result.problems]
    assert not found_in(repr(shown) + str(shown))


def test_on_a_terminal_nothing_more_is_shown(contracts: dict[str, Path], tmp_path: Path) -> None:
    for arguments in (["explain"], ["validate"], ["boot", "--dry-run"]):
        command = [sys.executable, "-m", "confcontract", arguments[0], "--contract", str(contracts["Settings"])]
        seen = shown_at_terminal([*command, *arguments[1:]], {**PLAIN_ENVIRON, "TERM": "xterm", **BROKEN}, tmp_path)
        assert "SHOP_" in seen
        assert not found_in(seen)
