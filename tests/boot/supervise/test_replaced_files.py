"""Secret files are replaced under a running application, as kubelet does it: nobody waits for the next poll."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Binding, OnChange, bake
from tests.support.launching import PLAIN_ENVIRON, supervise_with
from tests.support.measured import measured
from tests.support.projection import Projection
from tests.support.supervising import Supervised, until

CANARY = "canary-of-volumes"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", secrets_dir="own")

    password: Annotated[SecretStr, Binding("api", key="token")]
    limit: Annotated[int, Field(ge=1)] = 5
    key: Annotated[SecretStr | None, OnChange("SIGHUP")] = None
    banner: SecretStr | None = None


APPLICATION = """
trap 'echo hup >> heard' HUP
trap 'exit 9' TERM
echo "$SHOP_PASSWORD $SHOP_LIMIT" >> started
while :; do sleep 0.05; done
"""


class Running(Supervised):
    def starts(self) -> list[str]:
        path = self.directory / "started"
        return path.read_text().splitlines() if path.exists() else []

    def secrets(self) -> dict[str, Any]:
        """The entry `secrets` of its health."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.directory / "run" / "probe.sock"))
            client.sendall(b"GET /health?details HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        checks = {entry["name"]: entry for entry in json.loads(answer.partition(b"\r\n\r\n")[2])["checks"]}
        return dict(checks.get("secrets", {}))


@pytest.fixture
def volume(tmp_path: Path) -> Projection:
    made = Projection(tmp_path / "volume")
    made.put(shop_password=f"{CANARY}-1", shop_limit="5")
    return made


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def begin(*options: str, **environ: str) -> Running:
        contract = tmp_path / "contract.json"
        bake(Settings, name="shop", version="1").dump(contract)
        given = {**PLAIN_ENVIRON, **measured(), "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run"), **environ}
        argv = supervise_with(contract, "/bin/sh", "-c", APPLICATION, options=("--poll", "100000", *options))
        running = Running(argv, tmp_path, env=given)
        started.append(running)
        until(running.starts, running.process)
        return running

    yield begin
    for each in started:
        each.close()
        assert CANARY not in each.err


def test_a_replaced_volume_restarts_the_application_with_all_of_its_new_values(
    start: Start, volume: Projection
) -> None:
    running = start("--mounted-secrets", str(volume.directory))
    volume.put(shop_password=f"{CANARY}-2", shop_limit="6")
    until(lambda: len(running.starts()) == 2, running.process)
    volume.put(shop_password=f"{CANARY}-3", shop_limit="7")
    until(lambda: len(running.starts()) == 3, running.process)
    assert running.starts() == [f"{CANARY}-1 5", f"{CANARY}-2 6", f"{CANARY}-3 7"]


def test_a_file_in_a_volume_may_be_named_as_well(start: Start, volume: Projection) -> None:
    running = start(SHOP_PASSWORD_FILE=str(volume.directory / "shop_password"))
    volume.put(shop_password=f"{CANARY}-2", shop_limit="6")
    until(lambda: len(running.starts()) == 2, running.process)
    assert running.starts()[-1] == f"{CANARY}-2 "


def test_what_asks_for_a_signal_gets_it(start: Start, volume: Projection) -> None:
    volume.put(shop_password=f"{CANARY}-1", shop_key=f"{CANARY}-key-1")
    running = start("--mounted-secrets", str(volume.directory), "--deliver", "files")
    volume.put(shop_password=f"{CANARY}-1", shop_key=f"{CANARY}-key-2")
    running.eventually("heard", "hup")
    assert len(running.starts()) == 1


def test_new_values_that_the_contract_refuses_never_reach_the_application(start: Start, volume: Projection) -> None:
    running = start("--mounted-secrets", str(volume.directory))
    volume.put(shop_password=f"{CANARY}-2", shop_limit="0")
    until(lambda: "SHOP_LIMIT" in json.dumps(running.secrets()), running.process)
    assert "DEGRADED" in json.dumps(running.secrets()).upper()
    assert CANARY not in json.dumps(running.secrets())
    assert len(running.starts()) == 1
    volume.put(shop_limit="7")  # a required secret is gone
    until(lambda: "SHOP_PASSWORD" in json.dumps(running.secrets()), running.process)
    assert len(running.starts()) == 1
    volume.put(shop_password=f"{CANARY}-3", shop_limit="7")
    until(lambda: len(running.starts()) == 2, running.process)
    assert running.starts()[-1] == f"{CANARY}-3 7"
    until(lambda: "SHOP" not in json.dumps(running.secrets()), running.process)


def test_a_link_that_leads_out_of_the_new_state_is_refused(start: Start, volume: Projection, tmp_path: Path) -> None:
    running = start("--mounted-secrets", str(volume.directory))
    (tmp_path / "outside").write_text(CANARY)
    link = volume.directory / "shop_banner"
    link.symlink_to(tmp_path / "outside")
    until(lambda: "SHOP_BANNER" in json.dumps(running.secrets()), running.process)
    assert "points outside of" in json.dumps(running.secrets())
    assert len(running.starts()) == 1


