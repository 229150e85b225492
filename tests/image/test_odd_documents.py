"""Documents of images whose members are of other types than the specifications say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from confcontract.contract import anywhere
from confcontract.report.errors import ImageUnusable
from tests.support.images import INDEX, MANIFEST, Layout, files, member, tar

CONTRACT = "etc__confcontract__contract.json"


@pytest.mark.parametrize("annotations", [[1], "x", 5])
def test_annotations_that_are_none_name_no_tag(annotations: Any, tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    made.entries = [{**made.image([files(**{CONTRACT: baked})]), "annotations": annotations}]
    made.write()
    assert anywhere.load(f"oci:{made.folder}").to_bytes() == baked
    with pytest.raises(ImageUnusable, match="there is no tag t"):
        anywhere.load(f"oci:{made.folder}:t")


@pytest.mark.parametrize("platform", [[1], "x", {"os": [1]}])
def test_a_platform_that_is_none(platform: Any, tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    inner = {**made.image([files(**{CONTRACT: baked})]), "platform": platform}
    made.tag(made.document({"schemaVersion": 2, "mediaType": INDEX, "manifests": [inner]}, INDEX))
    assert anywhere.load(f"oci:{made.folder}").to_bytes() == baked


@pytest.mark.parametrize(
    "config,tags",
    [({"rootfs": [1]}, None), ({"rootfs": "x"}, 5), ({"rootfs": {"diff_ids": 5}}, "x"), ({"rootfs": {}}, {"a": 1})],
)
def test_an_archive_of_odd_types(config: dict[str, Any], tags: Any, tmp_path: Path) -> None:
    manifest = [{"Config": "c.json", "Layers": ["l.tar"], "RepoTags": tags}]
    parts = {"c.json": json.dumps(config).encode(), "manifest.json": json.dumps(manifest).encode()}
    file = tmp_path / "saved.tar"
    file.write_bytes(tar(*(member(name, content) for name, content in parts.items())))
    with pytest.raises(ImageUnusable, match="does not name the digests"):
        anywhere.load(f"docker-archive:{file}")
    with pytest.raises(ImageUnusable, match="there is no image x"):
        anywhere.load(f"docker-archive:{file}:x")


def test_a_variable_list_that_is_none_leads_to_the_usual_path(tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    made.tag(made.image([files(**{CONTRACT: baked})], config={"config": {"Env": 5}}))
    assert anywhere.load(f"oci:{made.folder}").to_bytes() == baked


@pytest.mark.parametrize("kind", [INDEX, MANIFEST, ""])
@pytest.mark.parametrize("member", ["config", "layers"])
def test_a_document_that_could_be_read_as_two_things(kind: str, member: str, tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    inner = made.image([files(**{CONTRACT: baked})])
    manifest = json.loads((made.folder / "blobs" / inner["digest"].replace(":", "/")).read_bytes())
    both = {"schemaVersion": 2, "manifests": [inner], member: manifest[member], **({"mediaType": kind} if kind else {})}
    made.tag(made.document(both, kind or INDEX))
    with pytest.raises(ImageUnusable, match="both one image and an index of several"):
        anywhere.load(f"oci:{made.folder}")


def test_a_manifest_of_another_kind_than_it_is_named_as(tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    inner = {**made.image([files(**{CONTRACT: baked})]), "mediaType": INDEX}
    made.tag(made.document({"schemaVersion": 2, "mediaType": INDEX, "manifests": [inner]}, INDEX))
    with pytest.raises(ImageUnusable, match="but is listed as"):
        anywhere.load(f"oci:{made.folder}")


def test_without_media_types_the_members_say_what_a_document_is(tmp_path: Path, baked: bytes) -> None:
    made = Layout(tmp_path / "layout")
    inner = made.image([files(**{CONTRACT: baked})])
    manifest = json.loads((made.folder / "blobs" / inner["digest"].replace(":", "/")).read_bytes())
    del manifest["mediaType"]
    plain = made.document(manifest, MANIFEST, platform=inner["platform"])
    made.tag(made.document({"schemaVersion": 2, "manifests": [plain]}, INDEX))
    assert anywhere.load(f"oci:{made.folder}").to_bytes() == baked
