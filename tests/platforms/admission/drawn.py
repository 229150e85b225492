"""A contract with something of every kind, and containers drawn at random, with what their environment really is."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, AnyUrl, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Role, Separated, bake, declare
from confcontract.contract.artifact import Contract
from tests.platforms.admission.written import IMAGE


class Database(BaseModel):
    host: str = Field(min_length=2)
    port: int = Field(5432, ge=1, le=65535)


class Cache(BaseModel):
    url: AnyUrl
    size: int = Field(10, ge=1)


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    port: int = Field(ge=1, le=65535)
    name: str = Field("shop", min_length=2, max_length=10, pattern="^[a-z][a-z0-9-]*$")
    ratio: float = Field(0.5, gt=0, le=1)
    debug: bool = False
    level: Literal["debug", "it's", 'a"b', "back\\slash", "new\nline", "$HOME ${X} $(X)"] = "debug"
    price: Decimal = Field(Decimal("1.5"), max_digits=6, decimal_places=2, ge=0)
    shards: Annotated[list[int], Separated(",")] = [1]
    hosts: list[str] = []
    wait: timedelta = timedelta(seconds=3)
    broker: AnyUrl | None = None
    workers: int = Field(2, ge=1, validation_alias=AliasChoices("SHOP_WORKERS", "SHOP_PROCESSES", "WORKERS_PORT"))
    token: SecretStr = Field(min_length=8)
    database: Database
    cache: Cache | None = None


@cache
def shop() -> Contract:
    roles = {"web": Role(command=["web"]), "migrate": Role(command=["migrate"], needs=["SHOP_DATABASE__HOST"])}
    return bake(declare(Shop, name="shop", version="1.4.0", roles=roles))


@cache
def without_roles() -> Contract:
    return bake(declare(Shop, name="shop", version="1.4.0"))


# Values of each variable: those that are fine, those that are wrong beyond doubt, those of which a policy is not sure.
VALUES: Mapping[str, tuple[list[str], list[str], list[str]]] = {
    "SHOP_PORT": (
        ["80", " 443 ", "+1", "8080.0"],
        ["abc", "0", "65536", "", "8O80", "1.5", "99999999999999999999"],
        ["1_0"],
    ),
    "SHOP_NAME": (["shop", "a-1"], ["", "a", "Shop", "shop shop", "a" * 11], ["shöp", "a\nb"]),
    "SHOP_RATIO": (["0.5", "1", ".25", "1e-3"], ["0", "1.01", "half", "-1", ""], ["nan", "inf", "1_0"]),
    "SHOP_DEBUG": (["true", "NO", "1", "f"], ["maybe", "", " true", "2"], ["\u017f"]),
    "SHOP_LEVEL": (["debug", "it's", 'a"b', "back\\slash", "new\nline"], ["Debug", "", "its", "back\\\\slash"], []),
    "SHOP_PRICE": (["1.50", "0", "12"], ["-1", "free", ""], ["1e2", "123456.789"]),
    "SHOP_SHARDS": (["1,2", "3", " 1 , 2 ", "", "[1, 2]"], ["1,x", "a", "1,,2"], ["[1, x]"]),
    "SHOP_HOSTS": (['["a"]', "[]", "null"], ["a,b", "a", ""], ["5", "{}", "[1]"]),
    "SHOP_WAIT": (["PT30S", "1 day"], ["soon", ""], ["30x"]),
    "SHOP_BROKER": (["amqp://h", "http:/x"], ["h", "", "//h"], ["a:"]),
    "SHOP_WORKERS": (["1", "4"], ["0", "two"], []),
    "SHOP_PROCESSES": (["1", "4"], ["0", "two"], []),
    "WORKERS_PORT": (["1", "4"], ["0", "two"], []),
    "SHOP_TOKEN": (["hunter2-hunter2"], ["short", ""], ["ééééééé"]),
    "SHOP_DATABASE__HOST": (["db", "db.example"], ["", "x"], []),
    "SHOP_DATABASE__PORT": (["5432"], ["0", "pg"], []),
    "SHOP_DATABASE": (['{"host": "db"}', "null"], ["db"], ['{"host": 5}', '{"port": "x", "host": "db"}']),
    "SHOP_CACHE__URL": (["redis://c"], ["c"], []),
    "SHOP_CACHE__SIZE": (["3"], ["0", "big"], []),
    "SHOP_CACHE": (['{"url": "redis://c"}', "null"], ["c:6379"], ["{}"]),
}
REQUIRED = ("SHOP_PORT", "SHOP_TOKEN", "SHOP_DATABASE__HOST")
NOT_BOOT = (
    ["sh", "-c", "confcontract boot -- app"],
    ["cp", "-r", "/static", "/out"],
    ["env", "SHOP_PORT=80", "confcontract", "boot"],
)
BOOT = (
    ["confcontract", "boot", "--", "app"],
    ["/opt/venv/bin/python3.12", "-I", "-m", "confcontract", "boot"],
    ["tini", "--", "confcontract", "boot"],
)


@dataclass
class Drawn:
    """A container as a manifest has it, and what a policy can't see of it.

    environ: what boot would find. below: what it would find in files, which the environment outranks. is_boot: whether
    boot runs at all. is_seen: whether all that counts is in the manifest. unsure: variables with a value of which a
    policy is not sure. spelled: how often each name is there, by how names are compared.
    """

    spec: dict[str, Any]
    environ: dict[str, str] = field(default_factory=dict)
    below: dict[str, str] = field(default_factory=dict)
    role: str | None = None
    is_boot: bool = True
    is_seen: bool = True
    unsure: set[str] = field(default_factory=set)
    links: bool = True


class Drawing:
    def __init__(self, seed: int, roles: tuple[str, ...] = ()) -> None:
        self.roles = roles
        self.chance = random.Random(seed)

    def value(self, name: str, drawn: Drawn | None = None) -> str:
        fine, wrong, unclear = VALUES[name]
        kind = self.chance.random()
        if kind < 0.72:
            return self.chance.choice(fine)
        if kind < 0.94 or not unclear:
            return self.chance.choice(wrong)
        if drawn is not None:
            drawn.unsure.add(name)
        return self.chance.choice(unclear)

    def container(self) -> Drawn:
        chance = self.chance
        drawn = Drawn({"name": "app", "image": IMAGE})
        names = [name for name in VALUES if chance.random() < (0.85 if name in REQUIRED else 0.25)]
        chance.shuffle(names)
        self._env_from(drawn)
        env: list[dict[str, Any]] = []
        for name in names:
            for _ in range(2 if chance.random() < 0.06 else 1):
                env.append(self._entry(name, drawn))
        for stranger in ("PATH", "SHOP_NOBODY", "SHOP_DATABASE__NOBODY"):
            if chance.random() < 0.2:
                env.append({"name": stranger, "value": "x"})
                drawn.environ[stranger] = "x"
        if self.roles and chance.random() < 0.4:
            drawn.role = chance.choice(self.roles)
            env.append({"name": "CONFCONTRACT_ROLE", "value": drawn.role})
        if env:
            drawn.spec["env"] = env
        self._command(drawn)
        return drawn

    def _env_from(self, drawn: Drawn) -> None:
        """A ConfigMap that nobody sees, under what the container says itself."""
        if self.chance.random() > 0.2:
            return
        prefix = self.chance.choice(["", "", "SHOP_", "X_"])
        source = {"configMapRef": {"name": "settings"}, **({"prefix": prefix} if prefix else {})}
        drawn.spec["envFrom"] = [source]
        drawn.is_seen = False
        for name in VALUES:
            if name.startswith(prefix) and self.chance.random() < 0.3:
                drawn.environ[name] = self.value(name)

    def _entry(self, name: str, drawn: Drawn) -> dict[str, Any]:
        chance = self.chance
        written = name.lower() if chance.random() < 0.03 else name
        drawn.environ.pop(written, None)  # an entry of the list stands behind those of envFrom
        kind = chance.random()
        if kind < 0.08:
            drawn.is_seen = False
            drawn.environ[written] = self.value(name)
            source = {"secretKeyRef": {"name": "s", "key": "k"}}
            return {"name": written, "valueFrom": source}
        if kind < 0.12:
            drawn.is_seen = False
            value = chance.choice(["$(PART)", "$(MISSING)x", "$$(PART)", "a$$b"])
            drawn.environ[written] = re.sub(r"\$\$|\$\(PART\)", lambda m: "$" if m[0] == "$$" else "80", value)
            return {"name": written, "value": value}
        value = self.value(name, drawn)
        drawn.environ[written] = value
        # the API server leaves out what is empty
        return {"name": written, "value": value} if value or chance.random() < 0.3 else {"name": written}

    def _command(self, drawn: Drawn) -> None:
        chance = self.chance
        kind = chance.random()
        if kind < 0.12:
            drawn.spec["command"] = chance.choice(NOT_BOOT)
            drawn.is_boot = False
        elif kind < 0.3:
            drawn.spec["command"] = chance.choice(BOOT)
        elif kind < 0.36:
            drawn.spec["args"] = ["--env-file", "/etc/shop.env", "--", "app"]
            self._files(drawn)
        elif kind < 0.42:
            drawn.spec["volumeMounts"] = [
                {"name": "v", "mountPath": chance.choice(["/run/secrets", "/etc/confcontract/conf.d"])}
            ]
            self._files(drawn)
        elif kind < 0.6:
            drawn.spec["volumeMounts"] = [{"name": "t", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]

    def _files(self, drawn: Drawn) -> None:
        drawn.is_seen = False
        for name in VALUES:
            if self.chance.random() < 0.4:
                drawn.below[name] = self.value(name)
