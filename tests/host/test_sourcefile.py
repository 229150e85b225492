"""The hint for a file that can't be opened."""

from __future__ import annotations

import os
from pathlib import Path

from confcontract.host.sourcefile import access_hint


def test_who_may_not_read_a_file_is_said_beside_whose_it_is(tmp_path: Path) -> None:
    file = tmp_path / "prod.env"
    file.touch()
    file.chmod(0o600)
    me, group = os.geteuid(), file.stat().st_gid
    whose = f"it belongs to user {me} and group {group}, with mode 0600"
    assert access_hint(str(file), PermissionError()) == f"allow user {me} to read it: {whose}"
    assert access_hint(str(tmp_path / "x"), PermissionError()) == f"allow user {me} to search its folders"
    assert access_hint(str(file), OSError()) == "check the path, its owner and its mode"
