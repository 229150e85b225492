"""What stands first, the groups, and the compact view: how much of it fits on a screen, and that it needs no script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import BaseModel, Field, PostgresDsn, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault
from confcontract.contract.artifact import Contract
from tests.docs.html.browser import baked, shown, written

Opened = Callable[..., Page]
SCREENS = 6  # of 1,000 pixels
HEIGHT = """() => {
  for (const card of document.querySelectorAll("article.variable")) card.style.contentVisibility = "visible";
  return document.documentElement.scrollHeight;
}"""


class Mail(BaseModel):
    """The server that takes our mail."""

    host: str = Field(description="Name of the mail server")
    password: Annotated[SecretStr, Vault("secret/app#mail")] = Field(description="Password of the login there")
    port: int = Field(587, ge=1, le=65535, description="Port of the mail server")
    tls: Literal["none", "starttls", "implicit"] = Field("starttls", description="How the connection is encrypted")


def service() -> type[BaseSettings]:
    """Sixty-four variables as a service of some age has them: flat names with common beginnings, and a section."""
    fields: dict[str, Any] = {
        "mode": (Literal["production", "staging"], Field(description="Which deployment this is")),
        "database_url": (Annotated[PostgresDsn, Vault("secret/app#url")], Field(description="Where orders are kept")),
    }
    for prefix, count in (("database", 9), ("redis", 8), ("http", 12), ("session", 8), ("s3", 9), ("tracing", 6)):
        for number in range(count):
            about = f"What number {number} of them is for, in a sentence that takes about as much as such sentences do"
            fields[f"{prefix}_setting_{number}"] = (int, Field(number, ge=0, le=1000, description=about))
    for number in range(5):
        fields[f"single{number}"] = (str, Field("a text", description="Something that belongs to no group"))
    made: type[BaseSettings] = create_model("Service", __base__=BaseSettings, **fields, mail=(Mail, ...))
    made.model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    made.model_rebuild(force=True)
    return made


@pytest.fixture(scope="module")
def contract() -> Contract:
    return baked(service())


def test_sixty_four_variables_take_at_most_six_screens(opened: Opened, contract: Contract) -> None:
    assert len(contract.variables) == 64
    page = opened(contract)
    page.set_viewport_size({"width": 1280, "height": 1000})
    cards = page.evaluate(HEIGHT)
    page.check("#compact")
    compact = page.evaluate(HEIGHT)
    print(f"{cards / 1000:.1f} screens with cards, {compact / 1000:.1f} compact")
    assert compact <= SCREENS * 1000 < cards
    page.reload()
    expect(page.locator("#compact")).to_be_checked()
    page.emulate_media(media="print")
    assert page.locator("#APP_MODE .more").first.is_hidden()
    page.emulate_media(media="screen")
    page.click("#APP_MODE h3 a")  # what was asked for is shown whole
    expect(page.locator("#APP_MODE .more").first).to_be_visible()


def test_the_compact_view_needs_no_script(browser: Browser, contract: Contract, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, java_script_enabled=False)
    page = context.new_page()
    page.goto(written(contract, tmp_path))
    expect(page.locator("#APP_MODE .more").first).to_be_visible()
    page.check("#compact")
    expect(page.locator("#APP_MODE .more").first).to_be_hidden()
    expect(page.locator("#open-form")).to_be_hidden()
    context.close()


def test_what_must_be_set_stands_first_and_names_have_groups(opened: Opened, contract: Contract) -> None:
    page = opened(contract)
    first = page.locator("main > section").first
    expect(first.locator("h2")).to_have_text("4 must be set")
    assert first.locator("li a").all_inner_texts() == [
        "APP_MODE",
        "APP_DATABASE_URL",
        "APP_MAIL__HOST",
        "APP_MAIL__PASSWORD",
    ]
    expect(first).to_contain_text("secret/app#mail")
    assert page.locator("section.group h2").all_inner_texts() == [
        "General", "Database", "Redis", "HTTP", "Session", "S3", "Tracing", "Mail",
    ]  # fmt: skip
    database = page.locator("section.group", has=page.get_by_role("heading", name="Database", exact=True))
    assert database.locator("article").first.get_attribute("id") == "APP_DATABASE_URL"
    schemes = database.locator(".schemes")
    expect(schemes.locator("summary")).to_have_text("URL: postgresql:// and 8 more schemes")
    other = schemes.get_by_text("postgresql+asyncpg")
    expect(other).to_be_hidden()
    page.emulate_media(media="print")
    expect(other).to_be_visible()
    page.emulate_media(media="screen")
    page.check("#only-required")
    assert sorted(shown(page)) == sorted(first.locator("li a").all_inner_texts())
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("navigation").get_by_role("link", name="Exit codes")).to_be_visible()
