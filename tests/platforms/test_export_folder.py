"""`confcontract export -o`: what an earlier export left in the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from confcontract import Role, bake, declare
from tests.support.inprocess import run_here


class Settings(BaseSettings):
    port: int = 80


def contract(folder: Path, *roles: str, name: str = "shop") -> str:
    declared = declare(Settings, name=name, version="1", roles={role: Role(command=[role]) for role in roles})
    path = folder / f"{name}-{len(roles)}.json"
    bake(declared).dump(path)
    return str(path)


def export(folder: Path, target: str, contract: str, *options: str) -> tuple[set[str], str]:
    """The files that are there then, and what was said."""
    done = run_here("export", target, "--contract", contract, *options, "-o", str(folder))
    assert done.returncode == 0, done.stderr
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}, done.stderr


@pytest.mark.parametrize(
    "target,gone",
    [
        ("helm", "templates/deployment-worker.yaml"),
        ("kubernetes", "deployment-worker.yaml"),
        ("systemd", "shop-worker.service"),
    ],
)
def test_the_files_of_a_role_that_is_gone_are_removed_and_no_others(target: str, gone: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before, _ = export(out, target, contract(tmp_path, "web", "worker"))
    mine = out / Path(gone).with_name("mine.yaml")
    mine.write_text("kept")
    after, said = export(out, target, contract(tmp_path, "web"))
    assert before - after == {gone}
    assert after - before == {str(mine.relative_to(out))}
    assert f"\nremoved {out / gone}" in said
    assert "\nremoved" not in export(out, target, contract(tmp_path, "web"))[1]


def test_an_export_of_one_role_leaves_those_of_others_and_says_so(tmp_path: Path) -> None:
    out, both = tmp_path / "out", contract(tmp_path, "web", "worker")
    before, _ = export(out, "systemd", both, "--role", "web")
    after, said = export(out, "systemd", both, "--role", "worker")
    assert after - before == {"shop-worker.service"}
    assert f"left {out / 'shop-web.service'}, of an earlier export" in said
    assert export(out, "systemd", contract(tmp_path, "api"))[0] == {".confcontract-export", "shop-api.service"}


def test_another_application_in_the_folder_keeps_its_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(out, "systemd", contract(tmp_path, "web", "worker"))
    export(out, "systemd", contract(tmp_path, "web", name="till"))
    after, _ = export(out, "systemd", contract(tmp_path, "web"))
    assert after == {".confcontract-export", "shop-web.service", "till-web.service"}


@pytest.mark.parametrize(
    "names", ['["../victim"]', '["/victim"]', '["x/./victim"]', '["victim\\u0000"]', "[1]", '"x"', "["]
)
def test_a_list_that_no_export_has_written_is_refused(names: str, tmp_path: Path) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    victim.write_text("kept")
    (out / ".confcontract-export").write_text(f'{{"systemd shop": {names}}}')
    done = run_here("export", "systemd", "--contract", contract(tmp_path, "web"), "-o", str(out))
    assert done.returncode == 64
    assert "is not the list of files that an export writes" in " ".join(done.stderr.split())
    assert victim.exists()
    assert not (out / "shop-web.service").exists()


def test_nothing_is_removed_behind_a_link(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    for folder in (out, elsewhere):
        folder.mkdir()
    (elsewhere / "victim").write_text("kept")
    (out / "linked").symlink_to(elsewhere)
    (out / "link").symlink_to(elsewhere / "victim")
    (out / ".confcontract-export").write_text('{"systemd shop": ["linked/victim", "link", "linked"]}')
    _, said = export(out, "systemd", contract(tmp_path, "web"))
    assert "\nremoved" not in said
    assert (elsewhere / "victim").exists()
    assert (out / "link").is_symlink()
