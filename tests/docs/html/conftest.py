"""One browser and one deno for all tests of a worker that need them, and a page of the browser for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from confcontract.contract.artifact import Contract
from confcontract.docs.since import Since
from tests.docs.html.browser import CHROMIUM, FLAGS, PATIENCE, baked, written
from tests.docs.html.classes import Everything
from tests.docs.html.deno import DENO, Deno

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("chromium is missing: apt-get install chromium")
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as driver:
        expect.set_options(timeout=PATIENCE)
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def lasting(context: BrowserContext) -> None:
    """What a button says of what it did, it goes on saying: a test may look at it later than a reader does."""
    context.add_init_script(
        "{ const real = setTimeout; window.setTimeout = (what, when) => when >= 1000 ? 0 : real(what, when); }"
    )


@pytest.fixture(scope="session")
def deno(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deno]:
    if not DENO.is_file():
        pytest.skip("deno is missing: make install")
    with Deno(tmp_path_factory.mktemp("deno")) as started:
        yield started


@pytest.fixture(scope="session")
def everything() -> Contract:
    return baked(Everything)


@pytest.fixture
def opened(context: BrowserContext, tmp_path: Path, everything: Contract) -> Iterator[Opened]:
    """opened(contract=…, hash=…, since=…) → the page in the browser. After the test: nothing was fetched, nothing complained."""
    wrong: list[str] = []
    context.on("request", lambda request: None if _is_own(request.url) else wrong.append(f"fetched {request.url}"))
    context.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))

    def make(contract: Contract | None = None, hash: str = "", since: Since | None = None) -> Page:
        shown = context.new_page()
        shown.goto(written(contract or everything, tmp_path, since=since) + hash)
        return shown

    yield make
    assert not wrong


def _is_own(url: str) -> bool:
    return url.startswith(("file:", "data:")) and url.partition("#")[0].endswith((".html", "data:,"))
