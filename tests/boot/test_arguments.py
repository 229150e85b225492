"""Arguments that mean nothing are refused by their own names: none turns into another file, or into the default."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract import bake
from confcontract.boot.options import parse
from confcontract.report.errors import UsageError
from tests.boot.classes import Shop
from tests.contract.commands import run, said

EMPTY = (
    ("validate", "--contract", ""),
    ("validate", "--env-file", ""),
    ("explain", "--contract="),
    ("explain", "--env-file="),
    ("explain", "--role="),
    ("describe", "--contract=", "SHOP_PORT"),
    ("bake", "shop.settings:Settings", "--out", ""),
)


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("baked") / "contract.json"
    bake(Shop, name="shop").dump(path)
    return path


@pytest.mark.parametrize("arguments", EMPTY, ids=" ".join)
def test_an_empty_option_is_refused(arguments: tuple[str, ...], contract: Path, tmp_path: Path) -> None:
    option = next(argument for argument in arguments if argument.startswith("--")).removesuffix("=")
    ran = run(*arguments, environ={"CONFCONTRACT_PATH": str(contract)}, cwd=tmp_path)
    assert ran.returncode == 64
    assert f"{option} is empty" in said(ran)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--env-file="], "--env-file is empty"),
        (["--keep", ""], "--keep is empty"),
        (["-x"], "there is no option -x"),
        (["--dry-run=1"], "--dry-run takes no value"),
        (["--dryrun"], "there is no option --dryrun"),
        (["--timeout", "0"], "no number of seconds above 0"),
    ],
)
def test_boot_says_what_an_option_lacks(arguments: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse([*arguments, "--", "true"], {})
