"""A check of the application that many variables share is named once."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import create_model, model_validator
from pydantic_settings import BaseSettings

from confcontract import bake
from confcontract.docs import man, markdown, markdown_columns
from confcontract.docs.build import page_of
from confcontract.verdict.mask import mask_credentials

FURTHER = "The application checks further: the model's validator"


class _Checked(BaseSettings):
    @model_validator(mode="after")
    def check(self) -> _Checked:
        return self


@pytest.mark.parametrize(("number", "times"), [(1, 1), (3, 3), (4, 1), (40, 1)])
def test_more_than_three_variables_share_one_note(number: int, times: int) -> None:
    fields: dict[str, Any] = {f"f{index}": (int, 0) for index in range(number)}
    page = page_of(
        bake(create_model("Settings", __base__=_Checked, **fields), name="shop", version="1"), mask_credentials
    )
    layout = markdown.Layout(markdown_columns.DEFAULT, list(markdown.PARTS))
    assert markdown.render(page, layout).count(FURTHER) == times
    assert man.render(page).replace("\\(aq", "'").count(FURTHER) == times
