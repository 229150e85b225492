"""A real browser, and the pages that it shows. Nothing is downloaded: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confcontract import bake
from confcontract.contract.artifact import Contract
from confcontract.docs.build import page_of
from confcontract.docs.html import page
from confcontract.docs.since import Since
from confcontract.verdict.mask import mask_credentials

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 120_000  # milliseconds until what doesn't come is a failure
CHROMIUM = shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def html_of(contract: Contract, since: Since | None = None) -> str:
    return page(page_of(contract, mask_credentials), contract, since)


def baked(settings: Any, **said: Any) -> Contract:
    return bake(settings, name="example", version="1", **said)


def written(contract: Contract, folder: Path, name: str = "page.html", since: Since | None = None) -> str:
    """The address of the contract's page in a folder."""
    path = folder / name
    path.write_text(html_of(contract, since), encoding="utf-8")
    return path.as_uri()


def shown(tab: Page) -> list[str]:
    """The anchors of the variables that are not filtered away."""
    found: list[str] = tab.eval_on_selector_all(
        "article.variable", "all => all.filter(one => one.checkVisibility()).map(one => one.id)"
    )
    return found


@cache
def _axe() -> str:
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def assert_no_violation(page: Page, only: Sequence[str] = ()) -> None:
    """Of all rules of axe, or of these."""
    page.evaluate(_axe())
    asked = {"resultTypes": ["violations"], **({"runOnly": [*only]} if only else {})}
    result = page.evaluate("asked => axe.run(document, asked)", asked)
    told = [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in result["violations"]
        for node in one["nodes"][:3]
    ]
    assert not told, "\n".join(told)
    assert len(result["passes"]) > (0 if only else 20)
