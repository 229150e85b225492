"""The page in a real browser: finding, linking, copying, filling in. Each test also sees that nothing was fetched."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from dotenv import dotenv_values
from playwright.sync_api import BrowserContext, Page, expect
from pydantic import Field
from pydantic_settings import BaseSettings

from confcontract import Role, declare
from confcontract.contract import Contract

from .browser import baked, html_of
from .classes import Everything, crowd, talkative

Opened = Callable[..., Page]
SECRET = "canary-5a17-unique-to-this-test"


def _shown(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "article.variable", "all => all.filter(one => one.checkVisibility()).map(one => one.id)"
    )
    return found


def _value_of(page: Page, name: str) -> str:
    return page.locator(f"[id='value:{name}']").input_value()


# -- finding --------------------------------------------------------------------------------------


def test_search_looks_at_names_other_names_and_descriptions(opened: Opened) -> None:
    page = opened()
    for typed, expected in (
        ("port", ["APP_PORT", "APP_MAIL__PORT"]),
        ("banner", ["APP_GREETING"]),
        ("largest UPLOAD", ["APP_LIMIT"]),
        ("mail host", ["APP_MAIL__HOST"]),
    ):
        page.fill("#search", typed)
        assert [name for name in _shown(page) if name in expected] == expected
        assert len(_shown(page)) <= len(expected) + 1
        assert page.inner_text("#count").startswith(f"{len(_shown(page))} of ")
    page.fill("#search", "nothing is called this")
    assert _shown(page) == []
    page.click("#reset")
    assert len(_shown(page)) > 30


def test_the_number_of_results_is_announced(opened: Opened) -> None:
    page = opened()
    assert page.locator("#count").evaluate("element => element.matches('output, [aria-live], [role=status]')")


def test_filters_narrow_what_search_found(opened: Opened) -> None:
    page = opened()
    page.check("#only-required")
    assert {"APP_NAME", "APP_KEY", "APP_DATABASE__URL"} <= set(_shown(page))
    assert "APP_PORT" not in _shown(page)
    page.check("#only-secret")
    assert "APP_NAME" not in _shown(page)
    assert "APP_KEY" in _shown(page)
    page.fill("#search", "signs")
    assert _shown(page) == ["APP_KEY"]


def test_a_section_without_results_is_not_shown(opened: Opened) -> None:
    page = opened()
    page.fill("#search", "APP_PORT")
    expect(page.get_by_role("heading", name="mail")).not_to_be_visible()


def test_the_variables_of_a_role(opened: Opened) -> None:
    roles = {"migrate": Role(command=["m"], needs=["APP_DATABASE__URL"]), "web": Role(command=["w"])}
    page = opened(baked(declare(Everything, name="example", version="1", roles=roles)))
    page.select_option("#role", "migrate")
    assert _shown(page) == ["APP_DATABASE__URL"]


def test_changed_from_the_default(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    page.fill("[id='value:APP_PORT']", "9000")
    page.fill("[id='value:APP_RATIO']", "0.5")
    page.check("#only-changed")
    expect(page.locator("article.variable:visible")).to_have_count(1)
    assert _shown(page) == ["APP_PORT"]


# -- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["APP_PORT", "APP_BANNER", "app_port"])
def test_a_link_to_a_variable_leads_to_it(name: str, opened: Opened) -> None:
    page = opened(hash=f"#{name}")
    wanted = "APP_GREETING" if name == "APP_BANNER" else "APP_PORT"
    expect(page.locator(f"#{wanted}")).to_be_focused()
    expect(page.locator(f"#{wanted}")).to_be_in_viewport()


@pytest.mark.parametrize("size", [(1366, 800), (375, 760)], ids=["laptop", "phone"])
@pytest.mark.parametrize("with_form", [False, True], ids=["", "with the form"])
def test_a_link_leads_to_the_top_of_a_variable_that_nothing_covers(
    size: tuple[int, int], with_form: bool, opened: Opened
) -> None:
    page = opened(contract=baked(talkative()), hash="" if with_form else "#field_40")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    if with_form:
        page.click("#open-form")
    page.reload()
    if with_form:
        page.click("#open-form")
        page.evaluate("location.hash = '#FIELD_40'")
    expect(page.locator("#FIELD_40")).to_be_focused()
    page.wait_for_function(
        """() => {
          const top = document.getElementById("FIELD_40").getBoundingClientRect().top;
          const covered = document.getElementById("finder").getBoundingClientRect().bottom;
          return top >= Math.max(covered, 0) && top < 160;
        }"""
    )


def test_a_link_to_a_variable_shows_it_even_where_a_filter_hides_it(opened: Opened) -> None:
    page = opened()
    page.check("#only-secret")
    page.evaluate("location.hash = '#APP_PORT'")
    expect(page.locator("#APP_PORT")).to_be_focused()
    expect(page.locator("#only-secret")).not_to_be_checked()


def test_search_and_filters_are_in_the_address(opened: Opened, context: BrowserContext) -> None:
    page = opened()
    page.fill("#search", "key")
    page.check("#only-secret")
    again = context.new_page()
    again.goto(page.url)
    assert _shown(again) == _shown(page)
    assert again.input_value("#search") == "key"


# -- copying --------------------------------------------------------------------------------------


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


# -- keys and colours -----------------------------------------------------------------------------


def test_keys(opened: Opened) -> None:
    page = opened()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("port/")
    assert page.input_value("#search") == "port/"
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    page.keyboard.type("port")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#APP_PORT")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#APP_MAIL__PORT")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()


def test_colours_follow_the_system_until_somebody_chooses(opened: Opened) -> None:
    page = opened()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert light != dark
    page.get_by_role("button", name="Colours: as the system").click()
    assert page.evaluate(ground) == light
    page.get_by_role("button", name="Colours: light").click()
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ground) == dark
    page.reload()
    assert page.evaluate(ground) == dark


def test_without_storage_the_choice_of_colours_lasts_as_long_as_the_page(
    opened: Opened, context: BrowserContext
) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('denied', 'SecurityError') }})"
    )
    page = opened()
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


# -- the form -------------------------------------------------------------------------------------


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
    expect(page.locator("#result")).to_have_text("APP_GREETING=''\n")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(page.locator("#result")).to_contain_text("nothing is set")


def test_a_pasted_env_file_fills_the_form(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    page.click("#paste summary")
    page.fill("#pasted", f"APP_NAME=shop\nAPP_BANNER='old one'\nAPP_PROT=1\nAPP_KEY={SECRET}\nAPP_PORT='9\n")
    page.click("#take")
    assert _value_of(page, "APP_NAME") == "shop"
    assert _value_of(page, "APP_GREETING") == "old one"
    assert page.input_value("#pasted") == ""
    problems = page.locator("#problems")
    expect(problems).to_contain_text("did you mean APP_PORT?")
    expect(problems).to_contain_text("set APP_GREETING instead")
    expect(problems).to_contain_text("line 5")
    page.get_by_role("button", name="Remove APP_PROT").click()
    expect(problems).not_to_contain_text("APP_PROT")
    page.click("#clear")
    assert _value_of(page, "APP_NAME") == ""


@pytest.mark.usefixtures("lasting")
def test_python_dotenv_reads_the_env_file_back(opened: Opened, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened()
    page.click("#open-form")
    wanted = {
        "APP_GREETING": "a 'b' \"c\" \\ ${HOME} $X #d =e é\nnew line",
        "APP_NAME": " spaces ",
        "APP_TAGS": '["a", "b"]',
        "APP_TOKEN": "",
        "APP_PORT": "8\r9",
    }
    text = "".join(
        f'{name}="{value}"\n'
        for name, value in (
            ("APP_GREETING", "a 'b' \\\"c\\\" \\\\ ${:-$}{HOME} $X #d =e é\nnew line"),
            ("APP_NAME", " spaces "),
            ("APP_TAGS", '[\\"a\\", \\"b\\"]'),
            ("APP_TOKEN", ""),
            ("APP_PORT", "8\\r9"),
        )
    )
    assert dotenv_values(stream=io.StringIO(text)) == wanted
    page.click("#paste summary")
    page.fill("#pasted", text)
    page.click("#take")
    page.click("#copy-result")
    expect(page.locator("#copy-result")).to_have_attribute("data-done", "copied")
    assert dotenv_values(stream=io.StringIO(page.evaluate("navigator.clipboard.readText()"))) == wanted


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


# -- the document ---------------------------------------------------------------------------------


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
    assert len(_shown(page)) == 2000
    page.evaluate(
        """() => {
            window.changes = {nodes: 0, attributes: 0};
            new MutationObserver(records => {
                for (const record of records) window.changes[record.type === 'attributes' ? 'attributes' : 'nodes'] += 1;
            }).observe(document.querySelector('main'), {attributes: true, childList: true, subtree: true});
        }"""
    )
    page.locator("#search").press_sequentially("setting_1234")
    assert _shown(page) == ["APP_PART_12__SETTING_1234"]
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
