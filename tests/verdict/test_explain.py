"""Where every value came from, as a table, as lines and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import HttpUrl, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings

from confcontract import bake, resolve
from confcontract.report.formats import render
from confcontract.report.terminal import columns
from confcontract.verdict.explain import Row, render_json, render_plain, render_table, rows
from confcontract.verdict.sources.origin import Source

CANARY = "canary-7f3a91"


@pytest.fixture
def table(resolution: Any) -> list[Row]:
    return rows(resolution)


def _row(table: list[Row], name: str) -> Row:
    return next(row for row in table if row.name == name)


def _renderings(table: list[Row]) -> list[str]:
    tables = [render_table(table, width, color) for width in (20, 40, 80, 200) for color in (False, True)]
    return [*tables, render_plain(table), render_json(table)]


def test_no_rendering_shows_a_secret(table: list[Row]) -> None:
    for text in _renderings(table):
        assert CANARY not in text
        assert CANARY[:6] not in text


def test_every_variable_appears_in_the_order_of_the_contract(table: list[Row], resolution: Any) -> None:
    names = [variable["name"] for variable in resolution.contract.variables]
    for text in _renderings(table):
        places = [text.index(name) for name in names if name != "SHOP_DATABASE"]
        assert places == sorted(places)
    assert [entry["variable"] for entry in json.loads(render_json(table))] == names


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_no_line_of_the_table_is_wider_than_the_terminal(table: list[Row], width: int) -> None:
    for line in render_table(table, width, False).splitlines():
        assert columns(line) <= width or line in {row.name for row in table}


def test_columns_stay_aligned_beside_wide_characters(table: list[Row]) -> None:
    lines = render_table(table, 100, False).splitlines()
    heading = lines[0]
    at = heading.index("SOURCE")
    wide = next(line for line in lines if line.startswith("SHOP_TITLE"))
    assert columns(wide[: wide.index("env file")]) == at


def test_a_narrow_terminal_gets_one_variable_below_the_other(table: list[Row]) -> None:
    lines = render_table(table, 40, False).splitlines()
    assert lines[lines.index("SHOP_PORT") + 1 :][:2] == ["  8080", "  from environment"]


def test_colour_changes_nothing_but_the_colour(table: list[Row]) -> None:
    import re

    painted = render_table(table, 80, True)
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted).splitlines() == render_table(table, 80, False).splitlines()


def test_without_colour_nothing_steers_the_terminal(table: list[Row]) -> None:
    for text in (render_table(table, 80, False), render_plain(table)):
        assert all(line.isprintable() for line in text.split("\n"))


def test_plain_output_is_one_line_per_variable_whatever_its_value(table: list[Row]) -> None:
    lines = render_plain(table).splitlines()
    assert [line.split("=")[0] for line in lines] == [row.name for row in table]
    assert "\t" not in render_plain(table)
    assert r"SHOP_TITLE=蛤蟆 café\x1b[31m\nSHOP_PORT=1\t# x yyy" in render_plain(table)


def test_what_was_overridden_is_named_highest_first(table: list[Row]) -> None:
    row = _row(table, "SHOP_DATABASE__URL")
    assert row.source == "environment"
    assert row.overridden == ["env file prod.env, line 3", "/etc/confcontract/conf.d/10.env, line 1"]
    assert "overrides env file prod.env, line 3" in render_plain([row])
    assert [other["kind"] for other in json.loads(render_json([row]))[0]["overrides"]] == ["env-file", "conf-file"]


def test_the_name_that_was_used_is_told_where_it_is_another(table: list[Row]) -> None:
    assert "set as DB_URL" in _row(table, "SHOP_DATABASE__URL").notes
    assert _row(table, "SHOP_PORT").notes == ["the application checks further"]
    assert _row(table, "SHOP_MOTTO").notes == ["set as SHOP_SLOGAN", "deprecated"]


def test_unset_empty_default_and_computed_are_told_apart(table: list[Row]) -> None:
    shown = {row.name: row.value for row in table}
    assert shown["SHOP_HOST"] == "(unset)"
    assert shown["SHOP_OLD_KEY"] == "(empty)"
    assert shown["SHOP_INSTANCE"] == "(computed at start)"
    assert shown["SHOP_TAGS"] == '["a", "b"]'
    assert shown["SHOP_DATABASE__PASSWORD"] == "***"
    assert _row(table, "SHOP_HOST").missing
    assert not _row(table, "SHOP_INSTANCE").missing


def test_a_default_that_is_empty_is_not_shown_as_if_a_secret_were_in_the_image() -> None:
    class Settings(BaseSettings):
        url: HttpUrl | None = None
        urls: list[HttpUrl] = []
        password: SecretStr | None = None
        text: str = ""
        dsn: PostgresDsn = PostgresDsn("postgres://app@db/shop")

    table = rows(resolve(bake(Settings, name="shop", version="1"), environ={}))
    shown = {row.name: (row.value, row.text) for row in table}
    assert shown == {
        "URL": ("null", "null"),
        "URLS": ("[]", "[]"),
        "PASSWORD": ("null", "null"),
        "TEXT": ("(empty)", ""),
        "DSN": ("postgres://app@db/shop", "postgres://app@db/shop"),
    }
    assert {entry["variable"] for entry in json.loads(render_json(table)) if entry["secret"]} == {"PASSWORD"}
    given = rows(resolve(bake(Settings, name="shop", version="1"), environ={"PASSWORD": "null", "URL": "null"}))
    assert {row.value for row in given if row.name in ("PASSWORD", "URL")} == {"***"}


def test_a_part_of_a_section_is_shown_without_its_neighbours(table: list[Row], resolution: Any) -> None:
    assert _row(table, "SHOP_DATABASE__POOL").value == "7"
    resolution.values = {}
    assert _row(rows(resolution), "SHOP_DATABASE__POOL").value == "(in SHOP_DATABASE)"


def test_a_section_that_is_given_by_its_parts_is_not_missing(resolution: Any) -> None:
    resolution.contract.variables[0]["required"] = True
    del resolution.given["SHOP_DATABASE"]
    assert not _row(rows(resolution), "SHOP_DATABASE").missing
    del resolution.given["SHOP_DATABASE__URL"]
    assert _row(rows(resolution), "SHOP_DATABASE__URL").missing


def test_what_lives_in_vault_is_not_shown_as_missing(resolution: Any) -> None:
    resolution.awaited = {"SHOP_API_KEY": Source("vault", "SHOP_API_KEY", "secret/shop#api_key")}
    row = _row(rows(resolution), "SHOP_API_KEY")
    assert (row.value, row.source, row.missing) == ("(from Vault)", "Vault secret/shop#api_key", False)
    entry = json.loads(render_json([row]))[0]
    assert entry["value"] is None
    assert entry["source"] == {"kind": "vault", "detail": "secret/shop#api_key", "name": "SHOP_API_KEY"}


def test_json_tells_what_a_program_needs_to_know(table: list[Row]) -> None:
    entries = {entry["variable"]: entry for entry in json.loads(render_json(table))}
    url = entries["SHOP_DATABASE__URL"]
    assert url["value"] == "postgres://app:***@db:5432/shop"
    assert url["source"] == {"kind": "environment", "detail": None, "name": "DB_URL"}
    assert (url["required"], url["set"], url["secret"]) == (True, True, False)
    assert entries["SHOP_HOST"]["source"] is None
    assert entries["SHOP_HOST"]["value"] is None
    assert entries["SHOP_OLD_KEY"]["value"] == ""
    assert entries["SHOP_TAGS"]["set"] is False
    assert entries["SHOP_TITLE"]["value"].startswith("蛤蟆 café\x1b[31m\n")


def test_undecodable_bytes_do_not_break_any_rendering(resolution: Any) -> None:
    resolution.given["SHOP_PORT"].value = b"\xff\xfe".decode("utf-8", "surrogateescape")
    for text in _renderings(rows(resolution)):
        text.encode("utf-8")


def test_a_contract_without_variables_gives_an_empty_table() -> None:
    assert render_table([], 80, False) == "VARIABLE  VALUE  SOURCE\n"
    assert render_plain([]) == ""
    assert json.loads(render_json([])) == []


def test_what_a_validator_of_all_fields_means_is_said_once_above_the_table() -> None:
    class Wide(BaseSettings):
        a: int = 1
        b: int = 2
        c: int = 3
        d: int = 4

        @field_validator("*", mode="after")
        @classmethod
        def looked_at(cls, value: int) -> int:
            return value

    result = resolve(bake(Wide), environ={})
    words = "he application checks further"
    assert render_table(rows(result), 80, False).startswith(
        f"T{words} than the contract can: all 4 variables\n\nVARIABLE"
    )
    for table in (render_table(rows(result), 80, False), render_table(rows(result), 20, False)):
        assert " ".join(table.split()).count(words) == 1
    assert render_table(rows(result)[:3], 80, False).count(words) == 3
    assert render_plain(rows(result)).count(words) == 4, "a line for each variable, for grep"
    assert render(result.problems).count("checks further") == 1
