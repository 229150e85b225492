"""The walk through all layers, and the Python packages that it finds."""

from __future__ import annotations

import io
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confcontract.image.entry import EntryKind, ImageLayer, LayerEntry
from confcontract.image.find_file import find_file
from confcontract.image.installed_packages import PackageCollector, installed_software
from confcontract.image.layer_walk import walk_layers
from confcontract.image.open_image import open_image
from confcontract.image.tar_entries import tar_entries
from tests.support.distributions import metadata
from tests.support.images import files, layout, member, tar

SITE = "app/venv/lib/python3.11/site-packages"


def layers(*tars: bytes) -> list[ImageLayer]:
    def made(number: int, content: bytes) -> ImageLayer:
        def entries() -> Iterator[LayerEntry]:
            return tar_entries(io.BytesIO(content), f"layer {number}")

        return ImageLayer("", len(content), "", entries)

    return [made(number, content) for number, content in enumerate(tars)]


def described(name: str, version: str, *more: str) -> bytes:
    return metadata(name, version, *more, "", "Name: in its description").encode()


def found(*tars: bytes) -> dict[str, str]:
    return {each.name: each.version for each in installed_software(layers(*tars)).packages}


def package(name: str, version: str, **facts: Any) -> tuple[tarfile.TarInfo, bytes]:
    content = None if "hard" in facts else described(name, version)
    return member(f"{SITE}/{name}-{version}.dist-info/METADATA", content, **facts)


def visible(*tars: bytes) -> dict[str, int]:
    """What is seen, and in which layer."""
    return {each.entry.path: each.layer for each in walk_layers(layers(*tars)) if each.visible}


OLD = tar(member("etc"), member("etc/app"), member("etc/app/c", b"old"), member("etc/app/d/e", b"old"))


@pytest.mark.parametrize(
    "newer,seen",
    [
        (tar(member("x", b"")), {"etc": 0, "etc/app": 0, "etc/app/c": 0, "etc/app/d/e": 0, "x": 1}),
        (tar(member("etc/app/c", b"new")), {"etc": 0, "etc/app": 0, "etc/app/c": 1, "etc/app/d/e": 0}),
        (tar(member("etc/.wh.app", b"")), {"etc": 0}),
        (tar(member("etc/app/.wh..wh..opq", b"")), {"etc": 0, "etc/app": 0}),
        (tar(member(".wh..wh..opq", b"")), {}),
        (tar(member("etc/.wh.app", b""), member("etc/app/new", b"")), {"etc": 0, "etc/app/new": 1}),
        (tar(member("etc", link="srv")), {"etc": 1}),
        (tar(member("etc/app/c/f", b"")), {"etc": 0, "etc/app": 0, "etc/app/c/f": 1, "etc/app/d/e": 0}),
        (tar(member("etc", mode=0o777)), {"etc": 1, "etc/app": 0, "etc/app/c": 0, "etc/app/d/e": 0}),
    ],
    ids=["beside", "replaced", "removed", "opaque", "root", "again", "a link", "a folder for a file", "another mode"],
)
def test_the_walk_knows_what_a_container_sees(newer: bytes, seen: dict[str, int]) -> None:
    assert visible(OLD, newer) == seen


def test_what_a_removed_file_hid_stays_hidden() -> None:
    assert visible(OLD, tar(member("etc", b"")), tar(member("etc/new", b""))) == {"etc/new": 2}


def test_the_walk_agrees_with_the_search_for_one_file_on_random_layers() -> None:
    """Links aside, which the search follows and the walk gives as they are."""
    drawn = random.Random(7)
    names = ["a", "a/b", "a/b/c", "a/b/d", "a/e", "f"]
    for _ in range(400):
        tars = []
        for _ in range(drawn.randint(1, 4)):
            members: dict[str, bytes | None] = {}
            for name in drawn.sample(names, drawn.randint(1, 3)):
                head, _, last = name.rpartition("/")
                kind = drawn.choice(["file", "file", "directory", "whiteout", "opaque"])
                below = [other for other in members if other.startswith(f"{name}/")]
                above = [other for other in members if name.startswith(f"{other}/") and members[other] is not None]
                if above or (kind in ("file", "whiteout") and below):
                    continue
                if kind in ("whiteout", "opaque"):  # as builders write them, with their folder
                    folder = head if kind == "whiteout" else name
                    if members.setdefault(folder or ".", None) is None:
                        members[f"{head}/.wh.{last}" if kind == "whiteout" else f"{name}/.wh..wh..opq"] = b""
                elif kind == "directory":
                    members.setdefault(name, None)
                else:
                    members[name] = b"x"
            tars.append(tar(*(member(path, content) for path, content in members.items())))
        made = layers(*tars)
        walked = {
            each.entry.path: each.layer
            for each in walk_layers(made)
            if each.visible and each.entry.kind is EntryKind.FILE
        }
        for name in names:
            there = find_file(made, f"/{name}", 100)
            assert walked.get(name) == (there.layer if there else None), name


