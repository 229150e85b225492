"""Sites whose verdict is asked for; and resolutions made by hand: what is shown is tested apart from the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from confcontract.contract.artifact import Contract
from confcontract.report.problem import Problem
from confcontract.verdict.sources.origin import Source
from tests.support.sites import bao, site, vault  # noqa: F401 - fixtures

if TYPE_CHECKING:
    pass

CANARY = "canary-7f3a91"


class Given:
    """A value that was set: where, and over what."""

    def __init__(self, value: str, *sources: Source) -> None:
        self.value = value
        self.source, *overrides = sources
        self.source.overrides = overrides


class HandMade:
    """What verdict/explain.py reads of a Resolution."""

    def __init__(self, variables: list[dict[str, Any]], given: dict[str, Given], values: dict[str, Any]) -> None:
        self.contract = Contract({"name": "shop", "version": "1.4.0", "variables": variables, "deferred": []})
        self.problems: list[Problem] = []
        self.values = values
        self.given = given
        self.awaited: dict[str, Source] = {}

    @property
    def sources(self) -> dict[str, Source]:
        found = {}
        for variable in self.contract.variables:
            name = variable["name"]
            if name in self.given:
                found[name] = self.given[name].source
            elif variable.get("computed"):
                found[name] = Source("computed")
            elif "default" in variable:
                found[name] = Source("default")
        return found

    def in_own_file(self, path: list[str]) -> None:
        """No file of the settings class has anything."""

    def used_name(self, name: str) -> str | None:
        return self.given[name].source.name if name in self.given else None

    def is_composed(self, variable: dict[str, Any]) -> bool:
        return False

    def raw(self, name: str) -> str | None:
        given = self.given.get(name)
        known = {name} | {alias for v in self.contract.variables if v["name"] == name for alias in v.get("aliases", ())}
        if given is None or (given.source.name not in known and given.source.kind != "secret-file"):
            return None  # set as a part of its section
        return given.value


@pytest.fixture
def resolution() -> HandMade:
    def variable(name: str, path: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "aliases": [],
            "path": path.split("."),
            "type": {"text": "text", "kind": "string"},
            **more,
        }

    return HandMade(
        [
            variable("SHOP_DATABASE", "database"),
            variable("SHOP_DATABASE__URL", "database.url", aliases=["DB_URL"], credentials=True, required=True),
            variable("SHOP_DATABASE__PASSWORD", "database.password", secret=True, required=True),
            variable("SHOP_DATABASE__POOL", "database.pool", default=5, defaultText="5"),
            variable("SHOP_API_KEY", "api_key", secret=True, required=True, vault="secret/shop#api_key"),
            variable("SHOP_OLD_KEY", "old_key", secret=True),
            variable("SHOP_TITLE", "title", default="Shop", defaultText="Shop"),
            variable("SHOP_PORT", "port", required=True, deferred=True),
            variable("SHOP_HOST", "host", required=True),
            variable("SHOP_INSTANCE", "instance", computed=True),
            variable("SHOP_TAGS", "tags", default=["a", "b"]),
            variable(
                "SHOP_MOTTO", "motto", aliases=["SHOP_SLOGAN"], deprecated={"names": ["SHOP_SLOGAN"], "message": "old"}
            ),
        ],
        {
            "SHOP_DATABASE": Given(f'{{"pin": "{CANARY}"}}', Source("environment", "SHOP_DATABASE")),
            "SHOP_DATABASE__URL": Given(
                f"postgres://app:{CANARY}@db:5432/shop",
                Source("environment", "DB_URL"),
                Source("env-file", "DB_URL", "prod.env, line 3"),
                Source("conf-file", "DB_URL", "/etc/confcontract/conf.d/10.env, line 1"),
            ),
            "SHOP_DATABASE__PASSWORD": Given(CANARY, Source("secret-file", "SHOP_DATABASE__PASSWORD_FILE", "/run/s")),
            "SHOP_DATABASE__POOL": Given(f'{{"pin": "{CANARY}"}}', Source("environment", "SHOP_DATABASE")),
            "SHOP_OLD_KEY": Given("", Source("environment", "SHOP_OLD_KEY")),
            "SHOP_TITLE": Given(
                "蛤蟆 café\x1b[31m\nSHOP_PORT=1\t# x " + "y" * 80, Source("env-file", "SHOP_TITLE", "p.env, line 1")
            ),
            "SHOP_PORT": Given("8080", Source("environment", "SHOP_PORT")),
            "SHOP_MOTTO": Given("Sell!", Source("environment", "SHOP_SLOGAN")),
        },
        {"database": {"pool": 7}},
    )
