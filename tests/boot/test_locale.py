"""A locale whose encoding is not UTF-8: ASCII, as Python has it in the C locale with -X utf8=0."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.support.booting import PLAIN, SAFETY, Site
from tests.support.classes import Shop

Make = Callable[..., Site]
IN_ASCII = (sys.executable, "-X", "utf8=0", "-m", "confcontract")
WHOLE = "Grüße 価格"
COMMANDS = [
    ["explain"], ["explain", "--format", "json"], ["validate"], ["validate", "--format", "github"],
    ["describe", "SHOP_HOST"], ["docs"], ["docs", "--format", "html"], ["docs", "--format", "man"],
    ["docs", "--format", "json"], ["docs", "--format", "dotenv"], ["boot", "--dry-run"], ["secrets", "check"],
]  # fmt: skip


@pytest.fixture
def shop(site: Make) -> Site:
    made = site(Shop)
    made.program = IN_ASCII
    return made


def test_what_the_environment_holds_is_handed_over_byte_for_byte(shop: Site) -> None:
    done = shop.boot(environ={"LC_ALL": "C", "SHOP_HOST": WHOLE, "OTHER": "\udcff"})
    assert done.environ["SHOP_HOST"] == WHOLE
    assert done.environ["OTHER"] == "\udcff"


@pytest.mark.parametrize("options", [(), ("--supervise",)], ids=str)
def test_text_that_the_locale_lacks_is_refused_before_a_start_is_announced(
    shop: Site, options: tuple[str, ...]
) -> None:
    file = shop.file("prod.env", f"SHOP_HOST={WHOLE}\n")
    done = shop.boot("--env-file", file, *options, environ={"LC_ALL": "C"})
    assert done.code == 78
    assert done.named() == {"SHOP_HOST"}
    assert "the encoding of the locale, ascii, does not have all of its characters" in done.report
    assert "set LC_ALL or LANG to a UTF-8 locale" in done.report
    assert "starting" not in done.err


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_stumbles_over_a_character(shop: Site, words: list[str]) -> None:
    env = {**PLAIN, "LC_ALL": "C", "CONFCONTRACT_PATH": str(shop.contract_path), "SHOP_HOST": WHOLE, "SHOP_GRÖSSE": "ü"}
    done = subprocess.run(
        [*IN_ASCII, *words], env=env, cwd=shop.directory, capture_output=True, timeout=SAFETY, check=False
    )
    assert done.returncode == 0, os.fsdecode(done.stderr)
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr
