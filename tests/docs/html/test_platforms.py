"""How to set a variable on each platform, as the page says it: read back by the platforms' rules, it is the value."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable

import pytest
import yaml  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page

from tests.docs.html.deno import DENO, SCRIPTS
from tests.platforms.reading_back import from_systemd

Opened = Callable[..., Page]
ODD = (
    "plain",
    "",
    "yes",
    "010",
    "a$b $(c) ${d} %i \"q\" \\ 's' #x: {y}\n\tz",
    "\u202e\u0085\x07\x7f",
    "a\\nb",
    "\U000e0001é\u2028",
)
Texts = Callable[[str, str, bool], dict[str, str]]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Of each odd value: title → text."""
    if not DENO.is_file():
        pytest.skip("deno is missing: make install")
    script = tmp_path_factory.mktemp("platforms") / "said.js"
    asked = json.dumps(ODD)
    script.write_text(
        (SCRIPTS / "60-platforms.js").read_text(encoding="utf-8")
        + f"\nconst asked = {asked};"
        + 'console.log(JSON.stringify(asked.map((each) => onPlatforms("My Shop", "NO", each, false))));',
        encoding="utf-8",
    )
    done = subprocess.run([DENO, "run", "--no-config", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [dict(each) for each in json.loads(done.stdout)]


def test_compose_reads_the_value(said: list[dict[str, str]]) -> None:
    for value, texts in zip(ODD, said, strict=True):
        assert yaml.safe_load(texts["Compose"]) == {"environment": {"NO": value.replace("$", "$$")}}


def test_kubernetes_reads_the_value_and_expands_nothing(said: list[dict[str, str]]) -> None:
    for value, texts in zip(ODD, said, strict=True):
        (entry,) = yaml.safe_load(texts["Kubernetes"])["env"]
        assert entry == {"name": "NO", "value": value.replace("$(", "$$(")}


def test_helm_reads_the_value(said: list[dict[str, str]]) -> None:
    for value, texts in zip(ODD, said, strict=True):
        assert yaml.safe_load(texts["Helm"]) == {"config": {"NO": value}}


def test_systemd_reads_the_value(said: list[dict[str, str]]) -> None:
    for value, texts in zip(ODD, said, strict=True):
        assert from_systemd(texts["systemd"]).environ == {"NO": value}


def opened_card(page: Page, name: str) -> dict[str, str]:
    card = page.locator(f"article[data-name='{name}']")
    card.locator(".set summary").click()
    card.locator(".set pre").first.wait_for()
    return dict(zip(card.locator(".set h4").all_inner_texts(), card.locator(".set pre").all_inner_texts(), strict=True))


def test_a_variable_says_how_it_is_set_with_its_default(opened: Opened) -> None:
    texts = opened_card(opened(), "APP_PORT")
    assert [*texts] == ["Compose", "Kubernetes", "Helm", "systemd"]
    assert texts["Compose"] == 'environment:\n  APP_PORT: "8000"'
    assert texts["systemd"] == '[Service]\nEnvironment="APP_PORT=8000"'


def test_it_has_the_value_of_the_form(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    page.fill("[id='value:APP_PORT']", "81")
    assert 'APP_PORT: "81"' in opened_card(page, "APP_PORT")["Helm"]


def test_a_secret_is_a_file_or_a_key_whatever_the_form_holds(opened: Opened) -> None:
    page = opened()
    page.click("#open-form")
    page.fill("[id='value:APP_KEY']", "hunter2hunter2")
    texts = opened_card(page, "APP_KEY")
    assert "hunter2" not in str(texts)
    assert yaml.safe_load(texts["Compose"])["secrets"] == {"APP_KEY": {"file": "./secrets/APP_KEY"}}
    (entry,) = yaml.safe_load(texts["Kubernetes"])["env"]
    assert entry["valueFrom"]["secretKeyRef"]["key"] == "APP_KEY"
    assert re.search(r"^LoadCredential=APP_KEY:/etc/\S+/secrets/APP_KEY$", texts["systemd"], re.MULTILINE)


def test_a_text_is_copied_whole(opened: Opened, context: BrowserContext, lasting: None) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened()
    texts = opened_card(page, "APP_PORT")
    page.locator("article[data-name='APP_PORT'] .set .copy").first.click()
    page.locator(".copy[data-done=copied]").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == texts["Compose"]
