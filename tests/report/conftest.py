"""Problems made by hand: what is shown of them is tested apart from the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from confcontract.report.problem import ERROR, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def problem() -> Callable[..., Problem]:
    def make(code: str = "value-invalid", message: str = "should be greater than 0", **more: Any) -> Problem:
        more.setdefault("variable", "SHOP_PORT")
        more.setdefault("severity", ERROR)
        return Problem(code, message, **more)

    return make
