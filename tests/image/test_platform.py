"""--platform, for an image that is in no index: another one than was asked for is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.image.open_image import open_image
from confcontract.report.errors import ImageUnusable
from tests.support.images import files, layout, saved


@pytest.fixture
def references(tmp_path: Path) -> list[str]:
    """Of images for linux/amd64."""
    return [layout(tmp_path / "shop", files(a=b"a")), saved(tmp_path / "shop.tar", files(a=b"a"))]


@pytest.mark.parametrize("platform", [None, "linux/amd64"])
def test_its_own_is_taken(platform: str | None, references: list[str]) -> None:
    for reference in references:
        with open_image(reference, platform) as image:
            assert image.config["architecture"] == "amd64"


@pytest.mark.parametrize("platform", ["bogus", "linux/arm64", "windows/amd64", "linux/amd64/v3"])
def test_another_is_refused(platform: str, references: list[str]) -> None:
    for reference in references:
        expected = pytest.raises(ImageUnusable, match=f"no image for {platform}, only for: linux/amd64")
        with expected, open_image(reference, platform):
            pass
