"""What is told of a fleet, kept of it, and passed from shard to shard, shows no secret, in any format."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from confcontract import bake
from tests.support.inprocess import run_here

from .places import DIGITS, PLACES, WORD
from .shop_secrets import Settings
from .test_leak import SECRETS, found_in, with_secrets
from .test_two_contracts import After, Before

FORMATS = ("text", "json", "html")
NAMES = ("KEY", "PLAIN", "LATER", "DSN", "DATABASE__TOKEN", "DATABASE__URL", "GONE", "GONE_TOO", "COME", "COME_TOO")
VALUES = {
    "url": "postgres://app:<word>@db/shop",
    "long": f"{WORD}{'x' * 60}",
    "reference": f"vault:{WORD}",
    "reference-of-aws": f"aws-sm:a b#{WORD}",
    "whole": f"vault:secret/{WORD}#key\\n#{WORD}",
    "digits": DIGITS,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two fleets: of two contracts, and of the one with a variable of every kind in each place for a secret."""
    made = tmp_path_factory.mktemp("fleets")
    ways: dict[str, tuple[type[BaseSettings], type[BaseSettings]]] = {
        "forward": (Before, After),
        "back": (After, Before),
    }
    for name, (old, new) in ways.items():
        for which, settings in (("old", old), ("new", new)):
            place = made / which / name
            place.mkdir(parents=True)
            bake(settings, name="shop", version="1").dump(place / "contract.json")
            for number, value in enumerate(VALUES.values()):
                lines = "".join(f"SHOP_{variable}={value}\n" for variable in NAMES[: 10 - number * (which == "new")])
                (place / f"{number}.env").write_text(with_secrets(lines, made))
        bake(new, name="shop", version="2").dump(made / "old" / name / "next.json")
    shop = made / "old/everything"
    shop.mkdir()
    bake(Settings, name="shop", version="1").dump(shop / "contract.json")
    for number, place_ in enumerate(PLACES.values()):
        if place_.settings == "Settings" and (place_.variables or place_.env_file):
            lines = "".join(f"{name}={text!r}\n" for name, text in place_.variables.items() if "\n" not in text)
            (shop / f"{number}.env").write_text(with_secrets(lines + place_.env_file, made), errors="surrogateescape")
    return made


def told(*arguments: str) -> str:
    done = run_here("fleet", *arguments, environ={"CONFCONTRACT_DEBUG": "1"})
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_no_format_of_a_report_shows_a_secret_nor_what_is_kept_of_it(folder: Path, tmp_path: Path) -> None:
    part, state = tmp_path / "part", tmp_path / "state"
    told("check", str(folder / "old"), "--jobs", "1", "--state", str(state), "--shard", "1/1", "-o", str(part))
    for form in FORMATS:
        text = told("merge", str(part), "--format", form)
        assert "SHOP_COME_TOO" in text
        assert text.count("SHOP_API_KEY") > 2
        assert found_in(text) == []
    for kept in (part, state):
        assert kept.read_text().count("SHOP_API_KEY") > 5
        assert found_in(kept.read_text()) == []


def test_no_format_of_a_rollout_shows_a_secret(folder: Path, tmp_path: Path) -> None:
    """Each of the two contracts comes after the other one, in a service of its own."""
    places = [str(folder / which) for which in ("old", "new")]
    part = tmp_path / "part"
    told("diff", *places, "--strict", "--jobs", "1", "--shard", "1/1", "-o", str(part))
    for form in FORMATS:
        text = told("merge", str(part), "--format", form)
        assert "SHOP_COME_TOO" in text
        assert found_in(text) == []
    assert found_in(part.read_text()) == []


def test_a_login_in_a_reference_and_a_misplaced_value_are_not_shown(tmp_path: Path) -> None:
    secret = SECRETS[WORD]
    prod = 'environments.prod = "x.env"'
    for number, (text, words) in enumerate(
        (
            (f'contract = "docker://app:{secret}@localhost:1/shop:1"\n{prod}\n', "is malformed"),
            (f'contract = "https://app:{secret}@localhost/shop"\n{prod}\n', "begins with https:"),
            (f'contract = ["{secret}"]\n', "contract must be text"),
            (f'contract = "{secret}\n', "line 2"),
        )
    ):
        place = tmp_path / f"{number}.toml"
        place.write_text(f"[services.shop]\n{text}")
        for form in FORMATS:
            shown = told("check", str(place), "--jobs", "1", "--format", form)
            assert words in " ".join(shown.split())
            assert found_in(shown) == []
