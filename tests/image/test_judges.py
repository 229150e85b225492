"""One image that buildah made, copied by skopeo to every place that references lead to: ours reads each; and memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from confcontract.contract import anywhere
from tests.support.images import LAYER, Layout, files, member, tar
from tests.support.pages import ROOT
from tests.support.programs import needs

judged = needs("buildah", "skopeo")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> dict[str, str]:
    """The references."""
    folder = tmp_path_factory.mktemp("judges")
    context = folder / "context"
    context.mkdir()
    (context / "contract.json").write_bytes(baked)
    (context / "old.json").write_bytes(b"{}")
    place = "/etc/confcontract/contract.json"
    (context / "Dockerfile").write_text(f"FROM scratch\nCOPY old.json {place}\nCOPY contract.json {place}\n")
    found: dict[str, str] = {}
    for driver in ("overlay", "vfs"):
        storage, work = folder / driver, folder / f"{driver}-run"
        options: list[str | Path] = ["--root", storage, "--runroot", work, "--storage-driver", driver]
        done = subprocess.run(
            ["buildah", *options, "bud", "--layers", "-q", "-t", "shop:1", context], capture_output=True
        )
        if done.returncode == 0:
            found[f"storage {driver}"] = f"containers-storage:[{driver}@{storage}]localhost/shop:1"
    source = f"containers-storage:[vfs@{folder}/vfs+{folder}/vfs-run]localhost/shop:1"
    for name, target in {
        "layout": f"oci:{folder}/layout:1",
        "archive": f"oci-archive:{folder}/oci.tar:1",
        "saved": f"docker-archive:{folder}/docker.tar:localhost/shop:1",
    }.items():
        subprocess.run(["skopeo", "copy", "-q", "--insecure-policy", source, target], check=True, capture_output=True)
        found[name] = target
    command = ["skopeo", "copy", "-q", "--insecure-policy", "--dest-compress-format", "zstd"]
    subprocess.run([*command, f"oci:{folder}/layout:1", f"oci:{folder}/zstd:1"], check=True, capture_output=True)
    found["zstd"] = f"oci:{folder}/zstd:1"
    return found


@judged
@pytest.mark.parametrize("place", ["layout", "archive", "saved", "zstd", "storage vfs", "storage overlay"])
def test_ours_reads_what_skopeo_and_buildah_wrote(place: str, places: dict[str, str], baked: bytes) -> None:
    if place not in places:
        pytest.skip("buildah can't use this driver here")
    if place == "zstd" and sys.version_info < (3, 14):
        pytest.importorskip("backports.zstd")
    assert anywhere.load(places[place]).to_bytes() == baked


@judged
def test_an_image_that_the_storage_does_not_have(places: dict[str, str]) -> None:
    with pytest.raises(Exception, match="there is no image localhost/shop:2 in this storage"):
        anywhere.load(places["storage vfs"].removesuffix("1") + "2")


PROGRAM = r"""
import re, sys
from confcontract.contract import anywhere
anywhere.load(sys.argv[1])
print(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])  # ru_maxrss begins with that of the parent
"""


def test_a_large_image_needs_little_memory(tmp_path: Path, baked: bytes) -> None:
    """The contract is in the oldest layer: all of 200 MB are read, of one file and of many."""
    made = Layout(tmp_path / "large")
    one = tar(member("srv/one", b"\0" * 100_000_000))
    many = tar(*(member(f"srv/{number}", b"\0" * 1_000_000) for number in range(100)))
    contract = files(**{"etc__confcontract__contract.json": baked})
    made.tag(made.image([contract, one, many], kinds=[LAYER] * 3), "large")
    made.tag(made.image([contract], kinds=[LAYER]), "small")

    def kilobytes(tag: str) -> int:
        command = [sys.executable, "-c", PROGRAM, f"oci:{made.folder}:{tag}"]
        return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)

    large = kilobytes("large")
    assert large < 50_000
    assert large - kilobytes("small") < 5_000
