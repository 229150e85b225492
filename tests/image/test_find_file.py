"""One file of an image as a container would see it."""

from __future__ import annotations

import io
import random
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from confcontract.image.entry import ImageLayer, LayerEntry
from confcontract.image.find_file import MAX_LINKS, FoundFile, find_file
from confcontract.image.image_fault import ImageFault
from confcontract.image.tar_entries import tar_entries
from tests.support.images import Layout, files, member, tar
from tests.support.programs import needs

LIMIT = 1000


def layers(*tars: bytes, walked: list[int] | None = None) -> list[ImageLayer]:
    def made(number: int, content: bytes) -> ImageLayer:
        def entries() -> Iterator[LayerEntry]:
            if walked is not None:
                walked.append(number)
            return tar_entries(io.BytesIO(content), f"layer {number}")

        return ImageLayer("", len(content), "", entries)

    return [made(number, content) for number, content in enumerate(tars)]


def found(path: str, *tars: bytes) -> bytes | None:
    there = find_file(layers(*tars), path, LIMIT)
    return there.content if there else None


FILE = files(etc__app__c=b"old")
CASES: dict[str, tuple[Sequence[bytes], bytes | None]] = {
    "the newest": ((FILE, files(etc__app__c=b"new")), b"new"),
    "of an older layer": ((FILE, files(etc__other=b"new")), b"old"),
    "removed": ((FILE, files(**{"etc__app__.wh.c": b""})), None),
    "removed with its folder": ((FILE, files(**{"etc__.wh.app": b""})), None),
    "removed and written again in one layer": ((FILE, files(**{"etc__.wh.app": b"", "etc__app__c": b"new"})), b"new"),
    "removed and written in a later one": ((FILE, files(**{"etc__.wh.app": b""}), files(etc__app__c=b"new")), b"new"),
    "below an opaque directory": ((FILE, files(**{"etc__app__.wh..wh..opq": b""})), None),
    "below an opaque root": ((FILE, files(**{".wh..wh..opq": b""})), None),
    "in an opaque directory": ((FILE, files(**{"etc__app__.wh..wh..opq": b"", "etc__app__c": b"new"})), b"new"),
    "an opaque directory beside": ((FILE, files(**{"etc__other__.wh..wh..opq": b""})), b"old"),
    "what aufs kept": ((FILE, files(**{"etc__app__.wh..wh.plnk": b""})), b"old"),
    "a file where the folder was": ((FILE, files(etc__app=b"x")), None),
    "a directory where it was": ((FILE, tar(member("etc/app/c"))), None),
    "twice in one layer": ((tar(member("etc/app/c", b"one"), member("./etc//app/c", b"two")),), b"two"),
    "from the root": ((tar(member("/etc/app/c", b"x")),), b"x"),
    "a link": ((FILE, tar(member("etc/app/c", link="d"), member("etc/app/d", b"d"))), b"d"),
    "an absolute link": ((FILE, tar(member("etc/app", link="/srv")), files(srv__c=b"s")), b"s"),
    "a link of a folder in an older layer": ((tar(member("etc", link="conf")), files(conf__app__c=b"s")), b"s"),
    "a link above the root": ((FILE, tar(member("etc/app/c", link="../../../../srv/c")), files(srv__c=b"s")), b"s"),
    "a link that has no target": ((FILE, tar(member("etc/app/c", link="/gone"))), None),
    "a link that a directory has replaced": (
        (files(conf__app__c=b"s"), tar(member("etc", link="conf")), tar(member("etc"), member("etc/x", b""))),
        None,
    ),
    "a hard link": ((tar(member("a", b"hard"), member("etc/app/c", hard="a")),), b"hard"),
    "nothing": ((files(a=b""),), None),
    "no layers": ((), None),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_found_as_a_container_would_see_it(case: str) -> None:
    tars, content = CASES[case]
    assert found("/etc/app/c", *tars) == content


def test_a_file_in_the_last_layer_costs_that_layer_only() -> None:
    walked: list[int] = []
    there = find_file(layers(FILE, files(a=b""), files(etc__app__c=b"new"), walked=walked), "/etc/app/c", LIMIT)
    assert there == FoundFile(b"new", 2, "/etc/app/c")
    assert walked == [2]


@pytest.mark.parametrize(
    "tars",
    [
        [tar(member("a", link="b"), member("b", link="a"))],
        [tar(member("a", link="a"))],
        [tar(member("a", b"x")), tar(member("a", hard="a"))],
        [tar(member("a", hard="b"), member("b", hard="a"))],
    ],
    ids=["two", "itself", "a hard link to itself", "two hard links"],
)
def test_links_in_a_circle_end_as_soon_as_they_come_back(tars: list[bytes]) -> None:
    walked: list[int] = []
    with pytest.raises(ImageFault, match="refer to each other"):
        find_file(layers(*tars, walked=walked), "/a", LIMIT)
    assert len(walked) <= 3, "a circle costs the layers once more, not forty times"


def test_a_long_chain_of_links_ends() -> None:
    with pytest.raises(ImageFault, match=f"more than {MAX_LINKS} links"):
        found("/l0", tar(*(member(f"l{number}", link=f"l{number + 1}") for number in range(MAX_LINKS + 2))))


def test_a_path_longer_than_a_kernel_takes_is_refused() -> None:
    for path, content in (("a/" * 100_000, files(a=b"")), ("/a", tar(member("a", link="b/" * 100_000)))):
        with pytest.raises(ImageFault, match="longer than 4096"):
            found(path, content)


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ImageFault, match="larger than 1000 bytes"):
        found("/a", files(a=b"x" * 1001))


