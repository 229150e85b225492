"""Env files mean what python-dotenv makes of them, and bad ones are named by line, never by content."""

from __future__ import annotations

import logging
import os
import socket
import threading
from pathlib import Path
from unittest import mock

import dotenv
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from confcontract.host.sourcefile import MAX_BYTES
from confcontract.verdict.sources import envfile
from confcontract.verdict.sources.envfile import EnvFile, read_env_file, read_env_text
from confcontract.verdict.sources.given_files import read_conf_dir
from tests.support.projection import Projection

ENVIRON = {"HOME": "/root", "A": "from environ", "EMPTY": ""}
CANARY = "canary-5f2d"


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """python-dotenv logs each line that it drops."""
    caplog.set_level(logging.ERROR, "dotenv")


def by_dotenv(path: Path) -> dict[str, str]:
    with mock.patch.dict(os.environ, ENVIRON, clear=True):
        return {name: value for name, value in dotenv.dotenv_values(path).items() if value is not None}


# Pieces that touch every rule of the grammar, and plain characters between them
PIECES = st.sampled_from(
    ["A", "B", "export", "export ", "=", " ", "\t", "\n", "\r\n", "\r", "#", " #", '"', "'", "\\", "\\n", "$", "${A}"]
    + ["${B}", "${", "}", ":-", ":", "${A:-x}", "${N:-d}", "${EMPTY:-d}", "\ufeff", "\x0b", "\x0c", "\x1c", "\x85"]
    + ["\xa0", "\u2028", "ü", "x", "1", "-", ".", "http://u:p@h/p?q#f", "A=1\n", 'B="x y"\n', "C='z' # c\n", "\nA"]
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "export ", " ", "export\t"]),
        st.sampled_from(["A", "B", "C_1", "d.e", "export"]),
        st.sampled_from(["=", " = ", "=\t", "= "]),
        st.one_of(
            st.text("ab #'\"$\\{}:-A\t\xa0", max_size=12),
            st.sampled_from(["'a b'", '"a b" # c', "${A}", "'${A}'", "#x", '"\\n"']),
        ),
    ).map("".join),
    max_size=8,
).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(TEXTS, LINES))
@example("A=1\nA")
@example("A\nB=${A:-x}")
@example("A=x  # c # d")
@example("A= # c")
@example("A=#c")
@example("B=${A:+x}${A:-${B}}")
@example("B=${:${A}")
@example("export=1")
@example("'A B'=1")
@example("\ufeff\ufeffA=1")
def test_every_file_reads_as_python_dotenv_reads_it(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "generated.env"
    path.write_text(text, encoding="utf-8", newline="")
    expected = {name: value for name, value in by_dotenv(path).items() if "=" not in name}
    read = read_env_file(str(path), ENVIRON)
    assert read.values == expected
    assert read.lines.keys() == read.values.keys()


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(TEXTS, LINES))
def test_the_fast_path_gives_the_bindings_of_the_real_parser_whenever_it_takes_a_file(text: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    fast = envfile._simple_bindings(text)
    if fast is not None and not text.startswith("\ufeff"):
        assert fast == list(envfile._dotenv_bindings(text))


@pytest.mark.parametrize(
    "line",
    ["A=1", "export A=a b", "A='x' # c", 'A="x"', "A=http://u:p@h/#f", "A=${HOME}/x", "# c", "", "A=$HOME", "A=a\\b"],
)
def test_ordinary_lines_never_need_the_real_parser(line: str) -> None:
    assert envfile._simple_bindings(line) is not None


def test_a_later_line_wins_and_says_where_it_is() -> None:
    read = read_env_text("A=1\n\n# c\nB='x\ny'\n\n\nA=2\n", "prod.env", {})
    assert read.values == {"A": "2", "B": "x\ny"}
    assert read.lines == {"A": 8, "B": 4}
    assert read.problems == []


def test_lines_are_the_same_whichever_way_a_file_is_read() -> None:
    lines = ["", "A=1", "", "  ", "B=2", "# c", "C=3"]
    simple = read_env_text("\n".join(lines), "f", {})
    assert read_env_text("\n".join([*lines, 'D="\\n"']), "f", {}).lines == simple.lines | {"D": 8}
    assert simple.lines == {"A": 2, "B": 5, "C": 7}


def test_a_bare_name_unsets_what_came_before() -> None:
    read = read_env_text("A=1\nA\nB=${A:-x}", "f", {"A": "environ"})
    assert read.values == {"B": ""}
    assert read.lines == {"B": 3}


@pytest.mark.parametrize("text", [f'A=1\nB="{CANARY}\nC=3\n', f"A=1\nB='{CANARY}' {CANARY}\n", f"A=1\n={CANARY}\n"])
def test_a_line_that_is_lost_is_an_error_that_names_the_line_and_not_its_content(text: str) -> None:
    read = read_env_text(text, "prod.env", {})
    [problem] = read.problems
    assert (problem.code, problem.severity, problem.source) == (
        "source-malformed",
        "error",
        "env file prod.env, line 2",
    )
    assert "prod.env, line 2" in problem.message
    assert CANARY not in str(problem.as_dict())
    assert read.values["A"] == "1"


def test_values_and_names_that_no_environment_can_hold_are_errors() -> None:
    read = read_env_text(f"A=x\0{CANARY}\n'B=C'=1\nD=4\n", "f", {})
    assert read.values == {"D": "4"}
    assert [problem.source for problem in read.problems] == ["env file f, line 1", "env file f, line 2"]
    assert CANARY not in str([problem.as_dict() for problem in read.problems])


def test_thousands_of_bad_lines_do_not_make_thousands_of_problems() -> None:
    read = read_env_text("= x\n" * 5000, "f", {})
    assert len(read.problems) == 21
    assert read.problems[-1].message == "f: 4980 more lines can't be used, the last is line 5000"


def test_byte_order_mark_and_every_kind_of_line_end_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "f.env"
    path.write_bytes(b"\xef\xbb\xbfA=1\r\nB=2\rC='x\r\ny'\n")
    assert read_env_file(str(path), {}).values == {"A": "1", "B": "2", "C": "x\ny"}


def test_a_hundred_thousand_lines_and_a_value_of_a_megabyte_are_read(tmp_path: Path) -> None:
    path = tmp_path / "f.env"
    big = "x # y" * 200_000 + "${A}" * 1000
    lines = [f"V{number}=${{V{number - 1}}}" if number % 2 else f"V{number}=x" for number in range(100_000)]
    path.write_text("\n".join([*lines, f"BIG='{big}'", "S=" + "\t" * 1_000_000 + "x" + " " * 1_000_000 + "y"]))
    read = read_env_file(str(path), {"A": "é"})
    assert len(read.values) == 100_002
    assert read.values["V99999"] == "x"
    assert len(read.values["BIG"]) == 1_000_000 + 1000


@pytest.mark.slow
def test_a_hundred_thousand_lines_through_the_real_parser_take_linear_time() -> None:
    lines = [f'V{number}="a\\n${{V{number - 1}}}"' if number % 2 else f"V{number}=x" for number in range(100_000)]
    read = read_env_text("\n".join(lines), "f", {"HOME": "x"} | {f"E{number}": "" for number in range(1000)})
    assert read.values["V99999"] == "a\nx"  # copying the environment for each line would take hours


def test_references_that_lead_nowhere_take_linear_time() -> None:
    text = "A='" + "${" * 300_000 + ":}'"
    assert read_env_text(text, "f", {}).values["A"] == text[3:-1]


def test_a_missing_file_says_so() -> None:
    [problem] = read_env_file("/nowhere/prod.env", {}).problems
    assert (problem.code, problem.message) == ("source-unreadable", "/nowhere/prod.env: there is no such file")
    assert problem.hint


def test_a_directory_a_device_and_an_endless_file_are_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    for path, words in (
        (tmp_path, "is a directory"),
        ("/dev/zero", "is a device"),
        (huge, "is larger than"),
        ("", "empty"),
    ):
        [problem] = read_env_file(str(path), {}).problems
        assert problem.code == "source-unreadable"
        assert words in problem.message


def test_dev_null_is_an_empty_file() -> None:
    read = read_env_file(os.devnull, {})
    assert (read.values, read.problems) == ({}, [])


def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "f.env"
    path.write_text("A=1")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read everything
    try:
        [problem] = read_env_file(str(path), {}).problems
    finally:
        os.seteuid(user)
    assert "Permission denied" in problem.message


def test_invalid_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "f.env"
    path.write_bytes(b"A=1\nB=\xff" + CANARY.encode())
    [problem] = read_env_file(str(path), {}).problems
    assert problem.message == f"{path}: is not UTF-8 text (line 2)"


def test_a_fifo_without_a_writer_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    [problem] = read_env_file(str(path), {}, patience=0.05).problems
    assert "nothing was written to this pipe" in problem.message


def test_a_fifo_whose_writer_comes_later_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)

    def write() -> None:
        with path.open("w") as stream:
            stream.write("A=1\n")
            stream.flush()
            stream.write("B=" + "x" * 500_000)

    writer = threading.Timer(0.1, write)
    writer.start()
    read = read_env_file(str(path), {}, patience=120)
    writer.join()
    assert (read.values["A"], len(read.values["B"])) == ("1", 500_000)


