"""The line of an env file in a report: what is wrong is marked, and nothing is shown that may be a secret."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake, resolve
from confcontract.contract.artifact import Contract
from confcontract.verdict.sources.envfile import read_env_text
from tests.support.booting import CANARY


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 1
    ports: list[int] = []
    url: PostgresDsn = PostgresDsn("postgres://db/shop")
    code: Annotated[SecretStr, Field(max_length=3)] = SecretStr("")
    api_key: Annotated[str, Field(max_length=3)] = ""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Shop)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("SHOP_PORT=high", "SHOP_PORT=[high]"),
        ("  SHOP_PORT=high", "SHOP_PORT=[high]"),
        ("SHOP_PORT = high", "SHOP_PORT = [high]"),
        ("export SHOP_PORT='high'", "export SHOP_PORT='[high]'"),
        (f'SHOP_PORT="high" # not {CANARY}', 'SHOP_PORT="[high]"'),
        (f"SHOP_PORT=high # not {CANARY}", "SHOP_PORT=[high]"),
        ("SHOP_PORT=", "SHOP_PORT=[]"),
        ("SHOP_PORTS=1,2", "SHOP_PORTS=[1,2]"),
        ("SHOP_PORT=${NOWHERE:-high}", None),
        ('SHOP_PORT="hi\ngh"', None),
        (f"SHOP_PORT={'x' * 80}", None),
        (f"SHOP_URL=mysql://shop:{CANARY}@db/shop", None),
        (f"SHOP_URL={CANARY}", None),
        (f"SHOP_PORT=mysql://shop:{CANARY}@db/shop", None),
        (f"SHOP_CODE={CANARY}", None),
        (f"SHOP_API_KEY={CANARY}", None),
        (f"SHOP_PROT={CANARY} # SHOP_PROT", "[SHOP_PROT]=..."),
        (f"export SHOP_PROT='{CANARY}'", "export [SHOP_PROT]=..."),
    ],
)
def test_the_line_as_far_as_it_may_be_shown(contract: Contract, tmp_path: object, line: str, shown: str | None) -> None:
    path = f"{tmp_path}/prod.env"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"# {CANARY}\nOTHER={CANARY}\n{line}\n")
    assert read_env_text(line, "x", {}).values, "a line that sets something"
    (problem,) = [each for each in resolve(contract, env_files=[path], environ={}).problems if each.variable]
    excerpt = problem.excerpt
    if shown is None or excerpt is None:
        assert (excerpt, shown) == (None, None)
        return
    end = excerpt.start + excerpt.length
    text = excerpt.text
    assert f"{text[: excerpt.start]}[{text[excerpt.start : end]}]{text[end:]}" == shown
    assert excerpt.place == f"{path}:3"