def test_files_that_the_operator_names_are_acted_on_as_secret_files_are(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "conf.d"
    folder.mkdir()
    config, more = tmp_path / "shop.toml", tmp_path / "more.env"
    config.write_text("limit = 2\n")
    more.write_text(f"SHOP_PASSWORD={CANARY}-1\n")
    running = start("--conf-file", str(config), "--conf-dir", str(folder), "--env-file", str(more))
    config.write_text("limit = 3\n")
    until(lambda: len(running.starts()) == 2, running.process)
    more.write_text(f"SHOP_PASSWORD={CANARY}-2\n")
    until(lambda: len(running.starts()) == 3, running.process)
    config.unlink()
    until(lambda: "shop.toml" in json.dumps(running.secrets()), running.process)  # it is named, and has to be there
    config.write_text("")
    until(lambda: len(running.starts()) == 4, running.process)
    (folder / "new.json").write_text('{"limit": 4}')
    until(lambda: len(running.starts()) == 5, running.process)
    seen = [f"{CANARY}-1 2", f"{CANARY}-1 3", f"{CANARY}-2 3", f"{CANARY}-2 ", f"{CANARY}-2 4"]
    assert running.starts() == seen


def test_a_directory_that_vanishes_takes_no_values_away(start: Start, tmp_path: Path) -> None:
    folder, away = tmp_path / "conf.d", tmp_path / "away"
    folder.mkdir()
    (folder / "a.toml").write_text("limit = 7\n")
    running = start("--conf-dir", str(folder), SHOP_PASSWORD=CANARY)
    folder.rename(away)
    until(lambda: "conf.d no longer exists" in json.dumps(running.secrets()), running.process)
    assert len(running.starts()) == 1
    (away / "a.toml").write_text("limit = 8\n")
    away.rename(folder)
    until(lambda: len(running.starts()) == 2, running.process)
    assert running.starts() == [f"{CANARY} 7", f"{CANARY} 8"]
    assert "no longer exists" not in json.dumps(running.secrets())


@pytest.mark.parametrize("how", ["renamed into place", "written to", "gone for a while"])
def test_plain_files_count_however_they_are_replaced(start: Start, tmp_path: Path, how: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{CANARY}-1")
    running = start(SHOP_PASSWORD_FILE=str(secret))
    if how == "renamed into place":
        (tmp_path / "new").write_text(f"{CANARY}-2")
        os.rename(tmp_path / "new", secret)
    elif how == "written to":
        secret.write_text(f"{CANARY}-2")
    else:
        secret.unlink()
        until(lambda: "SHOP_PASSWORD" in json.dumps(running.secrets()), running.process)
        secret.write_text(f"{CANARY}-2")
    until(lambda: len(running.starts()) == 2, running.process)
    assert running.starts()[-1].startswith(f"{CANARY}-2")


def test_replaced_bindings_are_noticed(start: Start, tmp_path: Path) -> None:
    bound = Projection(tmp_path / "bindings" / "payment")
    bound.put(type="api", token=f"{CANARY}-1")
    running = start(SERVICE_BINDING_ROOT=str(tmp_path / "bindings"))
    bound.put(type="api", token=f"{CANARY}-2")
    until(lambda: len(running.starts()) == 2, running.process)
    assert running.starts()[-1] == f"{CANARY}-2 "


def test_a_binding_that_is_written_to_in_its_place_is_noticed(start: Start, tmp_path: Path) -> None:
    entry = tmp_path / "bindings" / "payment" / "token"
    entry.parent.mkdir(parents=True)
    (entry.parent / "type").write_text("api")
    entry.write_text(f"{CANARY}-1")
    running = start(SERVICE_BINDING_ROOT=str(tmp_path / "bindings"))
    entry.write_text(f"{CANARY}-2")
    until(lambda: len(running.starts()) == 2, running.process)
    assert running.starts()[-1] == f"{CANARY}-2 "


def test_the_directory_of_the_class_counts_too(start: Start, tmp_path: Path) -> None:
    own = Projection(tmp_path / "own")
    own.put(shop_password=f"{CANARY}-1", shop_banner="one")
    running = start()
    own.put(shop_password=f"{CANARY}-1", shop_banner="two")
    until(lambda: len(running.starts()) == 2, running.process)
    (tmp_path / "own").rename(tmp_path / "away")
    until(lambda: "own no longer exists" in json.dumps(running.secrets()), running.process)
    (tmp_path / "away").rename(tmp_path / "own")
    own.put(shop_password=f"{CANARY}-1", shop_banner="three")
    until(lambda: len(running.starts()) == 3, running.process)
    assert "no longer exists" not in json.dumps(running.secrets())
