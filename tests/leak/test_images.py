"""What is read of an image, started as one, or written for one, shows no secret of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confcontract import bake
from confcontract.cli import main
from confcontract.report.errors import UsageError
from tests.project.shapes import SHAPES, lay
from tests.support.images import Layout, files

from . import shop_secrets
from .places import WORD
from .test_leak import SECRETS, found_in

SECRET = SECRETS[WORD]


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    code: object = 0
    try:
        main(list(words))
    except SystemExit as ended:
        code = ended.code
    assert code in (0, 1), "nothing breaks"
    return "".join(capsys.readouterr())


@pytest.mark.parametrize("format", ["text", "json"])
def test_inspect_shows_no_secret_of_a_configuration(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bake(shop_secrets.Settings, name="shop", version="1").dump(tmp_path / "contract.json")
    made = Layout(tmp_path / "layout")
    contract = (tmp_path / "contract.json").read_bytes()
    settings = {
        "Env": [f"SHOP_API_KEY={SECRET}", f"SHOP_DSN=postgres://app:{SECRET}@db/shop", f"NPM_TOKEN={SECRET}"],
        "Labels": {"org.opencontainers.image.source": f"https://ada:{SECRET}@git.example/shop", "password": SECRET},
        "Entrypoint": ["deploy", "--api-token", SECRET],
        "Cmd": [f"--password={SECRET}"],
    }
    history = [{"created_by": f"RUN curl -H 'Authorization: Bearer {SECRET}' https://x && deploy --token {SECRET}"}]
    made.tag(
        made.image(
            [files(**{"etc__confcontract__contract.json": contract})],
            config={"config": settings, "history": history},
        )
    )
    shown = said(capsys, "inspect", f"oci:{made.folder}", "--format", format)
    assert "SHOP_API_KEY" in shown
    assert not found_in(shown)


def test_a_password_in_a_reference_is_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        main(["inspect", f"docker://ada:{SECRET}@registry.example/shop:1"])
    assert not found_in(str([each.as_dict() for each in refused.value.problems]))


@pytest.mark.parametrize("options", [["--yes"], ["--yes", "--force"]], ids=" ".join)
def test_init_writes_and_shows_no_secret_of_the_project(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = (
        f"FROM x\nENV APP_PASSWORD={SECRET} APP_DB=postgres://a:{SECRET}@db/x\nARG NPM_TOKEN {SECRET}\n"
        f"ENV API_KEY {SECRET}\nRUN deploy --token {SECRET}\nLABEL password={SECRET}\n"
    )
    own = {"Dockerfile": there, ".env": f"KEY={SECRET}\n", "prod.env": f"KEY={SECRET}\n", ".git/config": SECRET}
    lay(tmp_path, SHAPES["pip-tools"] | own)
    before = {tmp_path / name for name in own}
    assert not found_in(said(capsys, "init", str(tmp_path), *options))
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path not in before]
    assert len(written) > 5
    for path in [*written, *([tmp_path / "Dockerfile"] if "--force" in options else [])]:
        assert not found_in(path.read_text(encoding="utf-8")), path
    assert ".env" in (tmp_path / ".dockerignore").read_text(encoding="utf-8")


# An engine whose container says what it was started with, and what the list of processes shows of it.
ENGINE = """#!/bin/sh
tr '\\0' ' ' < /proc/$$/cmdline
while [ "$1" != --env-file ]; do shift; done
cat "$2"
echo "{\\"url\\": \\"$(sed -n s/URL=//p "$2")\\"}" "$PEM"
exit 3
"""


def test_smoke_shows_no_secret_of_its_env_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "docker"
    engine.write_text(ENGINE, encoding="utf-8")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    text = f'KEY={SECRET}\nURL=https://ada:{SECRET}@x/?token={SECRET}\nPEM="{SECRET}\\n{SECRET}"\n'
    (tmp_path / "smoke.env").write_text(text, encoding="utf-8")
    shown = said(capsys, "smoke", "shop:1", "--engine", "docker", "--env-file", str(tmp_path / "smoke.env"))
    assert "it ended with 3" in shown
    assert "KEY=***" in shown
    assert not found_in(shown)
