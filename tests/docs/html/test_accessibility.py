"""axe-core finds nothing to complain about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page

from confcontract import Contract, Role, Tcp, declare
from confcontract.docs.build import page_of
from confcontract.docs.html import page as html_page
from confcontract.docs.since import RemovedVariable, Since, VariableMark
from confcontract.verdict.mask import mask_credentials
from tests.docs.html.browser import assert_no_violation, baked
from tests.docs.html.classes import Everything

Opened = Callable[..., Page]
ROLES = {"web": Role(command=["web"]), "migrate": Role(command=["migrate"], needs=["APP_DATABASE__URL"])}
PASTED = "APP_PORT=70000\nAPP_NAME=shop\nAPP_BANNER=hi\nAPP_PROT=1\nAPP_NAME_FILE=/x\n"


# Each width has elements of its own; to the rules of colour alone, another scheme is another page.
OF_COLOUR = ("color-contrast", "link-in-text-block")
WINDOWS: tuple[tuple[int, Literal["light", "dark"], tuple[str, ...]], ...] = (
    (1440, "light", ()),
    (1440, "dark", OF_COLOUR),
    (390, "dark", OF_COLOUR),
    (390, "light", ()),
)


def look_in_every_window(page: Page, *, compact: bool) -> None:
    """compact: in the narrow ones, the compact view. axe measures what is rendered, and cards far below are not until
    somebody scrolls there.
    """
    page.evaluate("document.querySelectorAll('.variable').forEach(one => one.style.contentVisibility = 'visible')")
    for width, scheme, only in WINDOWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if compact and width < 1000:
            page.evaluate("document.getElementById('compact').checked || document.getElementById('compact').click()")
            assert page.is_checked("#compact")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_no_violation(page, only)


@pytest.mark.parametrize("form", [False, True], ids=["documentation", "form"])
def test_axe_finds_no_violation(form: bool, opened: Opened) -> None:
    declared = declare(
        Everything, name="example", version="1", roles=ROLES, checks=[Tcp("database", "APP_DATABASE__URL")]
    )
    page = opened(baked(declared))
    if form:
        page.click("#open-form")
        page.click("#paste summary")
        page.fill("#pasted", PASTED)
        page.click("#take")
        page.click("#paste summary")
    look_in_every_window(page, compact=True)


CHANGED = Since(
    "example 0.9",
    {"APP_PORT": VariableMark("changed", ("It is another.", "It is required.")), "APP_NAME": VariableMark("added", ())},
    (RemovedVariable("APP_GONE", ("It is no longer read.",)),),
    ("Names are read in any case.",),
)


def test_axe_finds_no_violation_in_what_changed(context: BrowserContext, tmp_path: Path, everything: Contract) -> None:
    text = html_page(page_of(everything, mask_credentials), everything, CHANGED)
    (tmp_path / "changed.html").write_text(text, encoding="utf-8")
    page = context.new_page()
    page.goto((tmp_path / "changed.html").as_uri())
    assert page.locator("[data-since]").count() == 2
    look_in_every_window(page, compact=False)
