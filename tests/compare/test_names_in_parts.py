"""Names that are split into parts otherwise: an error where a variable's name has so many, or may have."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Contract
from confcontract.compare.diff import diff
from confcontract.findings.severity import ERROR, INFO, Severity
from tests.compare.making import baked


class Pool(BaseModel):
    max_size: int = 5


class Database(BaseModel):
    pool: Pool = Pool()


def _contract(kind: Any, most: int | None, delimiter: str = "__") -> Contract:
    class Shop(BaseSettings):
        model_config = SettingsConfigDict(
            env_prefix="SHOP_", env_nested_delimiter=delimiter, env_nested_max_split=most, extra="ignore"
        )

    fields: Any = {"database": (kind, kind())}
    return baked(create_model("Settings", __base__=Shop, **fields))


@pytest.mark.parametrize(
    ("kind", "most", "delimiter", "severities"),
    [
        (Pool, (None, 1), "__", (INFO, INFO)),
        (Pool, (1, None), "__", (INFO, INFO)),
        (Pool, (None, 1), "_", (INFO, ERROR)),  # MAX_SIZE is read by the new version alone
        (Database, (None, 1), "__", (ERROR, INFO)),
        (Database, (None, 2), "__", (INFO, INFO)),
        (Database, (2, 1), "__", (ERROR, INFO)),
        (dict[str, str], (None, 1), "__", (ERROR, ERROR)),
    ],
)
def test_how_often_names_are_split_matters_where_one_has_so_many_parts(
    kind: Any, most: tuple[int | None, int | None], delimiter: str, severities: tuple[Severity, Severity]
) -> None:
    old, new = (_contract(kind, each, delimiter) for each in most)
    found = [each for each in diff(old, new, "full").findings if each.rule == "ENCODING_CHANGED"]
    assert [each.severity for each in found] == [*severities]


def test_it_is_said_as_the_option_is_written() -> None:
    [found] = [
        each for each in diff(_contract(Pool, 2), _contract(Pool, 1)).findings if each.rule == "ENCODING_CHANGED"
    ]
    assert "split at most once now (env_nested_max_split), before at most 2 times" in found.sentence
