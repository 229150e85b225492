"""Which service binding gives a variable is said in every format."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic_settings import BaseSettings

from confcontract import Binding, bake
from tests.docs.making import FORMATS, written
from tests.support.commands import run


class Settings(BaseSettings):
    dsn: Annotated[str, Binding("postgresql", provider="acme")] = ""


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_names_the_binding(format: str) -> None:
    text = " ".join(written(bake(Settings, name="shop", version="1"), format).replace("\n# ", " ").split())
    assert "the service binding of type postgresql of acme" in text


def test_describe_names_it_among_the_sources(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("contract") / "contract.json"
    bake(Settings, name="shop", version="1").dump(path)
    done = run("describe", "DSN", "--contract", str(path))
    assert "the service binding of type postgresql of acme" in " ".join(done.stdout.split())
