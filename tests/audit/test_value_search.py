"""Values are found in every spelling, across pieces of a stream, and inside of archives; never shown."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.audit.value_search import inside_archives
from confcontract.audit.value_search.inside_archives import InsideSearch
from confcontract.audit.value_search.needles import Needles
from confcontract.audit.value_search.value_forms import SHORTEST, ValueForm
from confcontract.image.image_fault import ImageFault

VALUE = 'p/4+ss"wörd\n7'
NEEDLES = Needles({"SHOP_KEY": [VALUE]})


class Pieces:
    """A stream that gives at most so many bytes at a time."""

    def __init__(self, content: bytes, most: int) -> None:
        self._file = io.BytesIO(content)
        self._most = most

    def read(self, size: int, /) -> bytes:
        return self._file.read(min(size, self._most))


def found(content: bytes, needles: Needles = NEEDLES, most: int = 1 << 20) -> dict[str, str]:
    """Path within archives → spelling."""
    there: dict[str, str] = {}
    search(content, needles, there, [], most)
    return there


def search(content: bytes, needles: Needles, there: dict[str, str], said: list[str], most: int = 1 << 20) -> None:
    InsideSearch(needles).search(
        Pieces(content, most), lambda path, each: there.update({path: each[0].form.value}), said.append
    )


def zipped(packing: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(**members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    "written,spelling",
    [
        (VALUE, ValueForm.PLAIN),
        (json.dumps({"key": VALUE}), ValueForm.JSON),
        (json.dumps({"key": VALUE}, ensure_ascii=False), ValueForm.JSON),
        (json.dumps(json.dumps({"key": VALUE})), ValueForm.JSON),
        (json.dumps({"key": VALUE}).replace("/", "\\/"), ValueForm.JSON),
        (f"https://app:{quote(VALUE, safe='')}@shop", ValueForm.PERCENT),
        (f"https://app:{quote(VALUE, safe='').lower()}@shop", ValueForm.PERCENT),
        (f"x{quote(VALUE)}x", ValueForm.PERCENT),
        ("SHOP_KEY=other", None),
        (VALUE[:-1], None),
    ],
)
def test_a_value_is_found_in_every_spelling(written: str, spelling: ValueForm | None) -> None:
    assert found(written.encode()) == ({"": spelling.value} if spelling else {})


PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    + "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"] * 3)
    + "\n-----END PRIVATE KEY-----"
)
AS_CRLF = PEM.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "written,spelling",
    [
        (b"x" + VALUE.encode().hex().encode(), ValueForm.HEX),
        (b"x" + VALUE.encode().hex().upper().encode(), ValueForm.HEX),
        (f"key={VALUE}".encode("utf-16-le"), ValueForm.UTF_16),
        (f"key={VALUE}".encode("utf-16-be"), ValueForm.UTF_16),
        (f"key={VALUE}".encode("utf-16"), ValueForm.UTF_16),
        (VALUE.encode().hex().encode()[:-2], None),
    ],
)
def test_a_value_is_found_in_other_encodings(written: bytes, spelling: ValueForm | None) -> None:
    assert found(written) == ({"": spelling.value} if spelling else {})


@pytest.mark.parametrize("value,other", [(PEM, AS_CRLF), (AS_CRLF, PEM)], ids=["LF", "CRLF"])
def test_a_value_of_several_lines_is_found_with_other_line_ends(value: str, other: str) -> None:
    needles = Needles({"X": [value]})
    assert found(b"a: " + value.encode(), needles) == {"": "as it is"}
    assert found(b"a: " + other.encode(), needles) == {"": "with other line endings"}
    assert found(b64encode(other.encode()), needles) == {"": "in base64"}
    assert found(json.dumps(other).encode(), needles) == {"": "escaped as in JSON"}


def in_lines(written: bytes, columns: int, end: bytes, indent: bytes = b"") -> bytes:
    return end.join(indent + written[start : start + columns] for start in range(0, len(written), columns))


@pytest.mark.parametrize("behind", [b"", b"\n", b"\n\n"])
@pytest.mark.parametrize("columns,end", [(64, b"\n"), (76, b"\n"), (76, b"\r\n")])
def test_a_file_is_found_in_lines_of_base64(columns: int, end: bytes, behind: bytes) -> None:
    written = in_lines(b64encode(PEM.encode() + behind), columns, end)
    assert found(b"a:\n" + written + end, Needles({"X": [PEM]})) == {"": "in base64"}


@given(
    value=st.text(min_size=SHORTEST, max_size=90),
    before=st.binary(min_size=48, max_size=200),
    columns=st.sampled_from([60, 64, 70, 72, 76]),
    end=st.sampled_from([b"\n", b"\r\n"]),
    indent=st.integers(0, 12),
    most=st.integers(1, 400),
    encode=st.sampled_from([(b64encode, "in base64"), (lambda raw: raw.hex().encode(), "in hexadecimal")]),
)
def test_a_value_is_found_wherever_it_stands_in_lines(
    value: str, before: bytes, columns: int, end: bytes, indent: int, most: int, encode: Any
) -> None:
    """As a Secret for Kubernetes that somebody wrote by hand, or `openssl enc -a` of a file with more in it."""
    written, spelling = encode
    content = in_lines(written(before + value.encode() + b"behind"), columns, end, b" " * indent)
    assert found(b"data: |" + end + content + end, Needles({"X": [value]}), most) == {"": spelling}


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("columns,end", [(64, "\n"), (76, "\r\n")])
@pytest.mark.parametrize("most", [1, 7, 1000])
def test_lines_of_base64_are_found_in_a_string_of_json(columns: int, end: str, times: int, most: int) -> None:
    """The field of a service account's key, or a file in a manifest; also within JSON that is a string itself."""
    written = in_lines(b64encode(b"x" * 50 + VALUE.encode() + b"y" * 50), columns, end.encode()).decode()
    for _ in range(times):
        written = json.dumps({"key": written})
    assert found(written.encode(), most=most) == {"": "in base64"}


