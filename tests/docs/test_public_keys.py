"""A public key in the URL of a default is not a password: the documentation shows what the contract has."""

from __future__ import annotations

import pytest
from pydantic import HttpUrl
from pydantic_settings import BaseSettings

from confcontract import Contract, bake, resolve
from confcontract.docs import markdown
from confcontract.docs.build import page_of
from confcontract.docs.page_formats import FORMATS, render
from confcontract.verdict.explain import rows
from confcontract.verdict.mask import as_shown, mask_credentials

PUBLIC = "https://key4242@sentry.example.com/42"


class Settings(BaseSettings):
    dsn: str = PUBLIC
    typed: HttpUrl = HttpUrl(PUBLIC)
    several: list[str] = [PUBLIC]


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Settings, name="shop", version="1")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_shows_the_default_as_the_contract_has_it(contract: Contract, form: str) -> None:
    page = page_of(contract, mask_credentials, as_shown(contract.variables))
    text = (
        markdown.render(page, markdown.Layout(("name", "default"), ("variables",)))
        if form == "markdown"
        else render(page, contract, form)
    )
    assert "key4242" in text
    assert "***" not in text


def test_explain_shows_it_where_it_is_the_default_and_masks_what_an_operator_sets(contract: Contract) -> None:
    result = resolve(contract, environ={"TYPED": "https://token4242@host/42"})
    assert {row.name: row.value for row in rows(result)} == {
        "DSN": PUBLIC,
        "TYPED": "https://***@host/42",
        "SEVERAL": f'["{PUBLIC}"]',
    }


def test_a_password_in_a_default_of_an_older_contract_stays_masked(contract: Contract) -> None:
    entry = {**contract.variables[0], "default": "https://key:hunter2@h/1", "defaultText": "https://key:hunter2@h/1"}
    page = page_of(contract, mask_credentials, as_shown([entry]))
    assert page.sections[0].entries[0].default == "https://key:***@h/1"
