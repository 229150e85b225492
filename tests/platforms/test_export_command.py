"""`confcontract export`: options in, files or stdout out."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.platforms.export_targets import TARGETS
from tests.platforms.exporting import shop
from tests.support.inprocess import run_here


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("shop") / "contract.json"
    shop().dump(path)
    return str(path)


def values(folder: Path, text: str) -> str:
    path = folder / "values.env"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_and_kind_writes_files_twice_the_same(target: str, contract: str, tmp_path: Path) -> None:
    given = values(tmp_path, "SHOP_PORT=80\nSHOP_TOKEN=hunter2-hunter2\n")
    for kind in TARGETS[target].kinds or (None,):
        options = (target, *(("--kind", kind) if kind else ()), "--contract", contract)
        taken = {"values": given, "image": "registry.example/shop:1.4.0"}
        for name in taken.keys() - TARGETS[target].ignores:
            options = (*options, f"--{name}", taken[name])
        for folder in ("a", "b"):
            done = run_here("export", *options, "-o", str(tmp_path / f"{folder}{kind}"))
            assert done.returncode == 0, done.stderr
            assert "hunter2" not in done.stdout + done.stderr
        first, second = (
            {str(path.relative_to(top)): path.read_text() for path in top.rglob("*") if path.is_file()}
            for top in (tmp_path / f"a{kind}", tmp_path / f"b{kind}")
        )
        assert first == second != {}
        assert "hunter2" not in str(first)


def test_without_a_folder_it_goes_to_stdout(contract: str, tmp_path: Path) -> None:
    done = run_here("export", "dotenv", "--contract", contract, "--values", values(tmp_path, "SHOP_PORT=80"))
    assert "\nSHOP_PORT=80\n" in done.stdout


def test_what_is_wrong_with_the_values_is_told_and_nothing_is_written(contract: str, tmp_path: Path) -> None:
    given = values(tmp_path, "SHOP_PORT=x")
    done = run_here("export", "dotenv", "--contract", contract, "--values", given, "-o", str(tmp_path / "out"))
    assert done.returncode == 78
    assert "SHOP_PORT" in done.stderr
    assert given in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments,words",
    [
        (("dotnev",), "did you mean dotenv?"),
        (("dotenv", "--kind", "x"), "leave --kind out"),
        (("json-schema", "--kind", "x"), "kinds: environment, settings"),
        (("dotenv", "--role", "wep"), "did you mean web?"),
        (("dotenv", "--runs-once", "wep"), "did you mean web?"),
        (("dotenv", "--values", ""), "--values is empty"),
        (("dotenv", "-o", "-"), "leave it out to write to stdout"),
        (("systemd", "--image", "shop:1"), "--image has no effect on systemd"),
        (
            ("admission-policy", "--image", "shop:1", "--values", "shop.env"),
            "--values has no effect on admission-policy",
        ),
        (("compose", "--audit"), "--audit has no effect on compose"),
        (("kubernetes", "--store", "x"), "add --secrets external-secrets"),
        (("helm", "--secrets", "external-secrets", "--store", "Store/x"), "SecretStore/x or ClusterSecretStore/x"),
        (("helm", "--secrets", "vault-secrets-operator", "--store", "Team/x"), "or NAMESPACE/NAME of the VaultAuth"),
    ],
)
def test_a_wrong_command_line_is_64(arguments: tuple[str, ...], words: str, contract: str) -> None:
    done = run_here("export", *arguments, "--contract", contract)
    assert done.returncode == 64
    assert words in " ".join(done.stderr.split())


@pytest.mark.parametrize("target", [name for name, each in TARGETS.items() if "values" not in each.ignores])
def test_a_secret_among_the_values_is_sent_where_the_platform_wants_it(
    target: str, contract: str, tmp_path: Path
) -> None:
    """No target leaves operators with words that are meant for all of them."""
    given = values(tmp_path, "SHOP_PORT=80\nSHOP_TOKEN=hunter2-hunter2\n")
    done = run_here("export", target, "--contract", contract, "--values", given, "-o", str(tmp_path / "out"))
    expected = TARGETS[target].secret_hint.format(name="SHOP_TOKEN")
    assert " ".join(expected.split()) in " ".join(done.stderr.split())
    assert ("SHOP_TOKEN" in expected) is (target != "json-schema")


@pytest.mark.parametrize(
    "way",
    [
        "a file is the folder",
        "a folder is the file",
        "a link is the folder",
        "below a file",
        "a link is a folder in it",
    ],
)
def test_what_stands_in_the_way_of_the_files_is_told(way: str, contract: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if way == "a folder is the file":
        (out / "kustomization.yaml" / "x").mkdir(parents=True)
    elif way == "a link is the folder":
        out.symlink_to(tmp_path / "nowhere")
    elif way == "a link is a folder in it":
        out.mkdir()
        (out / "templates").symlink_to(tmp_path)
    else:
        out.write_text("kept")
    folder = out / "inner" if way == "below a file" else out
    before = {*tmp_path.rglob("*")}
    target = "helm" if way == "a link is a folder in it" else "kubernetes"
    done = run_here("export", target, "--contract", contract, "-o", str(folder))
    assert done.returncode == 64
    assert {*tmp_path.rglob("*")} == before
    said = " ".join(done.stderr.split())  # however it is wrapped
    assert "can't be written: " in said
    assert "name a directory that this user may write with -o" in said
    assert str(out) in "".join(done.stderr.split())
    assert not out.is_file() or out.read_text() == "kept"