@pytest.mark.parametrize("end", [b"\n", b"\\n", b"\\r\\n"])
def test_a_value_in_lines_of_base64_is_masked(end: bytes) -> None:
    written = in_lines(b64encode(b"x" * 50 + VALUE.encode() + b"y" * 50), 76, end, b"  ").decode()
    masked = NEEDLES.masked(f"RUN cat <<END\n{written}\nEND")
    assert not NEEDLES.in_text(masked)
    assert masked.count("***") == 1
    assert masked.startswith("RUN cat <<END\n")


@given(st.text(min_size=SHORTEST, max_size=40), st.binary(max_size=7), st.binary(max_size=7), st.integers(1, 50))
def test_a_value_is_found_wherever_it_stands_in_base64(value: str, before: bytes, behind: bytes, most: int) -> None:
    needles = Needles({"X": [value]})
    content = before + value.encode("utf-8", "surrogateescape") + behind
    for encode in (b64encode, urlsafe_b64encode):
        assert found(b"data: " + encode(content) + b"\n", needles, most)


@given(st.integers(1, 40), st.integers(0, 60))
def test_a_value_is_found_across_pieces(most: int, before: int) -> None:
    assert found(b"x" * before + VALUE.encode() + b"x", most=most) == {"": "as it is"}


TEXT = b"a = " + VALUE.encode() + b"\n"


@pytest.mark.parametrize(
    "content,paths",
    [
        (gzip.compress(TEXT), {""}),
        (bz2.compress(TEXT), {""}),
        (lzma.compress(TEXT), {""}),
        (gzip.compress(b"x") + gzip.compress(TEXT), {""}),
        (zipped(a=b"x", b=TEXT), {"b"}),
        (zipped(zipfile.ZIP_STORED, a=TEXT), {"", "a"}),
        (b"#!/usr/bin/env python3\n" + zipped(a=TEXT), {"a"}),
        (tarred(a=b"x", b=TEXT), {"", "b"}),
        (gzip.compress(tarred(b=TEXT)), {"", "b"}),
        (gzip.compress(tarred(w=zipped(m=TEXT))), {"w!m"}),
        (zipped(w=zipped(m=gzip.compress(TEXT))), {"w!m"}),
        (zipped(zipfile.ZIP_STORED, w=zipped(m=TEXT)), {"w!m"}),
        (zipped(w=zipped(m=zipped(n=TEXT))), set()),
        (zipped(zipfile.ZIP_DEFLATED, **{f"dir/{VALUE}": b""}), {f"dir/{VALUE}", ""}),
    ],
    ids=["gz", "bz2", "xz", "two members", "zip", "stored", "pex", "tar", "tgz", "wheel in tgz", "zip in zip"]
    + ["zip stored in zip", "three deep", "a name"],
)
@pytest.mark.parametrize("most", [7, 1 << 20])
def test_a_value_is_found_inside_of_archives(content: bytes, paths: set[str], most: int) -> None:
    assert set(found(content, most=most)) == paths


