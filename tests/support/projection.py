"""A directory as kubelet fills it: pkg/volume/util/atomic_writer.go of Kubernetes."""

from __future__ import annotations

import os
from pathlib import Path


class Projection:
    """A volume of a Secret or a ConfigMap."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._number = 0
        directory.mkdir(parents=True, exist_ok=True)

    def put(self, **files: str) -> None:
        """All files of a new state, at once."""
        self._number += 1
        state = self.directory / f"..2026_11_29_22_00_00.{self._number}"
        state.mkdir()
        for name, text in files.items():
            (state / name).write_text(text)
        fresh, data = self.directory / "..data_tmp", self.directory / "..data"
        before = data.resolve() if data.is_symlink() else None
        fresh.symlink_to(state.name)
        os.rename(fresh, data)
        for name in files:
            if not (self.directory / name).is_symlink():
                (self.directory / name).symlink_to(f"..data/{name}")
        for link in self.directory.iterdir():
            if not link.name.startswith("..") and link.is_symlink() and link.name not in files:
                link.unlink()
        for path in before.iterdir() if before else ():
            path.unlink()
        if before:
            before.rmdir()
