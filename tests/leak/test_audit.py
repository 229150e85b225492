"""An audit shows no secret: not where it is found, not in names, instructions, archives, messages or approvals."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from confcontract.audit.shown import FORMATS
from tests.audit.right_image import Made
from tests.support.commands import run
from tests.support.images import member

from .places import WORD
from .test_leak import SECRETS, found_in

ONE = SECRETS[WORD]
IN_BASE64 = base64.b64encode(f"x{ONE}".encode()).decode()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{ONE}.txt", f"key={ONE}")
        archive.writestr("cut.gz", b"\x1f\x8b\x08\x00" + ONE.encode())
    return out.getvalue()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = Made()
    settings = made.settings
    settings["Env"] += [f"SHOP_KEY={ONE}", f"{ONE}=name", f"SHOP_DATABASE=postgres://app:{ONE}@db/shop"]
    settings["Labels"] |= {ONE: "name", "shop.key": ONE, "note": f"SHOP_KEY={ONE}", "coded": IN_BASE64}
    settings["Cmd"] += [f"--shop-key={ONE}", "--shop-key", ONE, f"SHOP_KEY={ONE}"]
    settings["User"] = ONE
    settings["ExposedPorts"] = {ONE: {}}
    made.config["author"] = f"{ONE}"
    made.instruction(f"ARG SHOP_KEY={ONE}")
    made.instruction(f"ENV SHOP_KEY='{ONE}' OTHER={ONE}")
    made.above(
        member(f"srv/{ONE}", ONE.encode(), mode=0o6777),
        member(f"srv/{ONE}.git/.git/HEAD", b"x"),
        member(f"srv/{ONE}/.env", IN_BASE64.encode()),
        member("srv/a.zip", zipped()),
        member("srv/link", link=f"/run/{ONE}"),
        by=f"RUN |2 SHOP_KEY={ONE} X={quote(ONE)} /bin/sh -c echo {ONE} {IN_BASE64} > /srv/a",
    )
    return made.reference(tmp_path_factory.mktemp("audited") / "image")


@pytest.mark.parametrize("known", [True, False], ids=["values given", "values not given"])
@pytest.mark.parametrize("form", FORMATS)
def test_no_format_of_an_audit_shows_a_value_that_it_was_given(
    form: str, known: bool, image: str, tmp_path: Path
) -> None:
    """Of values that nobody gave, those of names that the contract calls secret are masked."""
    (tmp_path / "prod.env").write_text(f"SHOP_KEY={ONE}\nSHOP_LOGIN__PASSWORD={ONE}b\n" if known else "")
    words = ("--env-file", "prod.env", "--format", form, "--scanner", "none")
    approve = ("--approve", "all", "--reason", "seen", "--expires", "2099-01-01")
    done = run("audit", image, *words, *approve, cwd=tmp_path, environ={"CONFCONTRACT_DEBUG": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    shown = done.stdout + done.stderr + (tmp_path / "confcontract.approvals.toml").read_text()
    assert "SECRET_IN_ENV" in shown
    if known:
        assert "SECRET_VALUE_IN_LAYER" in shown
        assert found_in(shown) == []
        assert IN_BASE64 not in shown
    else:
        assert [line for line in found_in(shown) if f"SHOP_KEY={ONE}" in line or f"app:{ONE}" in line] == []


@pytest.mark.parametrize("form", FORMATS)
def test_what_could_not_be_evaluated_shows_none_either(form: str, image: str, tmp_path: Path) -> None:
    environ = {"SHOP_KEY": ONE, "SHOP_KEY_FILE": f"/nowhere/{ONE}", "CONFCONTRACT_DEBUG": "1"}
    (tmp_path / "broken.lock").write_text(f"--index-url https://app:{ONE}@index\n")
    for words in (("--lock", "broken.lock"), ("--env-file", "missing.env")):
        done = run("audit", image, *words, "--format", form, "--scanner", "none", cwd=tmp_path, environ=environ)
        assert done.returncode == 2, done.stdout
        assert found_in(done.stdout + done.stderr) == []


def test_nothing_is_left_behind_with_a_value_in_it(image: str, tmp_path: Path) -> None:
    environ = {"SHOP_KEY": ONE, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    done = run("audit", image, "--scanner", "none", cwd=tmp_path, environ=environ)
    assert (done.returncode, "SECRET_VALUE_IN_LAYER" in done.stdout) == (1, True), done.stdout + done.stderr
    assert [*tmp_path.rglob("*")] == []