def streamed_zip() -> bytes:
    class Unseekable(io.RawIOBase):
        def __init__(self) -> None:
            self.out = io.BytesIO()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            return self.out.write(data)

    sink = Unseekable()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"x" * 100)
        archive.writestr("b", TEXT)
    return sink.out.getvalue()


def test_a_zip_whose_lengths_follow_is_read_as_well() -> None:
    assert set(found(streamed_zip())) == {"b"}


@pytest.mark.parametrize(
    "content,why",
    [
        (gzip.compress(TEXT * 9)[:-12], "truncated"),
        (zipped(a=TEXT * 99)[:60], "ends within"),
        (tarred(a=TEXT)[:520], "truncated"),
        (zipped(w=zipped(m=zipped(n=TEXT))), "nested too deeply"),
        (lzma.compress(TEXT, preset=9), "damaged"),
    ],
    ids=["gzip", "zip", "tar", "three deep", "too much memory"],
)
def test_what_could_not_be_looked_into_is_said(content: bytes, why: str) -> None:
    said: list[str] = []
    search(content, NEEDLES, {}, said)
    assert len(said) == 1
    assert why in said[0]


def test_bombs_are_left_alone_and_the_rest_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside_archives, "INSIDE_BYTES", 1 << 20)
    said: list[str] = []
    there: dict[str, str] = {}
    search(gzip.compress(b"\0" * (4 << 20)) + b"trailing " + TEXT, NEEDLES, there, said)
    assert said == ["it expands to more than 50 times its size"]
    assert there == {"": "as it is"}


def test_all_archives_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside_archives, "TOTAL_BYTES", 1 << 20)
    image = InsideSearch(NEEDLES)
    said: list[str] = []
    packed = gzip.compress(b"\0" * (600 << 10))
    for _ in range(3):
        image.search(io.BytesIO(packed), lambda *_: None, said.append)
    assert len(said) == 2
    assert "the archives of this image" in said[0]


def test_a_fault_of_the_layer_is_not_taken_for_one_of_the_file() -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise ImageFault("layer 1 has another digest", "")

    with pytest.raises(ImageFault, match="layer 1"):
        InsideSearch(NEEDLES).search(Broken(), lambda *_: None, lambda _: None)


def test_short_values_are_not_searched_and_that_is_known() -> None:
    needles = Needles({"A": ["abc", "long enough"], "B": ["1234567"], "C": [""]})
    assert (needles.searched, needles.too_short) == (["A"], ["A", "B"])
    assert not needles.in_text("abc 1234567")


def test_nothing_to_search_for_finds_nothing() -> None:
    assert found(b"anything", Needles({})) == {}


def test_texts_are_masked() -> None:
    assert NEEDLES.masked(f"a {VALUE} b {b64encode(VALUE.encode()).decode()}").count("***") == 2
    assert NEEDLES.masked("harmless") == "harmless"
    assert VALUE not in repr(NEEDLES)


@given(st.lists(st.binary(min_size=1, max_size=6), min_size=1, max_size=8, unique=True), st.binary(max_size=80))
def test_the_automaton_finds_what_a_search_one_by_one_finds(wanted: list[bytes], content: bytes) -> None:
    pytest.importorskip("ahocorasick_rs", reason="confcontract[audit] is not installed")
    from confcontract.audit.value_search.needles import _finder

    assert sorted(_finder(wanted)(content)) == [n for n, each in enumerate(wanted) if each in content]
