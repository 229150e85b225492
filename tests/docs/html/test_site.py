"""The documentation's own site: it builds strictly, asks no other host for anything, and shuts nobody out."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.docs.html.browser import assert_no_violation
from tests.support.measured import UNMEASURED
from tests.support.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

# What makes a browser fetch: an element that loads, a rule of a style. A link is followed by people only.
LOADS = re.compile(
    r"""<(?:script|img|iframe|source|link(?![^>]*\brel="?canonical))\b[^>]*\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)"""
)
STYLE_LOADS = re.compile(r"""(?:url\(|@import\s*)["']?((?:https?:)?//[^"')\s]+)""")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """No line for each request."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env=UNMEASURED | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_every_code_block_is_one(site: Path) -> None:
    broken = [page.parent.name for page in site.rglob("*.html") if "```" in page.read_text(encoding="utf-8")]
    assert not broken, "a fence with more than a language after it is not a code block to the site builder"


def test_no_page_and_no_style_loads_anything_from_another_host(site: Path) -> None:
    pages, styles = list(site.rglob("*.html")), list(site.rglob("*.css"))
    assert len(pages) > 60
    assert styles
    found = {url for page in pages for url in LOADS.findall(page.read_text(encoding="utf-8"))}
    found |= {url for style in styles for url in STYLE_LOADS.findall(style.read_text(encoding="utf-8"))}
    assert found == set()
    # The theme's script would fetch a program for diagrams, from elsewhere, on a page that has one.
    assert not [page for page in pages if 'class="mermaid"' in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    "pattern, text",
    [
        (LOADS, '<script src="https://unpkg.com/x"></script>'),
        (LOADS, '<link rel="stylesheet" href=//fonts.example/css>'),
        (STYLE_LOADS, "a { background: url(https://example.com/a.png) }"),
    ],
)
def test_a_load_from_another_host_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.findall(text)


def test_a_page_can_be_searched_and_copied_from_without_another_host_and_in_both_schemes(
    context: BrowserContext, address: str
) -> None:
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}how-to/vault/")
    page.fill(".md-search__input", "lease")
    page.wait_for_selector(".md-search-result__item")
    assert all(url.startswith((address, "data:", "blob:")) for url in asked), asked
    assert any("search" in url for url in asked)
    page.goto(f"{address}tutorial/first-image/")
    taken = page.eval_on_selector(
        ".language-console code",
        "it => { it.setAttribute('data-md-copying', ''); return it.innerText }",
    )
    assert taken.splitlines()[0] == "python3 -m venv venv", "the prompt is not copied"
    for width, scheme in ((390, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{address}reference/problems/")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_no_violation(page)
