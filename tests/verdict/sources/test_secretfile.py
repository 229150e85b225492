"""Secret files: NAME_FILE gives NAME its content, and no message ever shows it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confcontract.verdict.sources.secretfile import MAX_BYTES, read_secret_file

CANARY = "canary-77aa"


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"s3cret", "s3cret"),
        (b"s3cret\n", "s3cret"),
        (b"s3cret\r\n", "s3cret"),
        (b"s3cret\n\n", "s3cret\n"),
        (b" s3cret \n", " s3cret "),
        (b"s3cret\r", "s3cret\r"),
        (b"", ""),
        (b"\n", ""),
        ("pässword\n".encode(), "pässword"),
        (b"-----BEGIN-----\nMII\n-----END-----\n", "-----BEGIN-----\nMII\n-----END-----"),
        (b"x" * MAX_BYTES, "x" * MAX_BYTES),
    ],
)
def test_the_content_without_one_newline_at_the_end_is_the_secret(tmp_path: Path, content: bytes, secret: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    assert read_secret_file(str(path), "SHOP_KEY") == (secret, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (CANARY.encode() + b"\0x", "contains a NUL byte"),
        (CANARY.encode() + b"\xff", "is not UTF-8 text (byte 12)"),
        (CANARY.encode() * MAX_BYTES, "is larger than 1048576 bytes"),
    ],
)
def test_content_that_can_not_be_used_is_a_problem_that_does_not_show_it(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    secret, problem = read_secret_file(str(path), "SHOP_KEY")
    assert secret is None
    assert problem is not None
    assert (problem.code, problem.variable, problem.source) == ("source-unreadable", "SHOP_KEY", f"secret file {path}")
    assert problem.message.startswith(f"SHOP_KEY_FILE names {path}, which {words}")
    assert problem.hint
    assert CANARY not in str(problem.as_dict())


def test_a_missing_file_and_a_directory_name_variable_path_and_remedy(tmp_path: Path) -> None:
    _, missing = read_secret_file("/run/secrets/none", "SHOP_KEY")
    assert missing is not None
    assert missing.message == "SHOP_KEY_FILE names a file that can't be read: there is no such file"
    _, missing = read_secret_file(f"{tmp_path}/none", "SHOP_KEY")
    assert missing is not None
    assert missing.message == f"SHOP_KEY_FILE names a file in {tmp_path} that can't be read: there is no such file"
    _, directory = read_secret_file(str(tmp_path), "SHOP_KEY")
    assert directory is not None
    assert directory.message.endswith("which is a directory")


@pytest.mark.parametrize("value", [CANARY, f"postgres://u:{CANARY}@h/db", "", f"/{CANARY}\0", f"/x\n{CANARY}"])
def test_a_secret_put_into_name_file_by_mistake_is_not_shown(value: str) -> None:
    secret, problem = read_secret_file(value, "SHOP_KEY")
    assert secret is None
    assert problem is not None
    assert problem.source == "SHOP_KEY_FILE"
    assert CANARY not in str(problem.as_dict())


def test_a_link_as_kubernetes_mounts_it_is_followed(tmp_path: Path) -> None:
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data/key").write_text("s3cret\n")
    (tmp_path / "key").symlink_to("..data/key")
    assert read_secret_file(str(tmp_path / "key"), "SHOP_KEY") == ("s3cret", None)


def test_a_fifo_without_a_writer_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    _, problem = read_secret_file(str(tmp_path / "fifo"), "SHOP_KEY", patience=0.05)
    assert problem is not None
    assert "nothing was written to this pipe" in problem.message
