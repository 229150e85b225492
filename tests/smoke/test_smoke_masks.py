"""What `confcontract smoke` shows of an image that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.cli import main
from confcontract.smoke.engine_choice import engine_for

CANARY = "canary-7712"
# An engine whose container is this script itself, with the variables that it is given.
STARTS = """#!/bin/sh
while [ "$1" != --env-file ]; do shift; done
. "$2"
echo "up with $KEY on $PORT"
exit 3
"""


def test_values_of_the_env_file_are_not_shown_though_the_image_says_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The env file sets PATH as well, which must not decide where the engine is found."""
    (tmp_path / "docker").write_text(STARTS)
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "e.env").write_text(f"KEY={CANARY}\nPORT=80\nPATH=/nowhere\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(SystemExit) as ended:
        main(["smoke", "shop:1", "--engine", "docker", "--env-file", str(tmp_path / "e.env")])
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "up with *** on 80" in said
    assert CANARY not in said


def test_the_engine_is_started_by_its_whole_path(tmp_path: Path) -> None:
    (tmp_path / "podman").write_text("#!/bin/sh\n")
    (tmp_path / "podman").chmod(0o755)
    assert engine_for("podman", "shop:1", str(tmp_path))._program == str(tmp_path / "podman")  # type: ignore[attr-defined]
