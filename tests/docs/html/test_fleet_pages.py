"""The pages of a fleet and of a rollout in a browser: here, where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.docs.html.browser import assert_no_violation
from tests.fleet.made_fleet import ShopNext, baked, make_fleet
from tests.support.inprocess import run_here

# What depends on colors and on the size of the window.
OF_THE_WINDOW = ("color-contrast", "scrollable-region-focusable", "target-size")


@pytest.mark.parametrize("command, chapter", [(("check",), "wrong"), (("diff", "old"), "one_way")])
def test_axe_finds_no_violation(
    context: BrowserContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    chapter: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    make_fleet(tmp_path / "new")
    if len(command) > 1:
        make_fleet(tmp_path / "old")
        for name in ("shop", "worker-01", "worker-02"):
            baked(ShopNext, name, "0.9").dump(tmp_path / "old" / name / "contract.json")
        (tmp_path / "old/worker-03/contract.json").write_text("")
    run_here("fleet", *command, "new", "--jobs", "1", "--format", "html", "-o", "fleet.html")
    wrong: list[str] = []
    context.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page = context.new_page()
    page.set_viewport_size({"width": 375, "height": 900})
    page.emulate_media(color_scheme="dark")
    page.goto((tmp_path / "fleet.html").as_uri())
    assert_no_violation(page)
    page.click(f"nav a[href='#{chapter}']")
    for width, scheme in ((375, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        overflow = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not overflow, f"the page itself is wider than its window of {width}"
    assert_no_violation(page, OF_THE_WINDOW)
    assert wrong == []
