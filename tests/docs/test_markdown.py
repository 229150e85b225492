"""Whatever an author writes is what an operator reads, in every renderer, and breaks no table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confcontract.docs import markdown, markdown_columns
from confcontract.docs.clean_text import clean
from confcontract.docs.escape import cell, code, prose
from confcontract.report.errors import UsageError
from tests.docs import golden
from tests.docs.making import made, page, sample, shop, variable, written
from tests.docs.rendering import RENDERERS, read, words

MARKUP = st.text(st.sampled_from("ab 1.)#+-*_`~|<>&[]()!\\/:=$'\"{}\n\téß漢😀@^;"), max_size=40)
TEXTS = st.one_of(MARKUP, st.text(max_size=40))
TRICKY = [
    "a | b || c",
    "`code` and ``more` and \\`",
    "<b>bold</b> & &amp; <script>alert(1)</script> <!-- x -->",
    "*a* _b_ __c__ snake_case ~~d~~ **e**",
    "[a](https://example.com) ![b](c) [x]: y",
    "# no heading\n- no list\n1. none\n> none\n    no code\n---\n===\n+ none",
    "first\n\nsecond paragraph",
    "\\| \\\\ \\",
    "עברית ו-English، العربية",
    "👩‍👩‍👧 \u202eevil\u202c \x1b[31mred \x00 \u200b",
    "$a_1$ and $$b$$",
    "x" * 5000,
    "trailing \\",
    "http://example.com/?a=b|c",
]


def table_of(*cells: str) -> str:
    return f"| a | b | c |\n| --- | --- | --- |\n| {' | '.join((*cells, 'end'))} |\n"


def as_read(text: str) -> list[str]:
    return words(clean(text))


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("text", TRICKY)
def test_prose_and_code_in_a_table_are_read_as_they_were_written(text: str, renderer: str) -> None:
    reader = read(table_of(cell(text) or "–", code(text)), renderer)
    (_, row) = reader.rows
    assert words(row[0]) == as_read(text)
    assert words(row[1]) == as_read(text)
    assert row[2] == "end"
    assert reader.elements <= {"table", "thead", "tbody", "tr", "th", "td", "code", "br"}


@given(TEXTS, st.sampled_from(RENDERERS))
@settings(deadline=None)
def test_any_text_survives_a_table(text: str, renderer: str) -> None:
    reader = read(table_of(cell(text) or "–", code(text)), renderer)
    assert len(reader.rows) == 2
    row = reader.rows[1]
    assert words(row[0]) == (as_read(text) or ["–"])
    assert words(row[1]) == as_read(text)
    assert row[2] == "end"


@given(TEXTS, st.sampled_from(RENDERERS))
@settings(deadline=None)
def test_any_text_survives_as_a_paragraph(text: str, renderer: str) -> None:
    reader = read(f"before\n\n{prose(text)}\n\nafter\n", renderer)
    assert words(reader.text) == ["before", *as_read(text), "after"]
    assert reader.elements <= {"p", "br"}


@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_variable_has_a_row_that_says_all_there_is_to_say(renderer: str) -> None:
    contract = made(
        variable(
            "APP_PORT",
            aliases=["PORT"],
            type={"text": "integer, 1 to 65535", "kind": "integer"},
            constraints={"minimum": 1, "maximum": 65535},
            unit="ports | doors",
            default=80,
            defaultText="80",
            vault="secret/app#port",
            vaultFallback=["secret/old#port"],
            vaultOptional=True,
            description="Where it listens | `x`",
            examples=["8080"],
            deprecated={"message": "since 1.3", "names": ["PORT"], "replacedBy": "APP_PORT"},
        )
    )
    (_, row, *_) = read(written(contract, "markdown"), renderer).rows
    name, kind, default, required, description = row
    assert words(name) == ["APP_PORT", "also", "PORT", "in", "files", "app_port"]
    assert kind == "integer; 1 to 65535; in ports | doors"
    assert (default, required) == ("80", "no")
    for said in (
        "Where it listens | `x`",
        "Kept in vault:secret/app#port, else vault:secret/old#port, if it is there",
        "For example 8080",
        "Deprecated: PORT: since 1.3; use APP_PORT",
    ):
        assert said in description


@pytest.mark.parametrize("contract", [shop(), sample()], ids=["shop", "sample"])
@pytest.mark.parametrize("renderer", RENDERERS)
def test_each_table_of_the_examples_is_one_and_names_each_variable_once(contract: object, renderer: str) -> None:
    from confcontract.contract.artifact import Contract

    assert isinstance(contract, Contract)
    reader = read(written(contract, "markdown"), renderer)
    first = [row[0].split("\n")[0] for row in reader.rows]
    for entry in contract.variables:
        assert first.count(entry["name"]) == 1
    assert "|" not in reader.text.replace("||", "")


def test_what_gets_a_column_of_its_own_is_not_said_elsewhere() -> None:
    entries = page(shop()).entries
    assert "Kept in" in markdown_columns.table(entries)
    chosen = markdown_columns.table(entries, markdown_columns.chosen("name, vault,description,secret,required"))
    assert "Vault:" not in chosen
    assert chosen.startswith("| Variable | Kept in | Description | Secret | Required |\n")
    for name in markdown_columns.COLUMNS:
        assert markdown_columns.table(entries, [name]).count("\n") == len(entries) + 2


def test_a_compact_table_has_three_columns_that_say_what_to_write() -> None:
    columns = markdown_columns.chosen("compact")
    reader = read(markdown_columns.table(page(shop()).entries, columns), RENDERERS[0])
    rows = {row[0].split("\n")[0]: row for row in reader.rows}
    assert rows["SHOP_PORT"] == ["SHOP_PORT", "integer; 1 to 65535; default 8000", "Port to listen on"]
    assert rows["SHOP_SIGNING_KEY"][0] == "SHOP_SIGNING_KEY\nrequired, secret"
    assert rows["SHOP_DATABASE__URL"][1] == "URL, postgresql:// and 8 more schemes"


@pytest.mark.parametrize("renderer", RENDERERS)
def test_contents_lead_to_headings_and_groups(renderer: str) -> None:
    text = written(shop(), "markdown")
    links = re.findall(r"^ *- \[.+\]\(#(.+)\)$", text.partition("## Contents")[2].partition("\n## ")[0], re.MULTILINE)
    headings = [line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("## ")]
    groups = re.findall(r'^### <a id="(.+?)">', text, re.MULTILINE)
    assert [link for link in links if ":" not in link] == headings[1:]
    assert [link for link in links if ":" in link] == groups
    assert "Contents" in read(text, renderer).text


@pytest.mark.parametrize("text, what", [("name,colour", "'colour'"), (" , ", "no column")])
def test_an_unknown_column_is_refused_with_those_there_are(text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as refused:
        markdown_columns.chosen(text)
    assert "description" in (refused.value.problems[0].hint or "")


def test_an_unknown_part_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="'footer'"):
        markdown.chosen_parts("variables,footer", ())
    with pytest.raises(UsageError, match="no part"):
        markdown.chosen_parts("", ())
    assert markdown.chosen_parts("checks, variables", ()) == ("checks", "variables")


def test_how_to_write_values_is_said_only_of_kinds_that_occur() -> None:
    plain = made(variable())
    assert "How to write" not in written(plain, "markdown")
    timed = made(
        variable(type={"text": "duration, such as PT30S or 00:00:30", "kind": "duration"}),
        variable("APP_Y", encoding="separated", separator="|", type={"text": "list of text", "kind": "list"}),
    )
    text = written(timed, "markdown")
    assert "**Durations.**" in text
    assert "**Lists with bars.**" in text
    assert "Sizes" not in text
    assert "**JSON.**" not in text


def test_headings_begin_where_they_are_told_to() -> None:
    layout = markdown.Layout(markdown_columns.DEFAULT, ("variables", "roles"), level=3)
    headings = [line for line in markdown.render(page(shop()), layout).splitlines() if line.startswith("#")]
    assert headings[0] == "#### Variables"
    assert headings[1].startswith("##### ")
    assert headings[-1] == "#### Roles"


@pytest.mark.parametrize(
    "path, text", list(golden.files()), ids=lambda item: item.name if isinstance(item, Path) else ""
)
def test_the_pages_of_the_examples_are_as_they_were_agreed_upon(path: Path, text: str) -> None:
    message = f"{path.name} differs: if that is meant, run 'python -m tests.docs.golden' and look at the difference"
    assert path.read_text(encoding="utf-8") == text, message
