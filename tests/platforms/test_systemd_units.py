"""`export systemd`, read by a real systemd."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from confcontract.platforms.export_targets import export
from confcontract.platforms.exported import Exported
from confcontract.platforms.systemd_text import argument, assignment
from confcontract.platforms.workload_options import WorkloadOptions
from tests.platforms.exporting import made
from tests.platforms.reading_back import from_systemd
from tests.support.programs import needs

SYSTEMD = "/lib/systemd/systemd"
EXPOSURE = 1.5  # of 10, as systemd counts it; reached: 1.2
ODD = {
    "SHOP_GREETING": "a$b ${c} 'd' \"e\" \\ #f %g %% %i\n\tk\r\x07\u202e\x85\U000e0001;",
    "SHOP_TAGS": " yes ",
    "SHOP_LIMITS__a": "010",
    "SHOP_BROKER": "amqp://mq/x",
}
HERE = f"{sys.executable} -I -m confcontract"


def units(values: Mapping[str, str], confcontract: str = HERE, **options: Any) -> Exported:
    return export("systemd", made(values, **options), None, WorkloadOptions(confcontract=confcontract))


def written(folder: Path, files: Mapping[str, str]) -> list[str]:
    for name, text in files.items():
        (folder / name).write_text(text)
    return [str(folder / name) for name in files]


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)


def as_systemd_reads(files: Mapping[str, str], unit: str) -> str:
    """What systemd says of a unit that it would start, and of all that this needs. Nothing is started."""
    with tempfile.TemporaryDirectory(prefix="units-") as name:  # the folders of pytest are for one user alone
        folder, runtime = Path(name), Path(name, "runtime")
        written(folder, files)
        runtime.mkdir()
        command = [SYSTEMD, "--test", "--user", f"--unit={unit}"]
        if os.geteuid() == 0:  # it refuses
            folder.chmod(0o755)
            runtime.chmod(0o777)
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        environ = {"PATH": os.environ["PATH"], "HOME": str(runtime), "XDG_RUNTIME_DIR": str(runtime)}
        environ["SYSTEMD_UNIT_PATH"] = f"{folder}:"  # and where units usually are
        return subprocess.run(command, env=environ, capture_output=True, timeout=60).stdout.decode()


@needs("systemd-analyze", "setpriv")
def test_systemd_reads_every_value_as_it_was_given() -> None:
    exported = units({**ODD, "SHOP_PORT": "80"})
    told = as_systemd_reads(exported.files, "shop-web.service")
    ours = from_systemd(exported.files["shop-web.service"])
    assert {name: ours.environ[name] for name in ODD} == ODD  # the reader of the other tests reads as systemd does
    for name, value in ours.environ.items():
        assert f"\t\tEnvironment: {name}={value}\n" in told


@needs("systemd-analyze")
def test_systemd_finds_nothing_to_say_and_little_exposed(tmp_path: Path) -> None:
    files = written(tmp_path, units({**ODD, "SHOP_TOKEN": "hunter2"}).files)
    verified = analyzed("verify", "--recursive-errors=yes", *files)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    judged = analyzed("security", "--offline=yes", f"--threshold={int(EXPOSURE * 10)}", *files)
    assert judged.returncode == 0, judged.stdout
    levels = [float(each) for each in re.findall(r"exposure level for \S+: ([\d.]+)", judged.stdout)]
    assert len(levels) == 3
    assert max(levels) <= EXPOSURE


def test_a_role_is_a_service_and_what_runs_once_comes_first() -> None:
    files = units({}).files
    assert files.keys() == {"shop-migrate.service", "shop-web.service", "shop-worker.service"}
    assert "\nType=oneshot\n" in files["shop-migrate.service"]
    assert "WantedBy" not in files["shop-migrate.service"]
    for role in ("web", "worker"):
        unit = files[f"shop-{role}.service"]
        assert "\nRequires=shop-migrate.service\n" in unit
        assert "\nAfter=network-online.target shop-migrate.service\n" in unit
        assert f" boot --role {role}\n" in unit
        assert "\nTimeoutStopSec=35\n" in unit


def test_a_secret_is_a_credential_by_the_name_that_boot_looks_for() -> None:
    exported = units({"SHOP_TOKEN": "hunter2"})
    assert from_systemd(exported.files["shop-web.service"]).secrets == (
        "SHOP_DATABASE__URL",
        "SHOP_TOKEN",
        "SHOP_SIGNING_KEY",
    )
    assert "LoadCredential=SHOP_TOKEN:/etc/shop/secrets/SHOP_TOKEN\n" in exported.files["shop-web.service"]
    assert "SHOP_SIGNING_KEY" not in exported.files["shop-migrate.service"]
    assert "hunter2" not in str(exported.files)


def test_what_is_missing_is_to_be_in_a_file_that_must_be_there() -> None:
    unit = units({}, role="web").files["shop-web.service"]
    assert '# Required: SHOP_PORT: Where it listens: "8080", or what $PORT says (integer, at least 1)\n' in unit
    assert "\nEnvironmentFile=/etc/shop/values.env\n" in unit
    assert "EnvironmentFile" not in units({"SHOP_PORT": "80"}, role="web").files["shop-web.service"]


def test_a_unit_says_first_which_files_have_to_be_where() -> None:
    def head(values: Mapping[str, str], role: str) -> str:
        unit = units(values, role=role).files[f"shop-{role}.service"]
        return unit.partition("[Unit]")[0].replace("\n# ", " ")

    everything = head({}, "web")
    assert "/etc/shop/contract.json: the contract" in everything
    assert "/etc/shop/values.env: an env file with SHOP_PORT " in everything
    assert "/etc/shop/secrets: a file for each of SHOP_DATABASE__URL, SHOP_SIGNING_KEY, with mode 0600" in everything
    values = {"SHOP_PORT": "80", "SHOP_DATABASE__URL": "vault:secret/shop#url", "CONFCONTRACT_PATH": "/opt/shop.json"}
    little = head(values, "migrate")
    assert "/opt/shop.json: the contract" in little
    assert "/etc/shop" not in little
    named = head({**values, "SHOP_SIGNING_KEY_FILE": "/srv/key", "VAULT_CACERT": "/srv/ca.pem"}, "web")
    assert "/srv/key: the file that SHOP_SIGNING_KEY_FILE names, readable by" in named
    assert "/srv/ca.pem: the file that VAULT_CACERT names, readable by" in named


@pytest.mark.parametrize(
    "word,written",
    [("web", "web"), ("a b", '"a b"'), ("$HOME", '"$$HOME"'), ("50%", '"50%%"'), ('"', '"\\""'), ("", '""')],
)
def test_a_word_of_a_command_is_quoted_where_systemd_would_change_it(word: str, written: str) -> None:
    assert argument(word) == written


def test_a_dollar_stands_for_itself_in_a_value() -> None:
    assert assignment("A", "$HOME") == '"A=$HOME"'
