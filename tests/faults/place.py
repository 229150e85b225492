"""Where boots of a contract with a few variables play; their one secret, SHOP_PASSWORD, lies in a file."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract, Role, Secret, bake, declare
from confcontract.boot import rundir
from confcontract.checks import Check
from confcontract.report.problem import ERROR
from tests.faults.booted import Booted
from tests.faults.case import forbid
from tests.support.launching import PLAIN_ENVIRON


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: SecretStr
    user: str = ""
    database: Annotated[str | None, Secret()] = None
    cache: Annotated[str | None, Secret()] = None
    api: str | None = None


NOT_ISOLATED = "import sys; from confcontract.__main__ import main; sys.exit(main())"


class Place:
    """canary: part of each secret. directory: all that is left in it is searched, what the boots say as well.

    private: what is in there may hold secrets. patience: by which short deadlines are multiplied.
    """

    def __init__(self, directory: Path, canary: str, patience: int) -> None:
        self.canary = canary
        self.patience = patience
        self.directory = directory / "place"
        self.private = directory / "private"
        for made in (self.directory, self.private):
            made.mkdir()
        self.contract = self.directory / "contract.json"
        self.given = {
            **PLAIN_ENVIRON,
            rundir.VARIABLE: str(self.directory / "run"),
            "CONFCONTRACT_DEBUG": "1",
            "SHOP_PASSWORD_FILE": str(self.secret("password", canary)),
        }
        self.booted: list[Booted] = []
        self._stack = contextlib.ExitStack()
        self.declare()

    def secret(self, name: str, value: str) -> Path:
        path = self.private / name
        new = path.with_name(f".{name}")
        new.write_text(value)
        new.replace(path)  # a supervisor that looks at it finds either all of the old or all of the new
        return path

    def declare(self, *checks: Check, **roles: Role) -> None:
        """Bake the contract that is booted from now on."""
        if checks or roles:
            _baked(checks, roles).dump(self.contract)
        else:
            _plain().dump(self.contract)

    def argv(self, *command: str, options: Sequence[str] = (), supervise: bool = False) -> list[str]:
        given = ["--contract", str(self.contract), "--log-format", "json", *(["--supervise"] if supervise else [])]
        return [sys.executable, "-m", "confcontract", "boot", *given, *options, *(["--", *command] if command else [])]

    def start(
        self,
        *command: str,
        options: Sequence[str] = (),
        supervise: bool = False,
        under: Sequence[str] = (),
        environ: dict[str, str] | None = None,
        **popen: Any,
    ) -> Booted:
        """under: what is put before the command line."""
        argv = [*under, *self.argv(*command, options=options, supervise=supervise)]
        return self.run(argv, environ, **popen)

    def run(self, argv: list[str], environ: dict[str, str] | None = None, **popen: Any) -> Booted:
        given = {name: value for name, value in {**self.given, **(environ or {})}.items() if value}
        if "CLOCKS" in given:  # a sitecustomize moves them, which a boot that is isolated doesn't run
            argv = [word if word != "-m" else "-c" for word in argv]
            argv[argv.index("confcontract")] = NOT_ISOLATED
        made = Booted(argv, given, self.directory, f"boot-{len(self.booted)}", **popen)
        self.booted.append(made)
        return made

    def failed(self, booted: Booted) -> tuple[int, str, str]:
        """Exit code, problem and message of a boot that fails, once it has."""
        code = booted.wait()
        problems = [record for record in booted.events("problem") if record["severity"] == ERROR]
        assert booted.records[-1]["exitCode"] == code, booted.err
        assert all(problem["hint"] for problem in problems), "a message without a remedy"
        names = "/".join(dict.fromkeys(f"`{problem['code']}`" for problem in problems))
        text = "; ".join(_with_variable(problem["variable"], problem["message"]) for problem in problems)
        return code, names, self.neutral(text)

    def neutral(self, message: str) -> str:
        """The message without what differs between two runs."""
        message = message.replace(str(self.directory), "/srv/shop")
        message = re.sub(r"after \d+(\.\d)? s", "after 2 s", message)
        message = re.sub(r"(127\.0\.0\.1|\[::1\]):\d+", r"\1:5432", message)
        message = re.sub(r" \(since [^)]*\)", "", message)
        message = re.sub(r"user \d+", "user 1000", message)
        message = re.sub(r"\d{6,} bytes", "… bytes", message)
        return re.sub(r"(; )?\S+ expires in -?\d+ s", "", message)

    def during(self, things: contextlib.AbstractContextManager[Any]) -> Any:
        return self._stack.enter_context(things)

    def finally_(self, act: Callable[[], object]) -> None:
        self._stack.callback(act)

    def close(self) -> None:
        for booted in self.booted:
            booted.close()
        self._stack.close()

    def search(self) -> None:
        """The leak canary. What the application was told is in `private`, for it to be known here."""
        secrets = {self.canary} | {
            word
            for path in self.private.glob("*")
            if path.is_file()
            for word in path.read_text().split()
            if len(word) > 12
        }
        read = [(booted.process.args, text) for booted in self.booted for text in booted.read]
        left = [path for path in self.directory.rglob("*") if path.is_file()]
        forbid([path for path in left if path.name.startswith("core")], "a core file was left")
        found = read + [(path, path.read_bytes().decode(errors="replace")) for path in left]
        for secret in secrets:
            forbid([where for where, text in found if secret in text], "the leak canary was seen")


def _with_variable(variable: str | None, message: str) -> str:
    return message if not variable or variable in message else f"{variable}: {message}"


def _baked(checks: Sequence[Check], roles: dict[str, Role]) -> Contract:
    return bake(declare(Settings, name="shop", version="1.4.0", checks=checks, roles=roles))


@cache
def _plain() -> Contract:
    return _baked((), {})
