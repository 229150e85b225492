"""What is known of files: as they were before they were read, so that no change between is lost."""

from __future__ import annotations

from pathlib import Path

from confcontract import bake, resolve
from confcontract.boot.rotation.replaced_files import ReplacedFiles
from tests.leak.shop_secrets import Flat


def test_a_file_that_comes_while_the_others_are_read_is_news(tmp_path: Path) -> None:
    contract = bake(Flat, name="shop", version="1")
    folder = tmp_path / "conf.d"
    folder.mkdir()
    resolution = resolve(contract, environ={}, conf_dir=str(folder))
    files = ReplacedFiles(resolution)
    folder.rmdir()
    files.see_again()  # it is away for a moment
    folder.mkdir()  # and there again before everything is read
    files.see(resolution)
    assert files.has_news()
    files.see_again()
    files.see(resolution)
    assert not files.has_news()
