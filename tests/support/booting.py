"""Start the real `confcontract boot`, ask resolve() the same question, and hold the application against both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confcontract import Contract, bake, declare, resolve
from confcontract.verdict.environment import app_environ
from tests.support.classes import revealed
from tests.support.forks import plain_environ, server
from tests.support.measured import measured

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

    from confcontract.verdict.resolution import Resolution

CONFCONTRACT = str(Path(sys.executable).with_name("confcontract"))
APP = str(Path(__file__).with_name("app.py"))
SAFETY = 120  # seconds until a hanging process is a failure; no test asks how long anything took
PLAIN = {"PATH": os.defpath, "LANG": "C.UTF-8"}
CANARY = "canary-51c0ffee"
TELL = ("/bin/cat", "/proc/self/environ")


class Ended:
    """A boot that ended. `environ`: what the command found, where the command was TELL."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.raw = done.stdout or b""
        self.out = self.raw.decode("utf-8", "surrogateescape")
        self.err = (done.stderr or b"").decode("utf-8", "surrogateescape")

    @property
    def environ(self) -> dict[str, str]:
        assert self.code == 0, self.err
        entries = [os.fsdecode(entry) for entry in self.raw.split(b"\0") if entry]
        found = dict(entry.split("=", 1) for entry in entries)
        return {name: value for name, value in found.items() if not name.startswith("COVERAGE_")}

    @property
    def report(self) -> str:
        """What was said, with the line breaks of the report taken out."""
        return " ".join(self.err.split())

    @property
    def reason(self) -> dict[str, Any]:
        """The JSON line of a failed boot: the last one."""
        line: dict[str, Any] = json.loads(self.err.splitlines()[-1])
        assert line["exitCode"] == self.code
        return line

    def named(self) -> set[str | None]:
        return {problem["variable"] for problem in self.reason["problems"]}


def patiently(boot: Callable[[float], Ended], enough: Callable[[Ended], object]) -> Ended:
    """What `boot` gives within so many times its time: a machine that stands still for that long is asked again."""
    done = boot(1)
    for longer in (10, 100):
        if enough(done):
            break
        done = boot(longer)
    return done


class Site:
    """A place where a container would start: its contract, its files, its working directory."""

    program: tuple[str, ...] = (CONFCONTRACT,)

    def __init__(self, directory: Path, settings: type[BaseSettings], **declared: Any) -> None:
        self.directory = directory
        self.settings = settings
        self.contract_path = directory / "contract.json"
        self.conf_dir = directory / "conf.d"
        self.policy_dir = directory / "policy.d"
        # What boot leaves for probes of checks would otherwise lie where that of every other boot does.
        self.runtime = {"CONFCONTRACT_RUNTIME_DIR": str(directory / "run")} if "checks" in declared else {}
        if declared:
            bake(declare(settings, name="shop", version="1.4.0", **declared)).dump(self.contract_path)
        else:
            self.contract_path.write_bytes(baked(settings))
        self.contract = Contract.load(self.contract_path)

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def argv(self, options: Sequence[str | Path], command: Sequence[str] | None) -> list[str]:
        for folder in (self.conf_dir, self.policy_dir):
            if not os.path.lexists(folder):  # one that is named must be there
                folder.mkdir()
        places = ["--contract", self.contract_path, "--conf-dir", self.conf_dir, "--policy-dir", self.policy_dir]
        tail = () if command is None else ("--", *command)
        return [*self.program, "boot", *map(str, (*places, *options, *tail))]

    def boot(
        self,
        *options: str | Path,
        environ: Mapping[str, str] | None = None,
        command: Sequence[str] | None = TELL,
        **more: Any,
    ) -> Ended:
        """Run `confcontract boot` to its end. `environ` is added to a plain one; more goes to subprocess.run."""
        env = {**PLAIN, **self.runtime, **measured(), **(environ or {})}
        more = {"cwd": self.directory, "env": env, "stdin": subprocess.DEVNULL, **more}
        if not {"stdout", "stderr"} & set(more):
            more["capture_output"] = True
        prefix = more.pop("under", ())
        argv = [*prefix, *self.argv(options, command)]
        return Ended(subprocess.run(argv, timeout=SAFETY, check=False, **more))

    def boot_in_fork(self, *options: str | Path, environ: Mapping[str, str] | None = None) -> Ended:
        """The same with `true` as its command, where what boot imports takes longer than what it does."""
        argv = self.argv(options, ("true",))[len(self.program) :]
        whole = {**plain_environ(), **PLAIN, **self.runtime, **(environ or {})}
        code, out, err = server().run(argv, whole, str(self.directory))
        return Ended(subprocess.CompletedProcess(argv, code, out, err))

    def resolve(self, environ: Mapping[str, str], env_files: Sequence[Path] = (), **more: Any) -> Resolution:
        with chdir(self.directory):
            return resolve(
                self.contract,
                environ={**PLAIN, **environ},
                env_files=env_files,
                conf_dir=str(self.conf_dir),
                **more,
            )

    def settings_in(self, environ: Mapping[str, str]) -> Any:
        """What the application's class says in exactly this environment, in this place."""
        with surroundings(environ, self.directory):
            return revealed(self.settings())

    def agree(self, environ: Mapping[str, str], env_files: Sequence[Path] = (), **more: Any) -> Resolution:
        """Resolve and boot; the command gets what resolve() promised, and its Settings() sees the same values."""
        result = self.resolve(environ, env_files, **more)
        assert result.ok, result.problems
        options = [word for path in env_files for word in ("--env-file", str(path))]
        given = self.boot(*options, environ=environ).environ
        keep = [variable["name"] for variable in self.contract.variables]
        assert given == app_environ(result.environ, [*keep, *_aliases(self.contract)])
        assert self.settings_in(given) == result.values
        return result

    def start_app(
        self, environ: Mapping[str, str], env_files: Sequence[Path] = (), *options: str
    ) -> tuple[dict[str, str], Any]:
        """Boot a Python program that reads its settings: (the environment it found, its settings as JSON data)."""
        files = [word for path in env_files for word in ("--env-file", str(path))]
        command = (sys.executable, APP, self.settings.__name__)
        done = self.boot(*files, *options, environ=environ, command=command)
        assert done.code == 0, done.err
        told = json.loads(done.out)
        return told["environ"], told["settings"]


def without_privileges() -> list[str]:
    """What to put before a command so that modes of files count even for root."""
    if os.geteuid() != 0:
        return []
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", rights, "--inh-caps", rights]


@cache
def baked(settings: type[BaseSettings]) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "contract.json"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bake(settings, name="shop", version="1.4.0").dump(path)
        return path.read_bytes()


def _aliases(contract: Contract) -> Iterator[str]:
    for variable in contract.variables:
        yield from variable.get("aliases", ())


@contextmanager
def surroundings(environ: Mapping[str, str], directory: Path) -> Iterator[None]:
    """This process in another environment and working directory."""
    before, cwd = dict(os.environ), os.getcwd()
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(directory)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(before)
