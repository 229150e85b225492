"""A rotation as the supervisor would have it, and all that it did and said."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

import confcontract.boot.vault.session  # noqa: F401  (imports hvac before a lease of one second begins)
from confcontract import OnChange, Resolution, bake, resolve
from confcontract.boot.rotation.change import Change
from confcontract.boot.rotation.reading import Reading
from confcontract.boot.rotation.rotation import Rotation
from confcontract.boot.vault.reader import VaultReader
from confcontract.problem import Problem

if TYPE_CHECKING:
    from confcontract.boot.health.snapshot import Datum


class Settings(BaseSettings):
    """Nothing of it refers to Vault by itself: each test says what does."""

    model_config = SettingsConfigDict(env_prefix="SHOP_")

    user: SecretStr | None = None
    password: SecretStr | None = None
    key: Annotated[SecretStr | None, OnChange("SIGHUP")] = None
    pin: Annotated[int, Field(ge=1)] = 1
    banner: Annotated[str, OnChange("ignore")] = ""
    page: Annotated[str, OnChange("files")] = ""


CONTRACT = bake(Settings, name="shop", version="1")


class Running:
    """options: of Rotation. verify, changed: may be replaced while it runs."""

    def __init__(self, environ: Mapping[str, str], *, env_files: Sequence[Path] = (), **options: Any) -> None:
        self.environ = environ
        self.log: list[dict[str, object]] = []
        self.notes: list[tuple[str, str, object]] = []
        self.changes: list[Change] = []
        self.counts: dict[str, float] = {}
        self.functions: dict[tuple[str, ...], Callable[[], float | None]] = {}
        self.verify: Callable[[Resolution, tuple[str, ...]], list[Problem]] = lambda resolution, variables: []
        self.changed: Callable[[Change], bool] = lambda change: True
        self.env_files = env_files
        self.first = Reading(lambda: VaultReader(environ, deadline_seconds=20, log=self.log.append))
        self.resolution = self.resolve(self.first)
        assert self.resolution.ok, self.resolution.problems
        options = {"poll_seconds": 3600.0, "debounce_seconds": 0.2, "grace_seconds": 0.1, **options}
        self.rotation = Rotation(
            resolve=self.resolve,
            first=self.first,
            resolution=self.resolution,
            changed=self._changed,
            verify=self._verify,
            health=self,
            metrics=self,
            log=self.log.append,
            **options,
        )

    def resolve(self, vault: Reading) -> Resolution:
        return resolve(CONTRACT, environ=self.environ, env_files=self.env_files, vault=vault)

    def start(self) -> Running:
        self.rotation.start()
        return self

    def _verify(self, resolution: Resolution, variables: tuple[str, ...]) -> list[Problem]:
        return self.verify(resolution, variables)

    def _changed(self, change: Change) -> bool:
        done = self.changed(change)
        if done:
            self.changes.append(change)
        return done

    @property
    def app(self) -> Mapping[str, str]:
        """The environment that the application has now."""
        return self.changes[-1].environ if self.changes else self.resolution.environ

    # -- what a rotation tells

    def note(self, name: str, status: str, words: str = "", data: Mapping[str, Datum] | None = None) -> None:
        assert name == "secrets"
        self.notes.append((status, words, data))

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        key = f"{name}{json.dumps(labels)}"
        self.counts[key] = self.counts.get(key, 0) + amount

    def set_function(self, name: str, function: Callable[[], float | None], /, **labels: str) -> None:
        self.functions[(name, *labels.values())] = function

    @property
    def status(self) -> str:
        return self.notes[-1][0]

    @property
    def words(self) -> str:
        return self.notes[-1][1]

    def statuses(self) -> list[str]:
        """In their order, each once in a row."""
        found = [status for status, _, _ in self.notes]
        return [status for at, status in enumerate(found) if at == 0 or found[at - 1] != status]

    def events(self, name: str) -> list[dict[str, object]]:
        return [record for record in self.log if record["event"] == name]

    # -- waiting

    def until(self, reached: Callable[[], bool]) -> None:
        for _ in range(3000):
            if reached():
                return
            time.sleep(0.01)
        raise AssertionError((self.changes, self.notes[-3:], self.log[-10:]))

    def assert_nothing_leaked(self, canaries: set[str]) -> None:
        secrets = {resolution.environ.get(name) for resolution in self._resolutions() for name in SECRET}
        said = [json.dumps(self.log), json.dumps(self.notes), json.dumps(sorted(self.counts)), repr(self.changes)]
        said += [repr(self.first.loans), repr(self.rotation._loans), repr(list(self.functions))]
        for canary in canaries | {secret for secret in secrets if secret and len(secret) > 7}:
            assert not [text for text in said if canary in text]

    def _resolutions(self) -> list[Resolution]:
        return [self.resolution, *(change.resolution for change in self.changes)]


SECRET = ("SHOP_USER", "SHOP_PASSWORD", "SHOP_KEY")

Run = Callable[..., Running]