def test_packages_are_found_with_their_folder_and_layer() -> None:
    software = installed_software(layers(tar(package("Flask", "3.0")), tar(package("six", "1.16"))))
    assert [(each.name, each.version, each.layer) for each in software.packages] == [
        ("Flask", "3.0", 0),
        ("six", "1.16", 1),
    ]
    assert software.packages[0].folder == f"{SITE}/Flask-3.0.dist-info"
    assert software.packages[0].environment == SITE
    assert b"description" not in software.packages[0].files["METADATA"]


@pytest.mark.parametrize(
    "newer,left",
    [
        (tar(member(f"{SITE}/.wh.six-1.16.dist-info", b"")), {}),
        (tar(member(f"{SITE}/.wh..wh..opq", b"")), {}),
        (tar(member("app/.wh.venv", b""), package("six", "1.17")), {"six": "1.17"}),
        (tar(package("six", "1.17"), member(f"{SITE}/.wh.six-1.16.dist-info", b"")), {"six": "1.17"}),
    ],
    ids=["uninstalled", "opaque", "the environment again", "upgraded"],
)
def test_what_a_newer_layer_removed_is_not_installed(newer: bytes, left: dict[str, str]) -> None:
    assert found(tar(package("six", "1.16")), newer) == left


def test_metadata_that_is_a_hard_link_is_read_where_its_content_is() -> None:
    cached = member("root/.cache/six/METADATA", described("six", "1.16"))
    assert found(tar(cached, package("six", "1.16", hard=cached[0].name))) == {"six": "1.16"}


def test_the_metadata_of_debian_is_read_and_vendored_copies_are_not() -> None:
    assert found(
        files(
            **{
                "usr__lib__python3__dist-packages__one-1.egg-info__PKG-INFO": described("one", "1"),
                "usr__lib__python3__dist-packages__two-2.egg-info": described("two", "2"),
                "usr__lib__python3__dist-packages__setuptools___vendor__three-3.dist-info__METADATA": b"",
                "usr__lib__python3__dist-packages__four-4.dist-info__METADATA": b"\xff\xfe",
            }
        )
    ) == {"one": "1", "two": "2", "four": "4"}


def test_those_beside_a_package_are_in_its_environment() -> None:
    other = member("usr/lib/python3/dist-packages/apt-2.dist-info/METADATA", described("apt", "2"))
    software = installed_software(layers(tar(package("con_fcontract", "1"), package("six", "1"), other)))
    assert [each.name for each in software.beside("con-fcontract")] == ["con_fcontract", "six"]
    assert software.beside("absent") == []


def test_the_operating_system_is_read_through_its_usual_places() -> None:
    text = b'# it\nID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian \'12\'"\nodd="\n'
    linked = tar(member("usr/lib/os-release", text), member("etc/os-release", link="../usr/lib/os-release"))
    software = installed_software(layers(linked))
    assert dict(software.os_release) == {"ID": "debian", "VERSION_ID": "12", "PRETTY_NAME": "Debian '12'", "odd": '"'}
    assert installed_software(layers(files(a=b""))).os_release == {}


def test_one_walk_serves_several(tmp_path: Path) -> None:
    """Somebody else reads a file to its end, or not at all, and the packages are found."""
    reference = layout(tmp_path / "it", tar(package("six", "1.16"), package("seven", "2"), member("a", b"abc")))
    collected, read = PackageCollector(), {}
    with open_image(reference) as image:
        for walked in walk_layers(image.layers):
            collected.take(walked)
            if walked.entry.path == "a" or "six" in walked.entry.path:
                read[walked.entry.path] = walked.read(1_000_000) + walked.read(10)
        names = [each.name for each in collected.software(image.layers).packages]
    assert names == ["seven", "six"]
    assert read["a"] == b"abc"
