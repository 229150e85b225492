"""Traps of the class's own env files: several of them, and how they are encoded."""

from __future__ import annotations

from typing import Any

from .traps_names import REJECTED, SUB, Trap, Try, settings, trap

TWO = [".env", ".env.local"]


def in_bytes(text: str, encoding: str) -> str:
    """Content of a file that is written in another encoding than UTF-8."""
    return text.encode(encoding).decode("utf-8", "surrogateescape")


def encoded(sentence: str, encoding: str, *tries: tuple[str, Any]) -> Trap:
    """A trap of one field `a`, read as `encoding` says: content of the file → value or REJECTED."""
    made = (Try({}, value if value is REJECTED else {"a": value}, {".env": content}) for content, value in tries)
    return trap(sentence, settings("a: str = 'd'", env_file=".env", env_file_encoding=encoding), *made)


# fmt: off
FILES: tuple[Trap, ...] = (
    # --- each file is made lower-case by itself, and then they are merged
    trap("dotenv: a later file beats both spellings in an earlier one", settings("a: int = 1", env_prefix="Q_", env_file=TWO, extra="ignore"),
         Try({}, {"a": 5}, {".env": "Q_A=3\nQ_a=x\n", ".env.local": "Q_A=5\n"}), Try({}, {"a": 5}, {".env": "Q_A=3\nQ_a=4\n", ".env.local": "Q_A=5\n"}),
         Try({}, {"a": 5}, {".env": "Q_a=3\nQ_A=4\n", ".env.local": "Q_A=5\n"}), Try({}, REJECTED, {".env": "Q_A=3\n", ".env.local": "Q_A=5\nQ_a=x\n"})),
    trap("dotenv: a later file beats both spellings of a nested name", settings("s: Sub = Sub()", before=SUB, env_prefix="Q_", env_file=TWO, env_nested_delimiter="__", extra="ignore"),
         Try({}, {"s": {"x": 5, "y": 2}}, {".env": "Q_S__X=3\nQ_S__x=z\n", ".env.local": "Q_S__X=5\n"})),
    trap("dotenv: a later file beats both spellings of a key", settings("m: dict[str, int] = {}", env_prefix="Q_", env_file=TWO, env_nested_delimiter="__", extra="ignore"),
         Try({}, {"m": {"a": 5}}, {".env": "Q_M__A=3\nQ_M__a=z\n", ".env.local": "Q_M__A=5\n"})),
    trap("dotenv: in case-sensitive mode two spellings are two names", settings("a: int = 1", env_file=TWO, extra="ignore", case_sensitive=True),
         Try({}, {"a": 4}, {".env": "A=3\na=4\n", ".env.local": "A=x\n"})),
    trap("dotenv: what is empty in a later file is not set, where empty is ignored", settings("a: int = 1", env_file=TWO, env_ignore_empty=True),
         Try({}, {"a": 3}, {".env": "A=3\n", ".env.local": "A=\n"}), Try({}, {"a": 3}, {".env": "A=3\na=\n"}), Try({}, {"a": 1}, {".env": "A=\n"})),
    trap("dotenv: what is bare in a later file is unset", settings("a: int = 1", env_file=TWO), Try({}, {"a": 1}, {".env": "A=3\n", ".env.local": "A\n"})),
    # --- encodings
    encoded("dotenv: ASCII refuses all that is not", "ascii", ("A=x\n", "x"), ("A=ä\n", REJECTED), ("# ä\nA=x\n", REJECTED), ("\ufeffA=x\n", REJECTED)),
    encoded("dotenv: us-ascii is ASCII", "us-ascii", ("A=x\n", "x"), ("A=ä\n", REJECTED)),
    encoded("dotenv: U8 is UTF-8", "U8", ("A=ä\n", "ä"), (in_bytes("A=ä\n", "latin-1"), REJECTED)),
    encoded("dotenv: UTF_8 is UTF-8", "UTF_8", ("A=ä\n", "ä"), (in_bytes("A=ä\n", "latin-1"), REJECTED)),
    encoded("dotenv: utf-8-sig takes a byte order mark and does without", "utf-8-sig", ("\ufeffA=ä\n", "ä"), ("A=ä\n", "ä")),
    encoded("dotenv: Latin-1 reads any byte", "latin-1", (in_bytes("A=ä\r\n", "latin-1"), "ä"), ("A=ä\n", "Ã¤"), ("A=x\n", "x")),
    encoded("dotenv: cp1252 has bytes that mean nothing", "cp1252", (in_bytes("A=€\n", "cp1252"), "€"), ("A=\udc81\n", REJECTED)),
    encoded("dotenv: UTF-16 wants a byte order mark", "utf-16", (in_bytes("A=ä\n", "utf-16"), "ä"), (in_bytes("A=ä\n", "utf-16-le"), REJECTED), ("A=x\n", REJECTED)),
    encoded("dotenv: an encoding that nobody knows is refused where there is a file", "klingon", ("A=x\n", REJECTED)),
    encoded("dotenv: an encoding that is none of text is refused", "rot13", ("A=x\n", REJECTED)),
    trap("dotenv: an encoding that nobody knows matters only where there is a file", settings("a: int = 1", env_file=".env", env_file_encoding="klingon"), Try({}, {"a": 1})),
)
# fmt: on
