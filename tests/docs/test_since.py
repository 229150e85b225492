"""`confcontract docs --since OLD`: what was added, changed and removed is marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from tests.support.commands import run, said


class Before(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = Field(8000, ge=0)
    colour: str = "red"
    gone: str = "x"


class After(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", case_sensitive=False)

    port: int = Field(8000, ge=1024)
    colour: str = "red"
    region: str = Field(description="Where | <b>it</b> runs")


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("versions")
    bake(Before, name="shop", version="1.4.0").dump(folder / "old.json")
    bake(After, name="shop", version="2.0.0").dump(folder / "new.json")
    return folder


GONE = "It is no longer read. Remove it where it is set, once you will not go back: it has no effect any more."


def page(versions: Path, *arguments: str, new: str = "new.json") -> str:
    done = run("docs", "--contract", new, *arguments, cwd=versions)
    assert done.returncode == 0, said(done)
    return done.stdout


def test_markdown_tells_what_changed_and_marks_it(versions: Path) -> None:
    text = page(versions, "--since", "old.json")
    summary = text.partition("## Changes since shop 1.4.0\n\n")[2].partition("\n\n")[0].splitlines()
    assert summary == [
        "- **added** [`SHOP_REGION`](#SHOP_REGION)",
        '- **changed** [`SHOP_PORT`](#SHOP_PORT): It accepts fewer values: at least 0 → at least 1024; "0" is refused.',
        f"- **removed** `SHOP_GONE`: {GONE}",
    ]
    rows = {line.partition("</a>`")[2].partition("`")[0]: line for line in text.splitlines() if line.startswith("| <a")}
    assert "<br>**added** |" in rows["SHOP_REGION"]
    assert "<br>**changed**: It accepts fewer values: at least 0 → at least 1024" in rows["SHOP_PORT"]
    assert "**" not in rows["SHOP_COLOUR"]


def test_html_marks_the_cards(versions: Path) -> None:
    text = page(versions, "--since", "old.json", "--format", "html")
    assert 'data-name="SHOP_REGION" data-required="" data-since="added"' in text
    assert (
        '<ul class="since-lines"><li>It accepts fewer values: at least 0 → at least 1024; &quot;0&quot; is refused.'
        in text
    )
    assert '<span class="badge since-removed">removed</span> <code>SHOP_GONE</code>' in text
    assert text.count('" data-since="') == 2
    assert "New or changed</label>" in text


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_the_same_contract_has_no_marks(versions: Path, form: str) -> None:
    text = page(versions, "--since", "new.json", "--format", form)
    assert "Nothing has changed." in text
    assert '" data-since="' not in text
    assert "New or changed</label>" not in text
    assert "**added**" not in text


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_without_since_nothing_of_it_is_on_the_page(versions: Path, form: str) -> None:
    assert "since" not in page(versions, "--format", form).replace("since it", "")


@pytest.mark.parametrize("form", ["dotenv", "json", "man", "toml", "yaml", "config-json"])
def test_other_formats_have_no_marks_and_say_so(versions: Path, form: str) -> None:
    done = run("docs", "--contract", "new.json", "--since", "old.json", "--format", form, cwd=versions)
    assert done.returncode == 64
    assert f"--since is offered in Markdown and HTML, not in {form}" in said(done)


def test_a_contract_that_is_not_there_is_named(versions: Path) -> None:
    done = run("docs", "--contract", "new.json", "--since", "nothing.json", cwd=versions)
    assert done.returncode == 78
    assert "nothing.json: there is no contract here" in said(done)
    checked = run("docs", "--contract", "new.json", "--since", "nothing.json", "-o", "x.md", "--check", cwd=versions)
    assert checked.returncode == 2


def test_a_readme_and_a_template_get_the_marks_too(versions: Path, tmp_path: Path) -> None:
    for name in ("old.json", "new.json"):
        (tmp_path / name).write_bytes((versions / name).read_bytes())
    (tmp_path / "README.md").write_text("# Shop\n")
    (tmp_path / "own.md.j2").write_text("{{ parts.since }}{{ table(page.entries, 'name') }}")
    assert (
        run("docs", "--contract", "new.json", "--since", "old.json", "--inject", "README.md", cwd=tmp_path).returncode
        == 0
    )
    assert "### Changes since shop 1.4.0" in (tmp_path / "README.md").read_text()
    text = page(tmp_path, "--since", "old.json", "--template", "own.md.j2")
    assert text.count("**changed**") == 2
