"""Where a case plays: a server, a faulty way to it, a contract, and a real boot whose every word is searched."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confcontract.report.problem import ERROR
from tests.faults.case import Verdict, forbid
from tests.support.booting import TELL, Site
from tests.support.classes import InVault
from tests.support.vault import faulty
from tests.support.vault.certificates import Authority
from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import OpenBao

LONG = 50.0  # seconds of deadline for a boot that is meant to succeed
SHORT = 2.0  # for one that is meant to give up; times `patience`


class Stage:
    """bao: the server behind `proxy`. canary: part of every secret and token. given: the environment of the next boot."""

    def __init__(
        self, bao: OpenBao, proxy: Faulty, authority: Authority, site: Site, canary: str, patience: int
    ) -> None:
        self.bao = bao
        self.proxy = proxy
        self.authority = authority
        self.site = site
        self.canary = canary
        self.patience = patience
        self.given = {"VAULT_ADDR": proxy.address, "VAULT_TOKEN": bao.token, "CONFCONTRACT_DEBUG": "1"}
        self.also_secret: set[str] = set()
        self._stack = contextlib.ExitStack()

    @property
    def directory(self) -> Path:
        return self.site.directory

    def boot(self, reference: str = "", *, seconds: float = LONG, env_file: str = "", **environ: str) -> Verdict:
        """Boot the contract's one secret, secret/shop#password or `reference`, and search all that was said."""
        given = {**self.given, **environ}
        if reference:
            given["SHOP_PASSWORD"] = f"vault:{reference}"
        options = ["--log-format", "json", "--timeout", str(seconds)]
        for named in (self.site.conf_dir, self.site.policy_dir):
            named.mkdir(exist_ok=True)
        before = set(self.directory.rglob("*"))
        done = self.site.boot(*options, environ={k: v for k, v in given.items() if v}, command=TELL)
        said = done.err if done.code == 0 else done.err + done.out
        for secret in {self.canary, *self.also_secret, *(token for token in self.proxy.tokens if len(token) > 8)}:
            forbid(secret in said, "the leak canary was seen")
        forbid(set(self.directory.rglob("*")) ^ before, "boot left a file behind")
        forbid("Traceback" in said, "a traceback was seen")
        if done.code == 0:
            return Verdict(0, "", "", done.environ["SHOP_PASSWORD"])
        assert done.reason["exitCode"] == done.code
        lines = [json.loads(line) for line in done.err.splitlines()]
        problems = [line for line in lines if line["event.action"] == "problem" and line["severity"] == ERROR]
        assert [problem["variable"] for problem in problems] == ["SHOP_PASSWORD"], problems
        assert problems[0]["hint"], "a message without a remedy"
        return Verdict(
            done.code, problems[0]["code"], self.neutral(problems[0]["message"].removeprefix("SHOP_PASSWORD: ")), ""
        )

    def gives_up(self, reference: str = "", **environ: str) -> Verdict:
        return self.boot(reference, seconds=SHORT * self.patience, **environ)

    def neutral(self, message: str) -> str:
        """The message without what differs between two runs."""
        message = message.replace(str(self.directory), "/run/vault")
        message = re.sub(r"gave up after \d+ s", "gave up after 2 s", message)
        message = re.sub(r"://127\.0\.0\.1:\d+", "://vault.example.com:8200", message)
        return message.replace("://127.0.0.1", "://vault.example.com")

    def during(self, things: contextlib.AbstractContextManager[Any]) -> Any:
        return self._stack.enter_context(things)

    def finally_(self, act: Callable[[], object]) -> None:
        self._stack.callback(act)

    def close(self) -> None:
        self._stack.close()

    def search(self) -> None:
        """What was said has been searched at once, by `boot`; here is what lies on disk."""
        for path in self.directory.rglob("*"):
            forbid(path.is_file() and self.canary.encode() in path.read_bytes(), f"the leak canary was seen in {path}")

    def fault(self, fault: faulty.Fault, *, where: str = "secret/data", times: int | None = None) -> None:
        self.proxy.fault(fault, where=where, times=times)

    def fails(self, fault: faulty.Fault, *, where: str = "secret/data") -> Verdict:
        """It never gets better."""
        self.fault(fault, where=where)
        return self.gives_up()

    def passes(self, fault: faulty.Fault, times: int = 2, *, where: str = "secret/data") -> Verdict:
        """It gets better after so many times."""
        self.fault(fault, where=where, times=times)
        verdict = self.boot()
        assert verdict.value == self.canary
        return verdict

    def secure(self, certificate: tuple[Path, Path]) -> Faulty:
        """The way to the server by TLS, with our own authority."""
        server = Faulty(self.bao.address, certificate)
        self.finally_(server.stop)
        self.given |= {"VAULT_ADDR": server.address, "VAULT_CACERT": str(self.authority.ca)}
        return server

    def approle(self, name: str, **role: object) -> str:
        """Boot logs in with this role from now on. Returns the role's path."""
        path = f"auth/approle/role/{name}"
        self.bao.do("POST", path, {"token_policies": "shop", **role})
        secret_id = f"{self.canary}-{time.monotonic_ns()}"
        self.bao.do("POST", f"{path}/custom-secret-id", {"secret_id": secret_id})
        self.given["VAULT_TOKEN"] = ""
        self.given["VAULT_ROLE_ID"] = self.bao.do("GET", f"{path}/role-id")["role_id"]
        self.given["VAULT_SECRET_ID"] = secret_id
        return path

    def once(self, act: Callable[[faulty.Exchange], None], *, where: str = "secret/data") -> None:
        """Do something on the server's side just before the first such request is passed on."""

        def fault(exchange: faulty.Exchange) -> None:
            act(exchange)
            faulty.forward(exchange)

        self.fault(fault, where=where, times=1)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        timer = threading.Timer(seconds, act)
        timer.start()
        self.finally_(timer.join)


def stage(bao: OpenBao, proxy: Faulty, authority: Authority, directory: Path, canary: str, patience: int) -> Stage:
    os.makedirs(directory / "site")
    return Stage(bao, proxy, authority, Site(directory / "site", InVault), canary, patience)
