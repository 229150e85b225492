"""A contract from an image: where it is looked for, and one message for whatever is in the way."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from confcontract.contract import anywhere, from_image
from confcontract.contract.artifact import Contract
from confcontract.image import archive_files, decompressed, open_image, tar_entries
from confcontract.report.errors import ContractUnusable, ImageUnusable, UsageError
from confcontract.report.problem import Problem
from tests.support.images import INDEX, LAYER, MANIFEST, Layout, digest, files, layout, member, saved, tar

IN = "etc__confcontract__contract.json"
BASE = files(etc__passwd=b"root")


def refused(reference: str, kind: type[ImageUnusable | ContractUnusable] = ImageUnusable) -> Problem:
    with pytest.raises(kind) as caught:
        anywhere.load(reference)
    (problem,) = caught.value.problems
    assert reference in problem.message
    return problem


def is_ours(contract: Contract, baked: bytes) -> bool:
    return contract.to_bytes() == baked


# -- where it is -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [bytes, gzip.compress], ids=["tar", "gzip"])
def test_at_the_path_that_boot_uses(stored: Callable[[bytes], bytes], baked: bytes, tmp_path: Path) -> None:
    reference = layout(tmp_path / "shop", stored(BASE), stored(files(**{IN: baked})))
    assert is_ours(anywhere.load(reference), baked)


def test_zstd(baked: bytes, tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd" if __import__("sys").version_info < (3, 14) else "compression.zstd")
    content = files(**{IN: baked})
    frames = zstd.compress(content[:700]) + zstd.compress(content[700:])
    made = Layout(tmp_path / "shop")
    config = {"rootfs": {"type": "layers", "diff_ids": [digest(content)]}}
    made.tag(made.image([frames], kinds=[LAYER + "+zstd"], config=config))
    assert is_ours(anywhere.load(f"oci:{made.folder}"), baked)


def test_zstd_without_the_package(baked: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("backports.zstd", "compression.zstd"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    reference = layout(tmp_path / "shop", b"\x28\xb5\x2f\xfd", kinds=[LAYER + "+zstd"])
    assert refused(reference).hint == "install confcontract[zstd] where this command runs"


def test_where_the_label_says(baked: bytes, tmp_path: Path) -> None:
    labels = {"confcontract.path": "/srv/c.json"}
    reference = layout(tmp_path / "shop", files(srv__c_json=b"", **{"srv__c.json": baked, IN: b""}), labels=labels)
    assert is_ours(anywhere.load(reference), baked)


def test_where_the_variable_of_boot_says(baked: bytes, tmp_path: Path) -> None:
    reference = layout(tmp_path / "shop", files(**{"srv__c.json": baked}), env=["CONFCONTRACT_PATH=/srv/c.json"])
    assert is_ours(anywhere.load(reference), baked)


def test_the_label_outranks_the_variable_and_is_named_where_nothing_is_there(tmp_path: Path, baked: bytes) -> None:
    labels = {"confcontract.path": "/gone.json"}
    reference = layout(tmp_path / "a", files(**{IN: baked}), labels=labels, env=["CONFCONTRACT_PATH=/x"])
    problem = refused(reference)
    assert problem.code == "image-without-contract"
    assert "there is no file /gone.json, which the label confcontract.path names" in problem.message


def test_through_a_link_within_the_image(baked: bytes, tmp_path: Path) -> None:
    link = tar(member("etc/confcontract", link="/opt/c"))
    assert is_ours(anywhere.load(layout(tmp_path / "a", files(**{"opt__c__contract.json": baked}), link)), baked)


def test_what_is_found_there_must_be_a_contract(tmp_path: Path) -> None:
    problem = refused(layout(tmp_path / "a", files(**{IN: b"{}"})), ContractUnusable)
    assert "/etc/confcontract/contract.json: is not a contract: apiVersion is missing" in problem.message


# -- forms of reference ------------------------------------------------------------------------------


def test_tags_of_a_layout(baked: bytes, tmp_path: Path) -> None:
    made = Layout(tmp_path / "shop")
    made.tag(made.image([files(**{IN: baked})]), "1")
    made.tag(made.image([BASE]), "2")
    assert is_ours(anywhere.load(f"oci:{made.folder}:1"), baked)
    assert refused(f"oci:{made.folder}:2").code == "image-without-contract"
    assert refused(f"oci:{made.folder}:3").hint == "its tags: 1, 2"
    assert refused(f"oci:{made.folder}").hint == "name one by its tag; there are: 1, 2"
    archive = made.archive(tmp_path / "shop.tar")
    assert is_ours(anywhere.load(f"oci-archive:{archive}:1"), baked)
    assert refused(f"docker-archive:{archive}").hint == f"it is an OCI layout: write oci-archive:{archive}"


@pytest.mark.parametrize("links", [False, True])
def test_an_archive_of_docker_save(links: bool, baked: bytes, tmp_path: Path) -> None:
    reference = saved(tmp_path / "shop.tar", BASE, files(**{IN: baked}), links=links)
    assert is_ours(anywhere.load(reference), baked)
    assert is_ours(anywhere.load(f"{reference}:shop:1"), baked)
    assert refused(f"{reference}:shop:2").hint == "name one; there are: shop:1"


def test_an_archive_that_is_compressed_as_a_whole(baked: bytes, tmp_path: Path) -> None:
    saved(tmp_path / "shop.tar", BASE, files(**{IN: baked}))
    packed = tmp_path / "shop.tar.gz"
    packed.write_bytes(gzip.compress((tmp_path / "shop.tar").read_bytes()))
    assert is_ours(anywhere.load(f"docker-archive:{packed}"), baked)


@pytest.mark.parametrize("reference", ["oci:", "oci-archive:", "docker-archive:"])
def test_a_reference_that_names_nothing(reference: str) -> None:
    with pytest.raises(UsageError, match="does not name an image"):
        anywhere.load(reference)


def test_a_place_that_is_not_there_or_no_image(tmp_path: Path) -> None:
    assert "is not an OCI layout: it has no index.json" in refused(f"oci:{tmp_path}").message
    assert "No such file" in refused(f"oci-archive:{tmp_path}/gone.tar").message
    assert "is not a regular file" in refused(f"docker-archive:{tmp_path}").message
    (tmp_path / "text").write_bytes(b"text\n" * 1000)
    assert "is not a valid tar archive" in refused(f"docker-archive:{tmp_path}/text").message


# -- platforms ---------------------------------------------------------------------------------------


def test_the_platform_of_an_index(baked: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Layout(tmp_path / "shop")
    arm = made.image([files(**{IN: baked})], platform={"os": "linux", "architecture": "arm64", "variant": "v8"})
    other = made.image([BASE], platform={"os": "linux", "architecture": "s390x"})
    attestation = made.image([BASE], platform={"os": "unknown", "architecture": "unknown"})
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [other, arm, attestation]}
    made.tag(made.document(index, INDEX), "1")
    reference = f"oci:{made.folder}:1"
    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "linux/arm64")
    assert is_ours(anywhere.load(reference), baked)
    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "linux/arm64/v8")
    assert is_ours(anywhere.load(reference), baked)
    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "linux/arm64/v7")
    assert "there is no image for linux/arm64/v7, only for: linux/arm64/v8, linux/s390x" in refused(reference).message
    monkeypatch.delenv("DOCKER_DEFAULT_PLATFORM")
    index["manifests"] = [arm, attestation]
    made.tag(made.document(index, INDEX), "2")
    assert is_ours(anywhere.load(f"oci:{made.folder}:2"), baked), "the only one there is"


# -- bad input ---------------------------------------------------------------------------------------


def blobs(folder: Path, *, larger: int = 0) -> list[Path]:
    return [each for each in sorted((folder / "blobs/sha256").iterdir()) if each.stat().st_size > larger]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("change", ["byte", "cut", "more"])
def test_no_blob_can_be_changed(number: int, change: str, baked: bytes, tmp_path: Path) -> None:
    reference = layout(tmp_path / "shop", files(**{IN: baked}))
    blob = blobs(tmp_path / "shop")[number]
    content = blob.read_bytes()
    changed = {"byte": content[:-1] + b"~", "cut": content[:-1], "more": content + b"\n"}[change]
    blob.write_bytes(changed)
    problem = refused(reference)
    assert problem.code == "image-digest"
    assert re.search(r"has another digest|ends after \d+ of|is longer than", problem.message)


def test_a_change_behind_the_contract_is_seen(baked: bytes, tmp_path: Path) -> None:
    """The layer is read to its end, wherever the contract lies in it."""
    content = files(**{IN: baked}, zeta=b"x" * 100_000)
    reference = layout(tmp_path / "shop", content)
    blob = tmp_path / "shop/blobs" / digest(content).replace(":", "/")
    blob.write_bytes(content[:-20_000] + b"~" + content[-19_999:])
    assert refused(reference).code == "image-digest"


def test_a_layer_of_a_saved_image_that_was_changed(baked: bytes, tmp_path: Path) -> None:
    reference = saved(tmp_path / "shop.tar", files(**{IN: baked}, zeta=b"before"))
    file = tmp_path / "shop.tar"
    file.write_bytes(file.read_bytes().replace(b"before", b"after!"))
    assert refused(reference).code == "image-digest"


@pytest.mark.parametrize("part", [0.2, 0.4, 0.6])
def test_an_archive_that_is_cut_off(part: float, baked: bytes, tmp_path: Path) -> None:
    for reference in (
        saved(tmp_path / "shop.tar", files(**{IN: baked})),
        f"oci-archive:{Layout(tmp_path / 'shop').archive(tmp_path / 'oci.tar')}",
    ):
        file = Path(reference.partition(":")[2])
        file.write_bytes(file.read_bytes()[: int(file.stat().st_size * part)])
        refused(reference)


@pytest.mark.parametrize(
    "layer,words",
    [
        (gzip.compress(files(a=b"x" * 10_000))[:-9], "is truncated"),
        (gzip.compress(b"")[:-8] + b"damaged!", "is damaged"),
        (b"no tar at all " * 100, "is not a valid tar archive"),
        (b"", "is not a valid tar archive"),
        (files(a=b"x" * 3000)[:1500], "is not a valid tar archive"),
        (files(a=b"x")[:1024] + b"garbage " * 64, "is not a valid tar archive"),
    ],
    ids=["gzip cut off", "gzip damaged", "text", "empty", "tar cut off", "tar and garbage"],
)
def test_a_layer_that_is_damaged_though_its_digest_is_right(layer: bytes, words: str, tmp_path: Path) -> None:
    kinds = [LAYER]
    made = Layout(tmp_path / "shop")
    made.tag(made.image([layer], kinds=kinds) if layer[:2] != b"\x1f\x8b" else _of(made, layer))
    problem = refused(f"oci:{made.folder}")
    assert "layer 1 (sha256:" in problem.message
    assert words in problem.message


def _of(made: Layout, layer: bytes) -> dict[str, object]:
    """Of a layer that can't be decompressed."""
    image = made.image([b"x"], kinds=[LAYER])
    manifest = json.loads((made.folder / "blobs" / image["digest"].replace(":", "/")).read_bytes())
    manifest["layers"] = [made.blob(layer, LAYER + "+gzip")]
    return made.document(manifest, MANIFEST)


