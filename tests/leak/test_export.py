"""No export holds a secret, wherever in the values somebody put it, nor does what is said about the values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract import bake
from confcontract.contract.artifact import Contract
from confcontract.platforms.export_input import export_input
from confcontract.platforms.export_targets import TARGETS, export
from confcontract.platforms.workload_options import SecretsBy, WorkloadOptions
from confcontract.secrets.seeding.values_file import parse_values
from tests.support.inprocess import run_here

from . import shop_secrets
from .places import PLACES, Place
from .test_leak import SECRETS, found_in, with_secrets
from .test_unseen_secrets import ENVIRONMENTS, leaks_in
from .unseen_secrets import SHAPES, made

USUAL = [(target, next(iter(each.kinds), None)) for target, each in TARGETS.items()]
KINDS = [(target, kind) for target, each in TARGETS.items() for kind in each.kinds or (None,)]

IMAGE = "registry.example/shop:1"


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    names = ("Settings", "Strict", "Flat", "CHECKED")
    return {name: bake(getattr(shop_secrets, name), name="shop", version="1") for name in names}


def told(contract: Contract, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What is written and said of values, also of those that the command would refuse."""
    given = export_input(contract, values, image=IMAGE)
    ways = [*((target, kind, None) for target, kind in USUAL), ("kubernetes", None, SecretsBy.VAULT_OPERATOR)]
    for target, kind, by in ways:
        exported = export(target, given, kind, WorkloadOptions(by))
        problems = [problem.as_dict() for problem in (*given.problems, *exported.problems)]
        yield f"{target} {kind} {by}", "\n".join((*exported.files.values(), json.dumps(problems, indent=1)))


def test_no_export_holds_a_secret(contracts: dict[str, Contract], tmp_path: Path) -> None:
    leaks = []
    for name, place in PLACES.items():
        for values in values_of(place, tmp_path):
            for title, text in told(contracts[place.settings], values):
                leaks += [f"{name}: {title}: {line}" for line in found_in(text)]
    assert not leaks, "\n".join(leaks)


def values_of(place: Place, folder: Path) -> Iterator[dict[str, str]]:
    """Of a place, as far as it is an environment."""
    yield {name: with_secrets(value, folder) for name, value in place.variables.items()}
    for text in filter(None, (place.env_file, place.conf_file)):
        yield parse_values("values", with_secrets(text, folder))[0]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_export_holds_a_secret_that_can_not_be_seen(environment: str) -> None:
    contract = bake(made({name: annotation for name, (annotation, _) in SHAPES.items()}), name="shop", version="1")
    leaks = {title: leaks_in(text) for title, text in told(contract, ENVIRONMENTS[environment])}
    assert not any(leaks.values()), leaks


@pytest.mark.parametrize("target,kind", KINDS)
def test_the_command_shows_none_and_writes_none(
    target: str, kind: str | None, contracts: dict[str, Contract], tmp_path: Path
) -> None:
    secret = next(iter(SECRETS.values()))
    contracts["Settings"].dump(tmp_path / "contract.json")
    (tmp_path / "values.env").write_text(f"SHOP_API_KEY={secret}\nSHOP_DSN=postgres://app:{secret}@db/shop\n{secret}\n")
    options = {"contract": str(tmp_path / "contract.json"), "values": str(tmp_path / "values.env"), "image": IMAGE}
    taken = [
        word for name, text in options.items() if name not in TARGETS[target].ignores for word in (f"--{name}", text)
    ]
    of_kind = ("--kind", kind) if kind else ()
    done = run_here("export", target, *of_kind, *taken, "-o", str(tmp_path / "out"))
    written = [path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert done.returncode == 0, done.stderr
    assert written
    assert found_in("\n".join((done.stdout, done.stderr, *written))) == []
