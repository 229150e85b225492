"""Entries in somebody's changelog: in the section of their version, once, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.compare.changelog_file import BEGIN, END, with_note
from confcontract.compare.release_note import NoteKind
from confcontract.report.errors import ConfigurationInvalid

NOTE = {NoteKind.ADDED: "- `A`: new\n", NoteKind.CHANGED: "- `B`: other\n- `C`: other\n"}
LATER = {NoteKind.CHANGED: "- `B`: other again\n", NoteKind.SECURITY: "- `D`: secret\n"}

FILE = """\
# Changelog

## [Unreleased]

### Added

- soon

## [1.5.0](https://example.org) - 2027-01-01

Words of a person.

### Fixed

- one

### Added

- two

## 1.4.0

- three

```
## [1.3.0]
```

<!--
## [1.2.0]
-->

[1.4.0]: https://example.org/1.4.0
"""


def written(text: str | bytes | None, version: str = "1.5.0", note: dict[NoteKind, str] = NOTE) -> str:
    current = text.encode() if isinstance(text, str) else text
    return with_note(current, note, version, None, "2027-01-31", "CHANGELOG.md").decode()


def heads(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_a_file_is_made_where_there_is_none() -> None:
    made = written(None)
    assert heads(made) == ["# Changelog", "## [1.5.0] - 2027-01-31", "### Added", "### Changed"]
    assert written(made) == made


def test_entries_go_to_the_headings_that_are_there() -> None:
    done = written(FILE)
    section = done.partition("## [1.5.0]")[2].partition("## 1.4.0")[0]
    assert heads(section) == ["### Changed", "### Fixed", "### Added"]
    assert f"- two\n\n{BEGIN}\n- `A`: new\n{END}\n\n" in section
    assert "Words of a person.\n" in section


def test_a_new_version_stands_above_the_others() -> None:
    done = written(FILE, "1.6.0")
    assert [each for each in heads(done) if each.startswith("## ")][:3] == [
        "## [Unreleased]",
        "## [1.6.0] - 2027-01-31",
        "## [1.5.0](https://example.org) - 2027-01-01",
    ]


@pytest.mark.parametrize("version", ["1.3.0", "1.2.0"])
def test_headings_in_code_and_comments_are_none(version: str) -> None:
    assert f"## [{version}] - 2027-01-31" in written(FILE, version)


@pytest.mark.parametrize(
    "heading",
    ["## 1.5.0", "## v1.5.0 (2027-01-01)", "## [1.5.0]", "## [v1.5.0] - 2027-01-01", "# 1.5.0: winter", "### 1.5.0 ##"],
)
def test_a_section_is_found_however_its_heading_is_written(heading: str) -> None:
    done = written(f"# Changes\n\n{heading}\n\n- x\n")
    assert heads(done)[:2] == ["# Changes", heading]
    level = heading.partition(" ")[0]
    assert heads(done)[2:] == [f"{level}# Added", f"{level}# Changed"]


@pytest.mark.parametrize("heading", ["## 1.5.01", "## 1.5.0-rc.1", "## [11.5.0]", "## 1.5"])
def test_the_section_of_another_version_is_another(heading: str) -> None:
    assert "## [1.5.0] - 2027-01-31" in written(f"{heading}\n\n- x\n")


def test_links_at_the_end_stay_there() -> None:
    done = written("# Changelog\n\nWords.\n\n[x]: https://x\n[y]: https://y\n")
    assert done.endswith(f"{END}\n\n[x]: https://x\n[y]: https://y\n")


def test_later_entries_replace_earlier_ones() -> None:
    assert written(written(FILE), note=LATER) == written(FILE, note=LATER)
    assert "`A`" not in written(written(FILE), note=LATER)


def test_entries_that_are_no_longer_true_go() -> None:
    assert written(written(FILE), note={}) == FILE


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    windows = "\ufeff" + FILE.replace("\n", "\r\n")
    done = written(windows)
    assert done == "\ufeff" + written(FILE).replace("\n", "\r\n")
    assert written(done) == done


@pytest.mark.parametrize(
    "current,words",
    [
        (b"# Changes\n\xff\n", "is not UTF-8 text (line 2)"),
        (f"## 1.5.0\n{BEGIN}\nx\n".encode(), "begin in line 2 and do not end"),
        (f"## 1.5.0\nx\n{END}\n".encode(), "line 3 ends our entries"),
        (b"# Changes\n```\n## 1.5.0\n", "begins in line 2 does not end"),
        (b"# Changes\n<!--\n## 1.5.0\n", "begins in line 2 does not end"),
        (f"## 1.5.0\n{BEGIN}\n{BEGIN}\n{END}\n".encode(), "line 2 begins our entries again"),
    ],
)
def test_a_file_that_is_not_understood_is_refused(current: bytes, words: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        written(current)
    assert words in str(caught.value)
    assert "CHANGELOG.md" in str(caught.value)


LINES = st.lists(
    st.sampled_from(
        ["", "", "# Changelog", "## [Unreleased]", "## [1.5.0] - 2027-01-01", "## 1.4.0", "### Added", "### Changed"]
        + [
            "### Security",
            "- x",
            "text",
            "```",
            "<!--",
            "-->",
            "<!-- a -->",
            "[1.4.0]: https://x",
            "    ## 1.5.0",
            "\f",
        ]
    ),
    max_size=14,
)


def is_open(lines: list[str]) -> bool:
    """Whether a block of code or a comment does not end."""
    within = ""
    for line in lines:
        if within:
            within = "" if (within == "```" and line == "```") or (within == "<!--" and "-->" in line) else within
        elif line in ("```", "<!--"):
            within = line
    return bool(within)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_twice_is_as_once_and_no_line_of_others_is_lost(lines: list[str], ends: str, ended: bool) -> None:
    text = ends.join(lines) + (ends if ended else "")
    if is_open(lines):
        with pytest.raises(ConfigurationInvalid, match="does not end"):
            written(text)
        return
    once = written(text)
    assert written(once) == once
    theirs = [line for line in text.splitlines() if line.strip()]
    rest = iter(once.splitlines())
    assert all(line in rest for line in theirs)
    ours = [line for line in once.splitlines() if line.startswith("- `")]
    assert len(ours) == 3
