"""`confcontract audit`: formats, exit codes, approvals, values from files and stores, images that can't be read."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake, resolve
from confcontract.audit.image_audit import audit_image
from confcontract.audit.pattern_scanners import Scanned
from confcontract.audit.secret_values import secret_names
from confcontract.audit.shown import FORMATS
from confcontract.image import decompressed
from confcontract.report.errors import ImageUnusable
from tests.audit.right_image import CONTRACT, CREATED, EPOCH, KEY, Made
from tests.support.commands import run
from tests.support.images import files, layout, member, saved, tar
from tests.support.pages import ROOT
from tests.support.vault.openbao import OpenBao

NO_SCANNER = ("--scanner", "none")


@pytest.fixture
def right(tmp_path: Path) -> str:
    return Made().reference(tmp_path / "image")


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    made = Made()
    made.above(member("srv/key\x1b[31m", KEY.encode()), member("srv", mode=0o777), by="COPY secrets /srv")
    made.settings["User"] = ""
    return made.reference(tmp_path / "image")


@pytest.fixture
def env_file(tmp_path: Path) -> str:
    (tmp_path / "prod.env").write_text(f"SHOP_KEY={KEY}\n")
    return str(tmp_path / "prod.env")


def audit(*words: str, cwd: Path, **environ: str) -> Any:
    return run("audit", *words, *NO_SCANNER, cwd=cwd, environ=environ)


def test_a_clean_image_ends_with_0_and_says_what_was_not_examined(right: str, tmp_path: Path) -> None:
    done = audit(right, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == f"{right} (shop 1.4.0): no findings in what was examined."
    assert "not examined: what is installed against a lock file" in done.stdout
    assert "not examined: values of SHOP_KEY" in done.stdout


def test_an_image_of_which_everything_was_examined_is_clean(right: str, tmp_path: Path) -> None:
    lock = str(tmp_path / "image/requirements.txt")
    values = {"SHOP_KEY": KEY, "SHOP_LOGIN__PASSWORD": "long enough", "SHOP_LOGIN": '{"user": "somebody"}'}
    done = audit(right, "--lock", lock, "--format", "json", cwd=tmp_path, **values)
    told = json.loads(done.stdout)
    assert (done.returncode, told["complete"], told["findings"]) == (0, True, [])
    assert told["notExamined"] == ["patterns of credentials: no scanner was run"]
    assert told["contract"] == {"name": "shop 1.4.0", "digest": CONTRACT.digest}


@pytest.mark.parametrize("form", FORMATS)
def test_findings_end_with_1_in_every_format(form: str, wrong: str, env_file: str, tmp_path: Path) -> None:
    done = audit(wrong, "--env-file", env_file, "--format", form, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr == ""
    for said in ("SECRET_VALUE_IN_LAYER", "USER_ROOT", "WORLD_WRITABLE", "COPY secrets /srv"):
        assert said in done.stdout
    assert "\x1b" not in done.stdout
    assert KEY not in done.stdout


def test_sarif_is_as_its_schema_has_it(wrong: str, env_file: str, tmp_path: Path) -> None:
    log = json.loads(audit(wrong, "--env-file", env_file, "--format", "sarif", cwd=tmp_path).stdout)
    schema = json.loads((ROOT / "tests/compare/sarif-schema-2.1.0.json").read_text())
    assert [*Draft7Validator(schema).iter_errors(log)] == []
    (sarif,) = log["runs"]
    assert sarif["invocations"][0]["executionSuccessful"] is True
    (found,) = [each for each in sarif["results"] if each["ruleId"] == "WORLD_WRITABLE"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "srv"


def test_fail_on_decides_what_counts(tmp_path: Path) -> None:
    made = Made()
    made.above(member("usr/bin/su", b"x", mode=0o4755))
    reference = made.reference(tmp_path / "image")
    assert audit(reference, cwd=tmp_path).returncode == 0
    assert audit(reference, "--fail-on", "warning", cwd=tmp_path).returncode == 1


def test_approved_findings_do_not_count_until_their_day_is_over(wrong: str, tmp_path: Path) -> None:
    words = ("--approve", "all", "--reason", "of the base", "--expires", "2099-01-01")
    assert audit(wrong, *words, cwd=tmp_path).returncode == 0
    file = tmp_path / "confcontract.approvals.toml"
    assert file.read_text().count('\ncommand = "audit"\n') == 2
    done = audit(wrong, cwd=tmp_path)
    assert done.returncode == 0
    assert "approved: of the base (until 2099-01-01)" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("2 approved in what was examined.")
    file.write_text(file.read_text().replace("2099", "2020"))
    done = audit(wrong, cwd=tmp_path)
    assert done.returncode == 1
    assert "expired on 2020-01-01" in done.stdout


def test_one_finding_is_approved_by_its_fingerprint_and_unused_entries_are_told(wrong: str, tmp_path: Path) -> None:
    told = json.loads(audit(wrong, "--format", "json", cwd=tmp_path).stdout)
    (root,) = [each for each in told["findings"] if each["rule"] == "USER_ROOT"]
    words = ("--approve", root["fingerprint"], "--reason", "a job", "--expires", "2099-01-01")
    done = audit(wrong, *words, cwd=tmp_path)
    assert done.returncode == 1
    assert "approved: a job" in done.stdout
    made = Made().reference(tmp_path / "other")
    assert f"the approval of {root['fingerprint']} is unused" in audit(made, cwd=tmp_path).stdout
    assert audit(wrong, "--approve", "0000", *words[2:], cwd=tmp_path).returncode == 64
    assert audit(wrong, "--approve", "all", cwd=tmp_path).returncode == 64


def test_diff_does_not_take_approvals_of_an_audit_for_its_own(tmp_path: Path) -> None:
    CONTRACT.dump(tmp_path / "contract.json")
    entry = '[[approval]]\nfingerprint = "a"\ncommand = "audit"\nreason = "x"\nexpires = 2099-01-01\n'
    (tmp_path / "confcontract.approvals.toml").write_text(entry)
    done = run("diff", "contract.json", "contract.json", cwd=tmp_path)
    assert done.returncode == 0
    assert "unused" not in done.stdout


@pytest.mark.parametrize("way", ["a file that a name points to", "a folder of secrets", "the environment"])
def test_values_come_from_where_boot_takes_them(way: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/SHOP_KEY").write_text(f"{KEY}\n")
    words: tuple[str, ...] = ()
    environ = {}
    if way.startswith("a file"):
        environ = {"SHOP_KEY_FILE": str(tmp_path / "secrets/SHOP_KEY")}
    elif way.startswith("a folder"):
        words = ("--secrets-dir", str(tmp_path / "secrets"))
    else:
        environ = {"SHOP_KEY": KEY}
    done = audit(wrong, *words, cwd=tmp_path, **environ)
    assert "SECRET_VALUE_IN_LAYER" in done.stdout


def test_a_value_is_asked_of_vault_by_its_reference(wrong: str, tmp_path: Path, shared_bao: OpenBao) -> None:
    shared_bao.put("audited", {"key": KEY})
    (tmp_path / "prod.env").write_text("SHOP_KEY=vault:secret/audited#key\n")
    environ = {"VAULT_ADDR": shared_bao.address, "VAULT_TOKEN": shared_bao.token}
    done = audit(wrong, "--env-file", "prod.env", cwd=tmp_path, **environ)
    assert done.returncode == 1
    assert "holds the value of SHOP_KEY, as it is" in done.stdout
    (tmp_path / "prod.env").write_text("SHOP_KEY=vault:secret/audited#other\n")
    done = audit(wrong, "--env-file", "prod.env", "--format", "json", cwd=tmp_path, **environ)
    assert (done.returncode, json.loads(done.stdout)["complete"]) == (2, False)
    done = audit(wrong, "--env-file", "prod.env", cwd=tmp_path)
    assert done.returncode == 1
    assert "values of SHOP_KEY" in done.stdout, "no store is configured: it is said that nothing was searched for"


def one_bit_changed(folder: Path) -> str:
    reference = Made().reference(folder)
    blob = max((folder / "blobs/sha256").iterdir(), key=lambda each: each.stat().st_size)
    content = bytearray(blob.read_bytes())
    content[-9] ^= 1
    blob.write_bytes(content)
    return reference


def cut_off(folder: Path) -> str:
    folder.mkdir()
    reference = saved(folder / "image.tar", tar(member("a", b"x" * 5000)))
    (folder / "image.tar").write_bytes((folder / "image.tar").read_bytes()[:3000])
    return reference


def unknown_type(folder: Path) -> str:
    return layout(folder, files(a=b"x"), kinds=["application/vnd.oci.image.layer.v1.tar+brotli"])


def leads_out(folder: Path) -> str:
    made = Made()
    made.layers[0].append(member("../../etc/passwd", b"x"))
    return made.reference(folder)


@pytest.mark.parametrize(
    "make,said",
    [
        (one_bit_changed, "digest"),
        (cut_off, "not a valid tar archive"),
        (unknown_type, "unknown media type"),
        (leads_out, "points outside of the image"),
        (lambda folder: f"oci:{folder}", "not an OCI layout"),
    ],
    ids=["wrong digest", "truncated", "media type", "traversal", "nothing"],
)
def test_an_image_that_cannot_be_read_is_never_clean(make: Any, said: str, tmp_path: Path) -> None:
    reference = make(tmp_path / "image")
    before = sorted(tmp_path.rglob("*"))
    done = audit(reference, cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert done.stderr == ""
    assert said in done.stdout
    assert done.stdout.count("error  ") == 1, "one message"
    assert done.stdout.splitlines()[-1] == f"{reference} could not be audited; it was not checked."
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"


def test_a_layer_of_zeros_is_never_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompressed, "SUSPICIOUS_BYTES", 1 << 20)
    made = Made()
    made.above(member("zeros", bytes(8 << 20)))
    reference = made.reference(tmp_path / "image")
    with pytest.raises(ImageUnusable, match="decompresses to more than 200 times"):
        audit_image(reference, None, secret_names, None, lambda _: Scanned())


def test_an_image_without_a_contract_has_one_finding_that_says_so(tmp_path: Path) -> None:
    made = Made()
    made.layers[2] = [member("srv")]
    done = audit(made.reference(tmp_path / "image"), cwd=tmp_path)
    assert done.returncode == 1
    assert "[CONTRACT_MISSING] the image has no contract" in done.stdout


def test_links_in_a_circle_and_many_files_are_audited(tmp_path: Path) -> None:
    made = Made()
    drawn = random.Random(5)
    many = [member(f"srv/{number:x}", bytes([drawn.randrange(256)])) for number in range(3_000)]
    made.above(member("a", link="b"), member("b", link="a"), member("c", hard="c"), *many)
    done = audit(made.reference(tmp_path / "image"), cwd=tmp_path, SHOP_KEY=KEY)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "words,code,said",
    [
        (("--env-file", "missing.env"), 2, "missing.env"),
        (("--lock", "missing.lock"), 2, "missing.lock"),
        (("--lock", "empty.lock"), 2, "pins no package"),
        (("--reason", "x"), 64, "--reason belongs to --approve"),
        (("--lock", ""), 64, "--lock is empty"),
        (("--env-file", ""), 64, "--env-file is empty"),
        (("--fail-on", "info"), 64, "--fail-on"),
    ],
)
def test_what_was_given_wrongly_ends_with_one_message(
    words: tuple[str, ...], code: int, said: str, right: str, tmp_path: Path
) -> None:
    (tmp_path / "empty.lock").write_text("# nothing\n")
    done = audit(right, *words, cwd=tmp_path)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0\nd2hhdCBpcyBpdAo==\n-----END PRIVATE KEY-----",
        "8f2a1b7c9d3e4f5a6b7c8d9e0f1a2b3c",
    ],
)
def test_nothing_is_shown_of_a_file_that_is_no_lock(right: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "mistaken").write_text(text)
    done = audit(right, "--lock", "mistaken", cwd=tmp_path)
    assert (done.returncode, "mistaken pins no package version" in done.stdout) == (2, True)
    assert not any(line in done.stdout + done.stderr for line in text.splitlines() if "-----" not in line)


def test_the_own_files_of_the_images_class_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract is somebody else's; it must not make an auditor read files of its choice."""

    class OfFile(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env", extra="ignore")

        key: SecretStr

    (tmp_path / ".env").write_text(f"SHOP_KEY={KEY}\n")
    monkeypatch.chdir(tmp_path)
    contract = bake(OfFile, name="shop", version="1.4.0", source_date_epoch=EPOCH)
    assert resolve(contract, environ={}).values == {"key": KEY}
    made = Made()
    made.layers[2] = [member("etc/confcontract/contract.json", contract.to_bytes())]
    made.settings["Labels"]["confcontract.digest"] = contract.digest
    made.above(member("a", KEY.encode()))
    reference = made.reference(tmp_path / "image")
    done = audit(reference, cwd=tmp_path)
    assert (done.returncode, "not examined: values of SHOP_KEY" in done.stdout) == (0, True), done.stdout
    assert audit(reference, "--env-file", ".env", cwd=tmp_path).returncode == 1, (
        "where the auditor names it, it is read"
    )


def test_the_rules_of_an_audit_are_listed_and_shown() -> None:
    told = json.loads(run("rules", "list", "--command", "audit", "--format", "json").stdout)
    assert [each["id"] for each in told][:2] == ["SECRET_IN_ENV", "SECRET_IN_BUILD_ARG"]
    assert "SECRET_IN_ENV" in run("rules", "list", "--command", "audit").stdout
    assert "Add it to .dockerignore" in run("rules", "show", "env-file").stdout
    assert json.loads(run("rules", "show", "ENV_FILE", "--format", "json").stdout)["severity"] == "error"
    assert "did you mean ENV_FILE?" in run("rules", "show", "ENV_FIL").stderr


def test_the_epoch_of_the_right_image_is_its_date() -> None:
    assert CONTRACT.data["provenance"]["buildTime"] == CREATED
    assert datetime.fromtimestamp(EPOCH, UTC) == datetime.fromisoformat(CREATED)
