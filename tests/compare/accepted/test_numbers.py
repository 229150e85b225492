"""Numbers, compared over the strings that are accepted."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from tests.compare.accepted.sides import compared, found

AT_LEAST_1 = Annotated[int, Field(ge=1)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (int, int, []),
        (AT_LEAST_1, Annotated[int, Field(gt=0)], []),
        (AT_LEAST_1, Annotated[int, Field(ge=0)], [("RANGE", "WIDER")]),
        (Annotated[int, Field(ge=0)], AT_LEAST_1, [("RANGE", "NARROWER")]),
        (
            Annotated[int, Field(ge=0, le=5)],
            Annotated[int, Field(ge=1, le=9)],
            [("RANGE", "NARROWER"), ("RANGE", "WIDER")],
        ),
        (int, float, [("TYPE", "WIDER")]),
        (float, int, [("TYPE", "NARROWER")]),
        (bool, int, [("TYPE", "DIFFERENT")]),
        (Annotated[int, Field(multiple_of=10)], Annotated[int, Field(multiple_of=5)], [("RANGE", "WIDER")]),
        (float, Annotated[float, Field(allow_inf_nan=False)], [("RANGE", "NARROWER")]),
    ],
)
def test_numbers_are_compared_by_what_they_accept(old: Any, new: Any, expected: list[tuple[str, str]]) -> None:
    assert found(old, new) == expected


def test_a_narrowing_names_a_text_that_shows_it() -> None:
    (difference,) = compared(Annotated[int, Field(ge=1, le=65535)], Annotated[int, Field(ge=1024, le=65535)])
    assert (difference.old, difference.new) == ("1 to 65535", "1024 to 65535")
    assert difference.refused_by_new is not None
    assert 1 <= int(difference.refused_by_new) < 1024