@pytest.mark.parametrize("content", ["A=1\n", ""])
@pytest.mark.parametrize("closed", [True, False])
def test_process_substitution_is_read(content: str, closed: bool) -> None:
    reading, writing = os.pipe()

    def write() -> None:
        os.write(writing, content.encode())
        os.close(writing)

    writer = threading.Thread(target=write) if closed else threading.Timer(0.1, write)
    writer.start()
    if closed:
        writer.join()
    read = read_env_file(f"/dev/fd/{reading}", {}, patience=120)
    writer.join()
    os.close(reading)
    assert (read.values, read.problems) == ({"A": "1"} if content else {}, [])


def test_an_inherited_socket_is_read() -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"A=1")
        far.shutdown(socket.SHUT_WR)
        assert read_env_file(f"/dev/fd/{near.fileno()}", {}).values == {"A": "1"}


def test_a_closed_descriptor_says_so() -> None:
    [problem] = read_env_file("/dev/fd/987", {}).problems
    assert problem.code == "source-unreadable"


def test_a_directory_gives_its_env_files_in_order(tmp_path: Path) -> None:
    for name in ("20-b.env", "10-a.env", "readme.txt", ".hidden.env"):
        (tmp_path / name).write_text("A=${HOME}")
    (tmp_path / "30-dir.env").mkdir()
    files = read_conf_dir(str(tmp_path), {"HOME": "/h"})
    assert [Path(file.name).name for file in files] == ["10-a.env", "20-b.env", "30-dir.env"]
    assert files[0].values == {"A": "/h"}
    assert [problem.code for problem in files[2].problems] == ["source-unreadable"]


def test_a_missing_directory_has_no_files_and_a_file_in_its_place_is_a_problem(tmp_path: Path) -> None:
    assert read_conf_dir(str(tmp_path / "none"), {}) == []
    (tmp_path / "file").touch()
    [failed] = read_conf_dir(str(tmp_path / "file"), {})
    assert [problem.code for problem in failed.problems] == ["source-unreadable"]


def test_a_config_map_that_is_replaced_while_it_is_read_gives_one_state(tmp_path: Path) -> None:
    volume = Projection(tmp_path / "conf.d")
    volume.put(**{"a.env": "A=1", "b.toml": "", "c.env": "C=1"})
    states = [{"a.env": "A=2", "b.toml": "", "d.env": "D=2"}]

    def config_file(path: str) -> EnvFile:
        if states:
            volume.put(**states.pop())
        return EnvFile(path)

    files = read_conf_dir(str(volume.directory), {}, config_file)
    assert [each.problems for each in files] == [[], [], []]
    assert [each.values for each in files] == [{"A": "2"}, {}, {"D": "2"}]