def test_four_gigabytes_of_zeros_are_not_read_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tar of one file of 4 GiB, in as many members of gzip as it takes: 4 MiB are 4 KB."""
    monkeypatch.setattr(decompressed, "SUSPICIOUS_BYTES", 64 * 1024**2)  # or it takes a second
    info, _ = member("zeros", b"")
    info.size = 4 * 1024**3
    member_of_zeros = gzip.compress(b"\0" * 4 * 1024**2, mtime=0)
    made = Layout(tmp_path / "shop")
    made.tag(_of(made, gzip.compress(info.tobuf()) + member_of_zeros * 1024))
    assert "decompresses to more than 200 times its size" in refused(f"oci:{made.folder}").message


def test_what_is_compressed_well_but_small_is_read(baked: bytes, tmp_path: Path) -> None:
    content = gzip.compress(files(**{IN: baked}, zeros=b"\0" * 10_000_000))
    assert is_ours(anywhere.load(layout(tmp_path / "shop", content)), baked)


def test_a_header_that_would_fill_the_memory(tmp_path: Path) -> None:
    info, _ = member("a", b"")
    info.pax_headers = {"comment": "x" * (2 * tar_entries.HEADER_BYTES)}
    assert "a header is larger" in refused(layout(tmp_path / "a", tar((info, b"")))).message.replace(
        "an entry whose header", "a header"
    )


def test_headers_that_lead_to_one_another_without_end(tmp_path: Path) -> None:
    info, _ = member("././@LongLink", b"")
    info.type, info.size = b"L", 1
    block = info.tobuf() + b"a" + b"\0" * 511
    assert "is not a valid tar archive" in refused(layout(tmp_path / "a", block * 1500)).message


@pytest.mark.parametrize("name,hard", [("../../etc/passwd", None), ("a/../../b", None), ("x", "../../etc/shadow")])
def test_an_entry_that_leads_out_of_the_image(name: str, hard: str | None, tmp_path: Path) -> None:
    entry = member(name, b"", **({"hard": hard} if hard else {}))
    problem = refused(layout(tmp_path / "a", tar(entry)))
    assert "has an entry that points outside of the image" in problem.message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def test_links_in_a_circle(tmp_path: Path) -> None:
    circle = tar(member("etc/confcontract", link="../etc/confcontract"))
    assert "leads to links that refer to each other" in refused(layout(tmp_path / "a", circle)).message


@pytest.mark.slow
def test_100_000_files(baked: bytes, tmp_path: Path) -> None:
    block, _ = member("srv/files/000000", b"")
    many = b"".join(_renamed(block.tobuf(), b"%06d" % number) for number in range(100_000))
    assert is_ours(anywhere.load(layout(tmp_path / "a", many + files(**{IN: baked}))), baked)


def _renamed(header: bytes, name: bytes) -> bytes:
    """The header of `srv/files/000000` with another name: the sum of its bytes moves with the digits."""
    total = int(header[148:154], 8) + sum(name) - 6 * ord("0")
    return header[:10] + name + header[16:148] + b"%06o\0 " % total + header[156:]


def test_an_archive_of_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_files, "MOST_FILES", 2)
    assert "holds more than 2 files" in refused(saved(tmp_path / "a.tar", BASE, BASE)).message


def test_unknown_media_types(tmp_path: Path) -> None:
    made = Layout(tmp_path / "a")
    made.tag(made.image([BASE], kinds=[LAYER + "+gzip+encrypted"]), "encrypted")
    made.tag(made.document({"schemaVersion": 1, "fsLayers": []}, MANIFEST), "one")
    made.tag(made.document({"schemaVersion": 2, "mediaType": "text/x"}, "text/x"), "x")
    chart = made.blob(b"{}", "application/vnd.cncf.helm.config.v1+json")
    made.tag(made.document({"mediaType": MANIFEST, "config": chart, "layers": []}, MANIFEST), "chart")
    words = {
        "encrypted": "layer 1 is of an unknown media type",
        "one": "schema 1, which is obsolete",
        "x": "unknown media type, 'text/x'",
        "chart": "it is not a container image",
    }
    for tag, said in words.items():
        assert said in refused(f"oci:{made.folder}:{tag}").message


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'{"manifests":{}}', b'{"manifests":[{}]}', b"[" * 9999]
)
def test_an_index_that_is_none(content: bytes, tmp_path: Path) -> None:
    made = Layout(tmp_path / "a")
    (made.folder / "index.json").write_bytes(content)
    refused(f"oci:{made.folder}")


def test_a_digest_that_is_a_path(tmp_path: Path) -> None:
    made = Layout(tmp_path / "a")
    made.tag({"mediaType": MANIFEST, "digest": "sha256:../../../etc/passwd", "size": 1})
    assert "has no SHA-256 or SHA-512 digest" in refused(f"oci:{made.folder}").message


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_layer_is_refused_or_read_but_never_a_defect(seed: int, baked: bytes, tmp_path: Path) -> None:
    import random

    draw = random.Random(seed)
    info, content = member("a/" + "long" * 60, b"x")
    info.pax_headers = {"comment": "c"}
    whole = bytearray(tar((info, content), member("etc/l", link="x"), member(IN.replace("__", "/"), baked[:3000])))
    for _ in range(draw.randint(1, 12)):
        whole[draw.randrange(min(len(whole), 4096))] = draw.randrange(256)
    with pytest.raises((ImageUnusable, ContractUnusable)):
        anywhere.load(layout(tmp_path / "a", bytes(whole), kinds=[LAYER]))


def test_every_place_of_an_image_is_a_reference_to_a_contract() -> None:
    assert set(from_image.BEGINNINGS) == set(open_image.BEGINNINGS)


def test_the_digest_and_the_labels_are_those_of_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/dockerfile.md").read_text(encoding="utf-8")
    assert f"{from_image.PATH_LABEL}=" in page
    assert f"{from_image.DIGEST_LABEL}=" in page
    assert decompressed.SUSPICIOUS_RATIO < 1032 < zlib.DEF_BUF_SIZE
