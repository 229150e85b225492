"""The form at its edges: strictness, values of several lines, no scripts, the keyboard."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Annotated

from dotenv import dotenv_values
from playwright.sync_api import Page, expect
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from confcontract import Vault
from tests.docs.html.browser import PATIENCE, baked

Opened = Callable[..., Page]
PEM = "-----BEGIN KEY-----\nMIIB\n-----END KEY-----\n"


class Signing(BaseSettings):
    """A key of several lines, that no input of a browser can show."""

    key: SecretStr
    empty: Annotated[SecretStr, Vault("secret/x#empty")] = Field(default=...)
    motto: str = "one line"


# -- strictness -----------------------------------------------------------------------------------


def test_the_form_is_strict_when_told_so(opened: Opened) -> None:
    page = opened(baked(Signing))
    page.click("#open-form")
    page.fill("[id='value:KEY']", "k")
    page.get_by_role("button", name="Set EMPTY to the empty text").click()
    verdict = page.locator("#verdict")
    expect(verdict).to_have_attribute("data-verdict", "valid")
    page.get_by_role("checkbox", name="Strict").focus()
    page.keyboard.press("Space")
    expect(verdict).to_have_attribute("data-verdict", "invalid")
    page.keyboard.press("Space")
    expect(verdict).to_have_attribute("data-verdict", "valid")


# -- several lines --------------------------------------------------------------------------------


def test_a_secret_of_several_lines_keeps_them(opened: Opened) -> None:
    page = opened(baked(Signing))
    page.click("#open-form")
    value = page.locator("[id='value:KEY']")
    value.focus()
    page.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const options = {clipboardData, bubbles: true, cancelable: true};
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        PEM.replace("\n", "\r\n"),
    )
    expect(value).to_have_attribute("placeholder", "3 lines; typing replaces them")
    page.click("#show-secrets")
    expect(page.locator("#result")).to_contain_text("BEGIN KEY")
    assert dotenv_values(stream=io.StringIO(page.locator("#result").text_content())) == {"KEY": PEM}
    value.press_sequentially("short")
    expect(page.locator("#result")).to_have_text("KEY=short\n")
    expect(value).to_have_attribute("placeholder", "")


def test_a_pasted_file_with_a_value_of_several_lines_says_so_at_its_variable(opened: Opened) -> None:
    page = opened(baked(Signing))
    page.click("#open-form")
    page.click("#paste summary")
    page.fill("#pasted", f'KEY="{PEM}"\nMOTTO="two\nlines"\n')
    page.click("#take")
    expect(page.locator("[id='value:MOTTO']")).to_have_attribute("placeholder", "2 lines; typing replaces them")
    expect(page.locator("[id='value:MOTTO']")).to_have_value("")
    page.click("#clear")
    expect(page.locator("[id='value:MOTTO']")).to_have_attribute("placeholder", "one line")


def test_a_default_is_copied_with_the_line_ends_that_it_has(opened: Opened) -> None:
    class Windows(BaseSettings):
        text: str = "one\r\ntwo\rthree\n"

    page = opened(baked(Windows))
    assert page.locator("#TEXT").get_attribute("data-default") == "one\r\ntwo\rthree\n"
    assert page.locator("#TEXT dd .copy").get_attribute("data-copy") == "one\r\ntwo\rthree\n"


# -- without scripts, without a mouse --------------------------------------------------------------


def test_without_scripts_there_is_no_button_that_does_nothing(opened: Opened) -> None:
    page = opened(baked(Signing))
    browser = page.context.browser
    assert browser is not None
    without = browser.new_context(java_script_enabled=False)
    try:
        without.set_default_timeout(PATIENCE)
        plain = without.new_page()
        plain.goto(page.url)
        expect(plain.get_by_role("heading", name="KEY")).to_be_visible()
        expect(plain.get_by_role("button").and_(plain.locator(":visible"))).to_have_count(0)
    finally:
        without.close()


def test_a_field_is_called_after_its_variable(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    expect(page.locator("[id='value:APP_MAIL__PORT']")).to_have_accessible_name("Your value APP_MAIL__PORT")
    expect(page.locator("[id='value:APP_KEY']")).to_have_accessible_name("Your value APP_KEY")


def test_the_form_is_reached_by_the_keyboard_before_the_variables(opened: Opened) -> None:
    page = opened()
    page.set_viewport_size({"width": 1200, "height": 900})
    page.locator("#open-form").focus()
    page.keyboard.press("Enter")
    focused = []
    for _ in range(8):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert focused[:3] == ["close-form", "strict", "A"], "the third is a problem's variable"
    form, main = (page.locator(name).bounding_box() for name in ("#form", "main"))
    assert form is not None
    assert main is not None
    assert form["x"] > main["x"] + main["width"], "on the screen it stands beside them"
