"""The env file that `export dotenv` writes, as people read it."""

from __future__ import annotations

from confcontract.platforms import dotenv_file
from tests.platforms.exporting import made


def required(text: str) -> set[str]:
    """What is said to be required, as the last line of its paragraph has it."""
    paragraphs = [each.splitlines() for each in text.split("\n\n")]
    return {lines[-1].lstrip("# ").partition(":")[0].partition("=")[0] for lines in paragraphs if "# Required" in lines}


def written(values: dict[str, str], role: str | None = None) -> str:
    return dotenv_file.export(made(values, role=role), None).files[dotenv_file.FILE]


def test_what_is_required_says_so_whoever_gives_it() -> None:
    asked = {"SHOP_DATABASE__URL_FILE", "SHOP_PORT", "SHOP_SIGNING_KEY_FILE"}
    assert required(written({})) == asked
    assert required(written({"SHOP_PORT": "80", "SHOP_TAGS": "a,b"})) == asked
    stored = written({"VAULT_ADDR": "https://vault.example", "SHOP_SIGNING_KEY": "0123456789abcdef"})
    assert required(stored) == {"SHOP_DATABASE__URL", "SHOP_PORT", "SHOP_SIGNING_KEY_FILE"}


def test_of_a_role_only_what_it_needs_is_required() -> None:
    assert required(written({}, role="migrate")) == {"SHOP_DATABASE__URL_FILE"}


def test_a_member_is_required_once_something_of_its_section_is_given() -> None:
    assert "SHOP_CACHE__HOST" not in required(written({}))
    assert "SHOP_CACHE__HOST" in required(written({"SHOP_CACHE__PORT": "1"}))