@pytest.mark.parametrize("name", ["../x", "a/../../x", "./../x"])
def test_an_entry_that_leads_out_of_the_image_is_refused(name: str) -> None:
    with pytest.raises(ImageFault, match="points outside of the image"):
        found("/x", tar(member(name, b"")))


@pytest.mark.parametrize("name", ["/../x", "a/../x", "/x", ".//x"])
def test_an_entry_that_leads_to_the_image_by_an_odd_way(name: str) -> None:
    assert found("/x", tar(member(name, b"x"))) == b"x"


# -- umoci as the judge ------------------------------------------------------------------------------


def some_layer(draw: random.Random) -> bytes:
    """Each parent as a directory, as builders write them; each name once, as they do."""
    made: dict[str, tuple[object, bytes]] = {}
    for _ in range(draw.randint(1, 4)):
        parts = [draw.choice("ab") for _ in range(draw.randint(1, 3))]
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        path = "/".join(parts)
        if path in made or any(each in made and not made[each][0].isdir() for each in above):  # type: ignore[attr-defined]
            continue
        if any(each.startswith(path + "/") for each in made):
            continue
        for each in above:
            made.setdefault(each, member(each))
        folder, _, last = path.rpartition("/")
        kind = draw.randrange(6)
        if kind == 0:
            made[path] = member(path, link=draw.choice(["a", "b", "../a", "/b", "/a/b", "../../b/a"]))
        elif kind == 1 and not any(each in made for each in (path, f"{folder}/.wh.{last}".strip("/"))):
            name = f"{folder}/.wh.{last}".strip("/")
            made[name] = member(name, b"")
        elif kind == 2 and folder:
            made[f"{folder}/.wh..wh..opq"] = member(f"{folder}/.wh..wh..opq", b"")
        elif kind == 3:
            made[path] = member(path)
        else:
            made[path] = member(path, str(draw.random()).encode())
    whiteouts_first = sorted(made, key=lambda name: (".wh." not in name, name.count("/"), name))
    return tar(*(made[name] for name in whiteouts_first))  # type: ignore[arg-type]


def in_chroot(root: Path, path: str) -> bytes | None:
    """The file, with links followed inside of the root by hand."""
    parts, done, steps = path.split("/"), root, 0
    while parts:
        part = parts.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = done.parent if done != root else root
            continue
        step = done / part
        if step.is_symlink():
            steps += 1
            if steps > MAX_LINKS:
                return None
            target = str(step.readlink())
            done = root if target.startswith("/") else done
            parts = target.split("/") + parts
        elif step.is_dir() or (step.is_file() and not parts):
            done = step
        else:
            return None
    return done.read_bytes() if done.is_file() else None


@needs("umoci")
def test_every_file_is_as_umoci_unpacks_it(tmp_path: Path) -> None:
    draw = random.Random(12)
    seen = 0
    made = Layout(tmp_path / "layout")
    images = [[some_layer(draw) for _ in range(draw.randint(2, 4))] for _ in range(25)]
    for number, tars in enumerate(images):
        made.tag(made.image(tars), str(number))
    for number, tars in enumerate(images):
        bundle = tmp_path / str(number)
        done = subprocess.run(
            ["umoci", "unpack", "--rootless", "--image", f"{made.folder}:{number}", bundle],
            capture_output=True,
        )
        if b"too many levels of symbolic links" in done.stderr:
            continue  # a whiteout below a link that leads to itself
        assert done.returncode == 0, done.stderr
        for path in (f"{a}{b}{c}" for a in ("/a", "/b") for b in ("", "/a", "/b") for c in ("", "/a", "/b")):
            try:
                ours = found(path, *tars)
            except ImageFault:
                ours = None
            assert ours == in_chroot(bundle / "rootfs", path), (number, path)
            seen += ours is not None
    assert seen > 20
