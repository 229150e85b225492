"""The page in a real browser: finding, linking, keys and colours. Each test also sees that nothing was fetched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from confcontract import Role, declare
from confcontract.docs.since import ADDED, CHANGED, Since, VariableMark
from tests.docs.html.browser import baked, shown
from tests.docs.html.classes import Everything, talkative

Opened = Callable[..., Page]


# -- finding ---------------------------------------------------------------------------------------


def test_search_looks_at_names_other_names_and_descriptions(opened: Opened) -> None:
    page = opened()
    for typed, expected in (
        ("port", ["APP_PORT", "APP_MAIL__PORT"]),
        ("banner", ["APP_GREETING"]),
        ("largest UPLOAD", ["APP_LIMIT"]),
        ("mail host", ["APP_MAIL__HOST"]),
    ):
        page.fill("#search", typed)
        assert [name for name in shown(page) if name in expected] == expected
        assert len(shown(page)) <= len(expected) + 1
        assert page.inner_text("#count").startswith(f"{len(shown(page))} of ")
    page.fill("#search", "nothing is called this")
    assert shown(page) == []
    page.click("#reset")
    assert len(shown(page)) > 30


def test_the_number_of_results_is_announced(opened: Opened) -> None:
    page = opened()
    assert page.locator("#count").evaluate("element => element.matches('output, [aria-live], [role=status]')")


def test_filters_narrow_what_search_found(opened: Opened) -> None:
    page = opened()
    page.check("#only-required")
    assert {"APP_NAME", "APP_KEY", "APP_DATABASE__URL"} <= set(shown(page))
    assert "APP_PORT" not in shown(page)
    page.check("#only-secret")
    assert "APP_NAME" not in shown(page)
    assert "APP_KEY" in shown(page)
    page.fill("#search", "signs")
    assert shown(page) == ["APP_KEY"]


def test_what_is_new_or_changed_since_another_version_can_be_shown_alone(opened: Opened) -> None:
    marks = {"APP_PORT": VariableMark(CHANGED, ("It has another default.",)), "APP_KEY": VariableMark(ADDED, ())}
    page = opened(since=Since("everything 1", marks, (), ()))
    everything = shown(page)
    page.check("#only-since")
    assert sorted(shown(page)) == ["APP_KEY", "APP_PORT"]
    page.check("#only-secret")
    assert shown(page) == ["APP_KEY"]
    page.reload()  # the address has it
    assert shown(page) == ["APP_KEY"]
    page.fill("#search", "port")
    page.click("#reset")
    assert shown(page) == everything


def test_a_section_without_results_is_notshown(opened: Opened) -> None:
    page = opened()
    page.fill("#search", "APP_PORT")
    expect(page.get_by_role("heading", name="mail")).not_to_be_visible()


def test_the_variables_of_a_role(opened: Opened) -> None:
    roles = {"migrate": Role(command=["m"], needs=["APP_DATABASE__URL"]), "web": Role(command=["w"])}
    page = opened(baked(declare(Everything, name="example", version="1", roles=roles)))
    page.select_option("#role", "migrate")
    assert shown(page) == ["APP_DATABASE__URL"]


def test_changed_from_the_default(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    page.fill("[id='value:APP_PORT']", "9000")
    page.fill("[id='value:APP_RATIO']", "0.5")
    page.check("#only-changed")
    expect(page.locator("article.variable:visible")).to_have_count(1)
    assert shown(page) == ["APP_PORT"]


# -- addresses -------------------------------------------------------------------------------------


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
    assert shown(again) == shown(page)
    assert again.input_value("#search") == "key"


# -- keys and colours ------------------------------------------------------------------------------


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
    expect(page.locator("body")).to_have_css("background-color", dark)


def test_without_storage_the_choice_of_colours_lasts_as_long_as_the_page(
    opened: Opened, context: BrowserContext
) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('denied', 'SecurityError') }})"
    )
    page = opened()
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
