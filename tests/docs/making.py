"""Contracts for pages: the examples', and ones made by hand of what no settings class would say."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.bake import bake
from confcontract.contract.artifact import Contract
from confcontract.docs import markdown, markdown_columns
from confcontract.docs.build import page_of
from confcontract.docs.model import Page
from confcontract.docs.page_formats import render
from confcontract.verdict.mask import as_shown, mask_credentials
from tests.support.pages import ROOT
from tests.support.sample import SHOP as SAMPLE

FORMATS = ("markdown", "html", "dotenv", "json", "man")


class Empty(BaseSettings):
    """A plan of nothing."""


def page(contract: Contract) -> Page:
    return page_of(contract, mask_credentials, as_shown(contract.variables))


def written(contract: Contract, format: str) -> str:
    """The contract's page in a format, as the command writes it without further options."""
    if format == "markdown":
        return markdown.render(page(contract), markdown.Layout(markdown_columns.DEFAULT, tuple(markdown.PARTS)))
    return render(page(contract), contract, format)


@cache
def shop() -> Contract:
    """Of the example. Any test may read it, and none may change it."""
    sys.path.insert(0, str(ROOT / "examples/shop"))
    try:
        from shop.settings import shop as declared
    finally:
        sys.path.pop(0)
    return bake(declared)


@cache
def sample() -> Contract:
    """One of everything. Any test may read it, and none may change it."""
    return bake(replace(SAMPLE, deliver="files"))


@cache
def _nothing() -> dict[str, Any]:
    return bake(Empty).compiled


def variable(name: str = "APP_X", **more: Any) -> dict[str, Any]:
    """An optional text at the top level, unless told otherwise."""
    return {
        "name": name,
        "path": [name.lower()],
        "group": "",
        "type": {"text": "text", "kind": "string"},
        "encoding": "plain",
        "required": False,
        "secret": False,
        **more,
    }


def made(*variables: dict[str, Any], **more: Any) -> Contract:
    """A contract of these variables, as far as a page reads it."""
    return Contract(
        {
            "apiVersion": "confcontract/v1",
            "name": "app",
            "version": "1.0.0",
            "description": "",
            "digest": "sha256:" + "0" * 64,
            "provenance": {"confcontract": "0.1.0", "python": "3.11.7"},
            "variables": list(variables),
            "deferred": [],
            "schema": {},
            "compiled": _nothing(),
            "checks": [],
            "roles": {},
            **more,
        }
    )
