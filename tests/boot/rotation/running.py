"""A rotation as the supervisor would have it, and all that it did and said."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from inspect import isfunction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

import confcontract.secrets.vault.session  # noqa: F401  (takes its time before a lease of one second begins)
from confcontract import OnChange, Resolution, bake, resolve
from confcontract.boot.rotation.candidate import Candidate
from confcontract.boot.rotation.change import Change
from confcontract.boot.rotation.lent import Reading
from confcontract.boot.rotation.rotation import Rotation
from confcontract.report.problem import Problem
from confcontract.secrets.store import SecretStore
from confcontract.secrets.vault.reader import VaultReader
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import CANARY
from tests.support.vault.openbao import PATIENCE

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


class Timed(Rotation):
    """late: the most seconds by which the machine, or a server, has held it up."""

    def __init__(self, since: float, **options: Any) -> None:
        self.late = 0.0
        self._due = since  # when there is something to do, on the monotonic clock
        self._began = self._acted = float("inf")  # acting on a change
        super().__init__(**options)

    def step(self) -> float:
        began = time.monotonic()
        nap = super().step()
        now = time.monotonic()
        self.late = max(self.late, began - self._due, began - self._acted, now - began)
        self._due, self._acted = now + nap, float("inf")
        return nap

    def _go_on_with(self, candidate: Candidate) -> None:
        if not candidate.applying:
            self._began = time.monotonic()
        super()._go_on_with(candidate)

    def _apply(self, candidate: Candidate) -> None:
        super()._apply(candidate)
        self._acted = time.monotonic()
        self.late = max(self.late, self._acted - self._began)


class Counted(Protocol):
    """What has something made. made: how often it did."""

    @property
    def made(self) -> int: ...


class Running:
    """store: makes what is asked for secrets, if not Vault. options: of Rotation. verify, changed: may be replaced while
    it runs."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        env_files: Sequence[Path] = (),
        store: Callable[[], SecretStore] | None = None,
        **options: Any,
    ) -> None:
        self.environ = environ
        self.log: list[dict[str, object]] = []
        self.notes: list[tuple[str, str, object]] = []
        self.changes: list[Change] = []
        self.counts: dict[str, float] = {}
        self.functions: dict[tuple[str, ...], Callable[[], float | None]] = {}
        self.verify: Callable[[Resolution, tuple[str, ...]], list[Problem]] = lambda resolution, variables: []
        self.changed: Callable[[Change], bool] = lambda change: True
        self.env_files = env_files
        vault = partial(VaultReader, environ, deadline_seconds=PATIENCE, log=self.log.append)
        self.first = Reading(store or vault)
        since = time.monotonic()
        self.resolution = self.resolve(self.first)
        assert self.resolution.ok, self.resolution.problems
        options = {"poll_seconds": 3600.0, "debounce_seconds": 0.2, "grace_seconds": 0.1, **options}
        self.rotation = Timed(
            since,
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

    def said(self, status: str, *words: str) -> bool:
        """Whether it was so at some time, with all of these words."""
        return any(status == each and all(word in text for word in words) for each, text, _ in self.notes)

    def events(self, name: str) -> list[dict[str, object]]:
        return [record for record in self.log if record["event"] == name]

    # -- waiting

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < end, (self.changes, self.notes[-3:], self.log[-10:])
            time.sleep(0.01)

    def settled(self, counted: Counted) -> int:
        """What was made so far, without the one that was made for a change that has not come to be. It is over then."""
        rotation = self.rotation
        self.until(lambda: rotation._candidate is None)
        rotation.stop()  # the next one may have been under way even now
        if rotation._thread is not None:
            rotation._thread.join(PATIENCE)
        candidate = rotation._candidate
        if candidate is None:
            return counted.made
        self.until(lambda: not candidate.applying or candidate.outcome is not None)
        waiting = [] if candidate.change in self.changes else candidate.loans
        return counted.made - sum(1 for loan in waiting if loan.lease and loan not in rotation._loans)

    def assert_nothing_leaked(self, canaries: set[str]) -> None:
        secrets = {resolution.environ.get(name) for resolution in self._resolutions() for name in SECRET}
        said = [json.dumps(self.log), json.dumps(self.notes), json.dumps(sorted(self.counts)), repr(self.changes)]
        said += [repr(self.first.loans), repr(self.rotation._loans), repr(list(self.functions))]
        for canary in canaries | {secret for secret in secrets if secret and len(secret) > 7}:
            assert not [text for text in said if canary in text]

    def _resolutions(self) -> list[Resolution]:
        return [self.resolution, *(change.resolution for change in self.changes)]


SECRET = ("SHOP_USER", "SHOP_PASSWORD", "SHOP_KEY")


class Run:
    """Call it for another rotation, with the environment's variables and options of `Running`."""

    def __init__(self, environ: Mapping[str, str], token: str, proxy: Faulty) -> None:
        self._environ = environ
        self._token = token
        self._proxy = proxy
        self._made: list[Running] = []

    def __call__(self, variables: Mapping[str, str], **options: Any) -> Running:
        login = options.pop("login", {"VAULT_TOKEN": self._token})
        self._made.append(Running({**self._environ, **login, **variables}, **options))
        return self._made[-1]

    @property
    def late(self) -> float:
        return max((running.rotation.late for running in self._made), default=0.0)

    def end(self, canary: str) -> None:
        for running in self._made:
            running.rotation.stop()
            running.assert_nothing_leaked({canary, *(token for token in self._proxy.tokens if token)})
            running.rotation.give_back()
        self._made.clear()
        self._proxy.rules.clear()
        self._proxy.requests.clear()


def unless_late(seconds: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For a test that needs leases to be kept: they are short, for it not to last for hours.

    seconds: how much a lease leaves over. Where the rotation was held up for longer, by what it can't help, a lease
    may have ended, rightly: then the test, where it failed, is done again, and whatever lasts for seconds lasts longer.
    """

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def tried(**fixtures: Any) -> None:
            run: Run = fixtures["run"]
            for times in LONGER:
                try:
                    test(**{name: _longer(fixture, times) for name, fixture in fixtures.items()})
                    break
                except AssertionError:
                    if times == LONGER[-1] or run.late < seconds * times:
                        raise
                run.end(CANARY)

        return tried

    return decorate


LONGER = (1, 1, 2, 5, 12)


def _longer(fixture: Any, times: int) -> Any:
    """`role` and `login` make what lasts so many times as long."""
    if not isfunction(fixture):
        return fixture

    def scaled(text: str) -> str:
        return f"{int(text[:-1]) * times}s" if re.fullmatch(r"\d+s", text) else text

    return lambda *texts, **named: fixture(*map(scaled, texts), **{name: scaled(text) for name, text in named.items()})


def rewrite(path: Path, text: str) -> None:
    """Who looks at it finds either all of the old or all of the new."""
    new = path.with_name(f".{path.name}")
    new.write_text(text)
    new.replace(path)
