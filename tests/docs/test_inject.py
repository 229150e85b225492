"""Between two markers everything is ours; the rest of the file stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.docs.inject import BEGIN, END, injected
from confcontract.report.errors import UsageError

OTHERS = st.binary(max_size=40).filter(
    lambda content: not any(sign in content for sign in (b"<!--", b"`", b"~"))  # no marker, no block of code
)


@given(OTHERS, OTHERS, OTHERS, st.text(max_size=30))
def test_what_is_outside_of_the_markers_stays_byte_for_byte(before: bytes, old: bytes, after: bytes, new: str) -> None:
    current = before + BEGIN + old + END + after
    found = injected(current, new, "README.md")
    assert found.startswith(before + BEGIN)
    assert found.endswith(END + after)
    assert injected(found, new, "README.md") == found


@given(OTHERS, st.text(max_size=30))
def test_markers_are_made_at_the_end_where_there_are_none(current: bytes, new: str) -> None:
    found = injected(current, new, "README.md")
    assert found.startswith(current)
    assert found.count(BEGIN) == found.count(END) == 1
    assert injected(found, new, "README.md") == found


@pytest.mark.parametrize(
    "current, expected",
    [
        (b"", b"{}\n"),
        (b"# x\n", b"# x\n\n{}\n"),
        (b"# x", b"# x\n\n{}\n"),
        (b"# x\r\n", b"# x\r\n\r\n{}\r\n"),
        (b"\xef\xbb\xbf# x\r\ny", b"\xef\xbb\xbf# x\r\ny\r\n\r\n{}\r\n"),
    ],
)
def test_the_markers_are_a_block_of_their_own_with_the_line_ends_of_the_file(current: bytes, expected: bytes) -> None:
    ends = b"\r\n" if b"\r\n" in expected else b"\n"
    block = ends.join((BEGIN, b"", b"a", b"b", b"", END))
    assert injected(current, "a\nb\n", "x") == expected.replace(b"{}", block)


@pytest.mark.parametrize(
    "current, said",
    [
        (BEGIN + b"\n", "holds <!-- confcontract:begin --> (line 1), but no <!-- confcontract:end -->"),
        (b"\n\n" + END, "holds <!-- confcontract:end --> (line 3), but no <!-- confcontract:begin -->"),
        (END + b"\n" + BEGIN, "stands before"),
        ((BEGIN + b"\n" + END + b"\n") * 2, "begin --> 2 times: line 1, 3"),
        (BEGIN + b"\n" + END + b"\n" + END, "end --> 2 times: line 2, 3"),
    ],
)
def test_markers_that_are_no_single_pair_are_an_error_that_names_the_lines(current: bytes, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        injected(current, "new", "README.md")
    assert said in refused.value.problems[0].message
    assert refused.value.problems[0].hint


def test_what_is_injected_holds_no_marker() -> None:
    with pytest.raises(UsageError, match="holds a marker"):
        injected(b"", f"x {END.decode()} y", "README.md")


FENCED = b"```html\n<!-- confcontract:begin -->\n<!-- confcontract:end -->\n```\n"


@pytest.mark.parametrize(
    "example",
    [
        FENCED,
        FENCED.replace(b"```", b"~~~~"),
        FENCED.replace(b"\n", b"\r\n"),
        b"1. so:\n\n   " + FENCED.replace(b"\n", b"\n   ") + b"\n",
        b"Between `<!-- confcontract:begin -->` and `<!-- confcontract:end -->` it is ours.\n",
    ],
)
def test_an_example_of_the_markers_is_left_alone(example: bytes) -> None:
    assert injected(example, "new", "README.md").startswith(example)
    ends = b"\r\n" if b"\r\n" in example else b"\n"
    current = example + BEGIN + ends + b"old" + ends + END + ends + example
    found = injected(current, "new", "README.md")
    assert found == current.replace(BEGIN + ends + b"old" + ends, BEGIN + ends * 2 + b"new" + ends * 2)
    assert injected(found, "new", "README.md") == found


def test_a_block_of_code_that_is_never_closed_hides_no_marker() -> None:
    current = b"```\n" + BEGIN + b"\nold\n" + END + b"\n"
    assert b"old" not in injected(current, "new", "README.md")
