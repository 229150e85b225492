"""The document: what is copied, what is only text, what the page allows itself, and how it bears 2,000 variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pydantic import Field
from pydantic_settings import BaseSettings

from confcontract import Role, declare
from confcontract.contract.artifact import Contract
from tests.docs.html.browser import baked, html_of, shown
from tests.docs.html.classes import Everything, crowd

Opened = Callable[..., Page]


# -- copying ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lasting")
def test_a_name_and_a_default_are_copied(opened: Opened, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened()
    page.get_by_role("button", name="Copy APP_PORT", exact=True).click()
    expect(page.locator("[data-done=copied]")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "APP_PORT"
    page.get_by_role("button", name="Copy the default of APP_PORT").click()
    expect(page.locator("dl [data-done=copied]")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "8000"


@pytest.mark.usefixtures("lasting")
def test_copying_works_without_the_clipboard_interface(opened: Opened) -> None:
    page = opened()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.addEventListener('copy', () => { window.copied = String(document.activeElement.value) })")
    page.get_by_role("button", name="Copy APP_RATIO", exact=True).click()
    expect(page.locator("[data-done]")).to_have_count(1)
    assert page.evaluate("window.copied") == "APP_RATIO"
    assert page.inner_text("#said") == "Copied"


# -- the document ----------------------------------------------------------------------------------


def test_text_of_the_contract_is_only_text(opened: Opened) -> None:
    page = opened()
    assert page.title() == "example 1: configuration"
    expect(page.locator("#APP_DEBUG .about")).to_have_text(
        "Say more </script><script>document.title = 'broken'</script>"
    )


def test_what_turns_text_around_is_shown_as_its_escape_and_copied_as_it_is(
    opened: Opened, context: BrowserContext
) -> None:
    class Turned(BaseSettings):
        text: str = Field("a\u202eb\n  c", description="x\u202ey")

    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(contract=baked(Turned))
    assert page.inner_text("#TEXT .about") == "x\\u202ey"
    assert page.inner_text("#TEXT dd code") == "a\\u202eb\n  c"
    page.click("#TEXT dd .copy")
    expect(page.locator("#said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "a\u202eb\n  c"


def test_how_secrets_are_handed_over_is_said_where_it_is_not_the_environment(opened: Opened) -> None:
    page = opened(contract=baked(declare(Everything, name="example", version="1", deliver="memfd")))
    assert "CONFCONTRACT_SECRETS_FILE" in page.inner_text("[id='about:secrets']")
    assert opened().locator("[id='about:secrets']").count() == 0


def test_a_cell_without_content_keeps_its_column(opened: Opened) -> None:
    roles = {"web": Role(command=["web"], needs=["APP_KEY"])}
    page = opened(baked(declare(Everything, name="example", version="1", roles=roles)))
    assert page.locator("[id='about:roles'] tbody tr").locator("th, td").all_inner_texts() == [
        "web",
        "",
        "web",
        "APP_KEY",
    ]


def test_the_same_contract_gives_the_same_bytes(everything: Contract, tmp_path: Path) -> None:
    everything.dump(tmp_path / "contract.json")
    assert html_of(everything) == html_of(Contract.load(tmp_path / "contract.json"))


def test_the_page_allows_itself_nothing_but_its_own_style_and_script(everything: Contract) -> None:
    text = html_of(everything)
    policy = text.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.startswith("default-src &#x27;none&#x27;")
    assert "unsafe" not in policy
    assert "http" not in policy
    for fetching in (" src=", "@import", "url(", "fetch(", "XMLHttpRequest", '<link rel="stylesheet'):
        assert fetching not in text


def test_two_thousand_variables_are_not_rendered_again_for_a_key(opened: Opened) -> None:
    page = opened(baked(crowd(2000)))
    assert len(shown(page)) == 2000
    page.evaluate(
        """() => {
            window.changes = {nodes: 0, attributes: 0};
            new MutationObserver(records => {
                for (const record of records) window.changes[record.type === 'attributes' ? 'attributes' : 'nodes'] += 1;
            }).observe(document.querySelector('main'), {attributes: true, childList: true, subtree: true});
        }"""
    )
    page.locator("#search").press_sequentially("setting_1234")
    assert shown(page) == ["APP_PART_12__SETTING_1234"]
    changes = page.evaluate("window.changes")
    # each card is hidden at most once on the way from 2,000 to 1; of elements only the count's text is new
    assert changes["attributes"] < 2100
    assert changes["nodes"] < 20
    page.fill("#search", "")
    page.click("#open-form")
    page.evaluate("window.changes = {nodes: 0, attributes: 0}")
    page.fill("[id='value:APP_PART_12__SETTING_1234']", "-1")
    expect(page.locator("#verdict")).to_contain_text("1 error")
    changes = page.evaluate("window.changes")
    assert changes["attributes"] + changes["nodes"] < 20
