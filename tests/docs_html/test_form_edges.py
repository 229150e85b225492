"""The form at its edges: strictness, values of several lines, texts that browsers and Python take differently."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from dotenv import dotenv_values
from playwright.sync_api import Page, expect
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from confcontract import Vault
from confcontract.cli.validate import validate
from confcontract.contract.artifact import Contract
from confcontract.contract.dotenvtext import quoted

from .browser import PATIENCE, baked
from .table import WHOLE
from .verdicts import difference, of_command, of_page

Opened = Callable[..., Page]
PEM = "-----BEGIN KEY-----\nMIIB\n-----END KEY-----\n"


class Signing(BaseSettings):
    """A key of several lines, that no input of a browser can show."""

    key: SecretStr
    empty: Annotated[SecretStr, Vault("secret/x#empty")] = Field(default=...)
    motto: str = "one line"


# -- strictness -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["KEY=k\nEMPTY=\n", "KEY=\nEMPTY=e\n", "KEY=k\nEMPTY=e\n", "KEY=k\n"])
def test_strictness_refuses_empty_secrets_as_the_command_does(
    text: str, opened: Opened, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _same_when_strict(opened(baked(Signing)), baked(Signing), text, tmp_path, capsys)


def test_strictness_refuses_unknown_names_as_the_command_does(
    opened: Opened, everything: Contract, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = opened()
    for more in ("", "APP_PROT=1\n", "APP_DATABASE__POOOL=1\n", "OTHER=1\n", "APP_BANNER=old\n"):
        _same_when_strict(page, everything, WHOLE + more, tmp_path, capsys)


def _same_when_strict(
    page: Page, contract: Contract, text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract.dump(folder / "contract.json")
    (folder / "case.env").write_text(text)
    capsys.readouterr()
    env_file = [str(folder / "case.env")]
    status = validate(str(folder / "contract.json"), env_file, no_environ=True, strict=True, format="json")
    problems = json.loads(capsys.readouterr().out)["problems"]
    found = page.evaluate("text => verdictOf(text, true)", text)
    assert found["verdict"] == ("invalid" if status else "valid"), text
    assert {one["variable"] for one in found["lines"] if one["severity"] == "error"} == {
        one["variable"] for one in problems if one["severity"] == "error"
    }


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


# -- texts ----------------------------------------------------------------------------------------


def test_texts_at_the_edge_of_what_python_takes(
    opened: Opened, everything: Contract, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A byte order mark is white space in a browser only; Python reads no integer of 4,301 digits."""
    everything.dump(tmp_path / "contract.json")
    page = opened()
    texts = ["\ufeff1", "1\ufeff", "\x1c1\x1f", "\u20281\u2029", "\u180e1", "\ufeff[1]", "[1]\ufeff", "[\u00a01]"]
    texts += ["9" * 5000, "-" + "9" * 4301, "0" * 5000, f"[{'9' * 4301}]", "[" * 300, "[" * 300 + "]" * 300]
    names = "PRICE LIMIT NUMBERS PORT RAW TAGS EXTRA MOMENT RATIO DEBUG LEVEL LABELS"
    for name in names.split():
        for text in texts:
            lines = f"{WHOLE}APP_{name}={quoted(text)}\n"
            (tmp_path / "case.env").write_text(lines, encoding="utf-8", newline="")
            command = of_command(tmp_path / "contract.json", tmp_path / "case.env", capsys)
            found = difference(command, of_page(page, lines))
            assert not found, f"{name}={text[:20]!r}: {found}"


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
