"""The form: values typed or pasted, the verdict on them, the env file that they make, and secrets that stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from confcontract import Role, declare
from tests.docs.html.browser import baked
from tests.docs.html.classes import Everything

Opened = Callable[..., Page]
SECRET = "canary-5a17-unique-to-this-test"


def _value_of(page: Page, name: str) -> str:
    return page.locator(f"[id='value:{name}']").input_value()


def test_a_value_is_judged_as_it_is_typed(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    value = page.locator("[id='value:APP_PORT']")
    value.press_sequentially("70000")
    said = page.locator("[id='said:APP_PORT']")
    expect(said).to_contain_text("less than or equal to 65535")
    expect(value).to_have_attribute("aria-invalid", "true")
    expect(value).to_have_attribute("aria-describedby", "said:APP_PORT")
    expect(page.locator("#verdict")).to_contain_text("Invalid")
    value.fill("7000")
    expect(said).to_have_text("Accepted")
    page.fill("[id='value:APP_NAME']", "shop")
    expect(page.locator("#verdict")).to_contain_text("Valid")
    expect(page.locator("#result")).to_have_text("APP_PORT=7000\nAPP_NAME=shop\n")


def test_a_problem_leads_to_its_variable(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    page.locator("#problems a", has_text="APP_NAME").first.click()
    expect(page.locator("[id='value:APP_NAME']")).to_be_focused()


def test_the_empty_text_is_a_value_of_its_own(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    button = page.get_by_role("button", name="Set APP_GREETING to the empty text")
    button.click()
    expect(page.locator("#result")).to_have_text("APP_GREETING=\n")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(page.locator("#result")).to_contain_text("nothing is set")


def test_a_pasted_env_file_fills_the_form(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    page.click("#paste summary")
    page.fill("#pasted", f"APP_NAME=shop\nAPP_BANNER='old one'\nAPP_PROT=1\nAPP_KEY={SECRET}\nAPP_RATIO='9\n")
    page.click("#take")
    assert _value_of(page, "APP_NAME") == "shop"
    assert _value_of(page, "APP_GREETING") == "old one"
    assert page.input_value("#pasted") == ""
    problems = page.locator("#problems")
    expect(problems).to_contain_text("did you mean APP_PORT?")
    expect(problems).to_contain_text("set APP_GREETING instead")
    expect(problems).to_contain_text("line 5")
    page.get_by_role("button", name="Rename APP_PROT to APP_PORT").click()
    expect(problems).not_to_contain_text("APP_PROT")
    expect(page.locator("#result")).to_contain_text("APP_PORT=1\n")
    page.click("#paste summary")
    page.fill("#pasted", "APP_PROT=1\nAPP_PORT=2\nAPP_DEBUG=yes\n")
    page.click("#take")
    assert _value_of(page, "APP_DEBUG") == "yes"  # not among those to choose from, and kept
    expect(page.get_by_role("button", name="Rename APP_PROT to APP_PORT")).to_have_count(0)
    page.get_by_role("button", name="Remove APP_PROT").click()
    expect(problems).not_to_contain_text("APP_PROT")
    page.select_option("[id='value:APP_COLOR']", "blue")
    expect(page.locator("#result")).to_contain_text("APP_COLOR=blue\n")
    problems.get_by_role("link", name="value-missing").first.click()
    expect(page.locator("[id='problem:value-missing']")).to_be_visible()
    page.click("#clear")
    assert _value_of(page, "APP_NAME") == ""


@pytest.mark.usefixtures("lasting")
def test_the_env_file_is_copied_with_its_secrets(opened: Opened, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened()
    page.click("#open-form")
    page.fill("[id='value:APP_NAME']", "two words")
    page.fill("[id='value:APP_KEY']", SECRET)
    page.click("#copy-result")
    expect(page.locator("#copy-result")).to_have_attribute("data-done", "copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"APP_NAME=two words\nAPP_KEY={SECRET}\n"


@pytest.mark.usefixtures("lasting")
def test_where_only_boot_can_tell_the_command_to_run_is_shown(opened: Opened, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    roles = {"web": Role(command=["web"]), "all": Role(command=["all"])}
    page = opened(baked(declare(Everything, name="example", version="1", roles=roles)))
    page.click("#open-form")
    page.fill("[id='value:APP_NAME']", "shop")
    verdict, command = page.locator("#verdict"), page.locator("#command")
    expect(verdict).to_have_attribute("data-verdict", "valid")
    expect(command).not_to_be_visible()
    page.fill("[id='value:APP_TIMEOUT']", "PT30S")
    expect(verdict).to_have_attribute("data-verdict", "unsure")
    expect(verdict).to_contain_text("Only boot can tell")
    expect(page.locator("[id='said:APP_TIMEOUT']")).to_contain_text("only boot reads this kind of value")
    expect(page.locator("[id='value:APP_TIMEOUT']")).not_to_have_attribute("aria-invalid", "true")
    line = "confcontract validate --contract contract.json --no-environ --env-file settings.env"
    expect(command).to_have_text(line)
    page.select_option("#role", "web")
    page.get_by_role("checkbox", name="Strict").focus()
    page.keyboard.press("Space")
    expect(command).to_have_text(f"{line} --role web --strict")
    page.get_by_role("button", name="Copy the command").click()
    expect(page.locator("#copy-command")).to_have_attribute("data-done", "copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{line} --role web --strict"
    page.select_option("#role", "")
    page.fill("[id='value:APP_TIMEOUT']", "")
    expect(command).not_to_be_visible()


def test_a_role_needs_less(opened: Opened) -> None:
    roles = {"web": Role(command=["web"], needs=["APP_NAME"]), "all": Role(command=["all"])}
    page = opened(baked(declare(Everything, name="example", version="1", roles=roles)))
    page.click("#open-form")
    assert "APP_NAME" in page.inner_text("#problems")
    page.select_option("#role", "web")
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "invalid")
    page.get_by_label("Your value").and_(page.locator("[id='value:APP_NAME']")).fill("shop")
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "valid")


def test_secrets_stay_in_the_page(opened: Opened, context: BrowserContext) -> None:
    page = opened()
    page.click("#open-form")
    secret = page.locator("[id='value:APP_KEY']")
    expect(secret).to_have_attribute("type", "password")
    secret.fill(SECRET)
    page.fill("[id='value:APP_DATABASE__URL']", f"postgres://u:{SECRET}@db/x")
    page.fill("#search", "port")
    page.click("#theme")
    expect(page.locator("#result")).not_to_contain_text(SECRET)
    assert SECRET not in page.inner_text("body")
    assert SECRET not in page.url
    assert SECRET not in page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state])"
    )
    assert SECRET not in page.content()
    page.click("#show-secrets")
    expect(page.locator("#result")).to_contain_text(SECRET)
    page.reload()
    page.click("#open-form")
    assert _value_of(page, "APP_KEY") == ""
