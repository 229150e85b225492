"""Records in boot's log, as a person reads them."""

from __future__ import annotations

import io

import pytest

from confcontract.boot.log import Log


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"event": "restarting", "variables": ["A", "B"], "reason": "changed"}, "restarting variables=A,B reason=changed"),
        ({"event": "files-replaced", "signals": []}, 'files-replaced signals=""'),
        ({"event": "files-replaced", "signals": [1, 10]}, "files-replaced signals=1,10"),
        ({"event": "x", "seconds": 1.5, "gone": None, "known": True}, "x seconds=1.5 known=true"),
        ({"event": "x", "words": 'a "b"\n'}, 'x words="a \\"b\\"\\n"'),
    ],
)  # fmt: skip
def test_a_record_is_one_line_of_names_and_values(given: dict[str, object], line: str) -> None:
    stream = io.StringIO()
    Log(stream, "text").record(given)
    assert stream.getvalue() == f"confcontract: {line}\n"
