"""New values that the application does not take are offered again, and told once."""

from __future__ import annotations

from pathlib import Path

from confcontract.boot.rotation.change import Change
from tests.boot.rotation.running import Running, rewrite
from tests.support.memory import Memory


def test_a_change_that_is_not_taken_is_logged_once_however_often_it_is_tried(tmp_path: Path) -> None:
    env_file = tmp_path / "shop.env"
    rewrite(env_file, "OTHER=1\n")
    running = Running({}, store=Memory, env_files=[env_file], poll_seconds=0.1, debounce_seconds=0.01)
    tried: list[str] = []
    taken: list[str] = []

    def changed(change: Change) -> bool:
        tried.append(change.environ["OTHER"])
        return change.environ["OTHER"] in taken

    running.changed = changed
    running.start()
    rewrite(env_file, "OTHER=2\n")
    running.until(lambda: tried.count("2") >= 3)
    assert len(running.events("change-not-taken")) == 1
    rewrite(env_file, "OTHER=3\n")
    running.until(lambda: tried.count("3") >= 3)
    assert len(running.events("change-not-taken")) == 2
    rewrite(env_file, "OTHER=1\n")
    running.until(lambda: running.status == "UP")
    tried.clear()
    rewrite(env_file, "OTHER=3\n")
    running.until(lambda: len(tried) >= 2)
    assert len(running.events("change-not-taken")) == 3, "it was gone, and is wanted anew"
    taken.append("3")
    running.until(lambda: running.status == "UP")
    running.rotation.stop()
