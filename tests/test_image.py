"""The image that buildah makes of the example's Dockerfile: built, built again, unpacked and started."""

from __future__ import annotations

import json
import platform
import re
import shutil
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract
from confcontract.cli import main
from confcontract.smoke.runc_engine import RuncEngine
from tests.support.building import Builder, builds, differing, lay_base, run
from tests.support.commands import run as confcontract
from tests.support.debian_root import lay_debian
from tests.support.debian_root import usable as on_debian
from tests.support.pages import BIN, ROOT, ended, environ
from tests.support.vault.openbao import OpenBao, free_port

SHOP = ROOT / "examples/shop"
KEY = "k" * 16
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Image:
    """The built image, mounted: `config` as the runtime sees it, and a way to start what it starts."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.config: dict[str, Any] = json.loads(builder("inspect", "--type", "image", "shop"))["Docker"]["config"]
        self._container = builder("from", "shop")
        self.root = Path(builder("mount", self._container))

    def start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        """What the image starts, in its root, as its user, with its environment and `more`."""
        variables = dict(item.split("=", 1) for item in self.config["Env"]) | more
        user, group = self.config["User"].split(":")
        return subprocess.Popen(
            [
                *("chroot", f"--userspec={user}:{group}", "--groups=", self.root),
                *("/usr/bin/env", "-i", "-C", self.config["WorkingDir"]),
                *(f"{name}={value}" for name, value in variables.items()),
                *self.config["Entrypoint"],
                *(command or self.config["Cmd"]),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the contract, as baked on this machine."""
    folder = tmp_path_factory.mktemp("baked")
    subprocess.run(
        [BIN / "confcontract", "bake", "shop.settings:shop", "-o", folder],
        cwd=SHOP,
        env=environ(),
        check=True,
        capture_output=True,
    )
    return Contract.load(folder / "contract.json").digest


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, digest: str) -> Iterator[Image]:
    folder = tmp_path_factory.mktemp("image")
    builder = Builder(folder)
    base = folder / "base"
    lay_debian(base) if on_debian() else lay_base(base)

    context = folder / "context"
    shutil.copytree(SHOP, context, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", context / "dist")
    # The chroot doesn't know how this machine reaches its package index: it gets the files, and the hashes decide.
    wheels = folder / "wheels"
    run(
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--require-hashes",
        "-r",
        SHOP / "requirements.txt",
        "--platform",  # one: held against all that this machine takes, each file that an index lists costs three times
        f"manylinux2014_{platform.machine()}",
        "-d",
        wheels,
    )
    (folder / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n", encoding="utf-8")

    empty = builder("from", "scratch")
    builder("copy", "--quiet", empty, base, "/")
    builder("commit", "--quiet", "--rm", empty, "localhost/base")
    pinned = builder("images", "--format", "{{.Digest}}", "localhost/base")
    shutil.rmtree(base)
    build = (
        *("build", "--layers", "--timestamp", "1767225600"),
        *("--build-arg", f"BASE=localhost/base@{pinned}", "--build-arg", f"CONTRACT_DIGEST={digest}"),
        *("--build-arg", f"SOURCE_COMMIT={COMMIT}", "--build-arg", "SOURCE_DATE_EPOCH=1767225600"),
        *("--volume", f"{wheels}:/wheels:ro", "--volume", f"{folder / 'pip.conf'}:/etc/pip.conf:ro"),
    )
    builder(*build, "--tag", "shop", context)
    elsewhere = folder / "somebody/else/checkout"
    shutil.copytree(context, elsewhere, copy_function=shutil.copy)  # the times are those of now
    for place in elsewhere.rglob("*"):
        place.chmod(0o775 if place.is_dir() else 0o664)  # as with another umask
    builder(*build, "--no-cache", "--tag", "again", elsewhere)
    yield Image(builder)
    builder.remove()


@builds
def test_the_image_that_is_built_holds_its_contract_serves_refuses_and_is_read_only(
    image: Image,
    digest: str,
    shared_bao: OpenBao,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One test, so that two workers never build two images."""
    is_the_same_when_it_is_built_again_in_another_place(image)
    has_the_contract_alone_in_its_last_layer(image, tmp_path)
    has_no_finding_in_an_audit(tmp_path)
    passes_the_smoke_test_under_runc_with_a_secret_of_openbao(shared_bao, tmp_path, capsys, monkeypatch)
    holds_the_contract_that_its_label_names(image, digest)
    serves_the_shop_as_its_user_and_ends_by_term(image)
    refuses_a_broken_environment_before_the_shop_starts(image)
    has_nothing_that_its_user_can_write(image)


def is_the_same_when_it_is_built_again_in_another_place(image: Image) -> None:
    digests = {name: image.builder("images", "--format", "{{.Digest}}", name) for name in ("shop", "again")}
    assert digests["shop"] == digests["again"], differences(image.builder)


def differences(builder: Builder) -> str:
    one, other = (Path(builder("mount", builder("from", name))) for name in ("shop", "again"))
    return differing(one, other)


def has_the_contract_alone_in_its_last_layer(image: Image, folder: Path) -> None:
    """And lays it out as the smoke test takes it."""
    image.builder.lay_out("shop", folder / "layout")
    blobs = folder / "layout/blobs/sha256"
    index = json.loads((folder / "layout/index.json").read_bytes())
    manifest = json.loads((blobs / index["manifests"][0]["digest"].removeprefix("sha256:")).read_bytes())
    last = blobs / manifest["layers"][-1]["digest"].removeprefix("sha256:")
    with tarfile.open(last) as layer:
        files = {member.name.strip("/") for member in layer if member.isfile()}
    assert files == {f"etc/confcontract/{name}" for name in ("contract.json", "schema.json", "defaults.env")}


def has_no_finding_in_an_audit(folder: Path) -> None:
    """Not even a warning, but the one of Debian's setuid programs; unexamined are patterns, for which there may be no
    scanner, and a section that is not set."""
    secrets = {
        "SHOP_SIGNING_KEY": "not-in-the-image",
        "SHOP_DATABASE__URL": "postgresql://shop:not-there-either@db/shop",
    }
    lock = ("--lock", str(SHOP / "requirements.txt"))
    options = (*lock, "--scanner", "none", "--fail-on", "warning", "--format", "json")
    done = confcontract("audit", f"oci:{folder / 'layout'}:shop", *options, cwd=folder, environ=secrets)
    told = json.loads(done.stdout)
    of_debian = [("SETUID", "warning", "/usr/bin", 1)] if on_debian() else []
    found = [(each["rule"], each["severity"], each["about"], each["layer"]) for each in told["findings"]]
    assert found == of_debian, told["findings"]
    assert done.returncode == (1 if of_debian else 0)
    assert set(told["searchedFor"]) == set(secrets)
    assert told["notExamined"] == [
        "values of SHOP_DATABASE: unknown; pass them with --env-file or from a secret store",
        "patterns of credentials: no scanner was run",
    ]


def passes_the_smoke_test_under_runc_with_a_secret_of_openbao(
    bao: OpenBao, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else is asked of its container is asked before it gets TERM."""
    within: dict[str, subprocess.CompletedProcess[bytes]] = {}
    send = RuncEngine.signal

    def ask_first(engine: RuncEngine, name: str, signal: str) -> None:
        if signal == "TERM":
            within["healthy"] = engine.run_in(name, *healthcheck())
            for place in ("/app/x", "/etc/confcontract/x", "/var/tmp/x", "/tmp/x"):
                within[place] = engine.run_in(name, "sh", "-c", f"LC_ALL=C; echo > {place}")
        send(engine, name, signal)

    monkeypatch.setattr(RuncEngine, "signal", ask_first)
    bao.put("image", {"signing_key": KEY})
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as database:
        url = f"postgresql://shop:p@127.0.0.1:{database.getsockname()[1]}/shop"
        (folder / "smoke.env").write_text(
            f"SHOP_DATABASE__URL={url}\nSHOP_SIGNING_KEY=vault:secret/image#signing_key\nSHOP_PORT={port}\n"
            f"VAULT_ADDR={bao.address}\nVAULT_TOKEN={bao.token}\n",
            encoding="utf-8",
        )
        capsys.readouterr()
        asked = ["--env-file", str(folder / "smoke.env"), "--url", f"http://127.0.0.1:{port}/healthz"]
        patient = ["--engine", "runc", "--timeout", "300", "--grace", "120"]
        try:
            main(["smoke", f"oci:{folder / 'layout'}:shop", *asked, *patient])
        except SystemExit as ended:
            raise AssertionError(capsys.readouterr().out) from ended
    said = capsys.readouterr().out
    with capsys.disabled():
        print("\n" + said)  # the time that it took to stop
    assert [line.split()[0] for line in said.splitlines()] == ["ok"] * 5
    assert "process 1 is user 10001, on a root file system that can't be written" in said
    codes = {asked: done.returncode for asked, done in within.items()}
    assert codes.pop("healthy") == 0, within["healthy"]
    assert codes.pop("/tmp/x") == 0, within["/tmp/x"]
    assert codes, "places outside of the tmpfs"
    assert all(code and b"Read-only file system" in within[place].stderr for place, code in codes.items()), within
    assert "answers: HTTP 200" in said
    assert "without its configuration it ends with 66" in said
    assert KEY not in said
    assert re.search(r"stops by TERM \([\d.]+ s, exit code 0\)", said), said


def healthcheck() -> list[str]:
    """Of the Dockerfile: OCI's format of images, which is buildah's, has no place for it."""
    lines = (SHOP / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    (line,) = [each for each in lines if each.startswith("HEALTHCHECK ")]
    words: list[str] = json.loads(line.partition(" CMD ")[2])
    return words


def holds_the_contract_that_its_label_names(image: Image, digest: str) -> None:
    labels = image.config["Labels"]
    contract = Contract.load(image.root / labels["confcontract.path"].lstrip("/"))
    assert contract.digest == labels["confcontract.digest"] == digest
    assert contract.data["apiVersion"] == labels["confcontract.version"]
    assert contract.data["provenance"]["sourceCommit"] == COMMIT
    assert contract.data["provenance"]["buildTime"] == "2026-01-01T00:00:00Z"


def serves_the_shop_as_its_user_and_ends_by_term(image: Image) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = free_port()
        url = f"postgresql://shop:p@127.0.0.1:{database.getsockname()[1]}/shop"
        process = image.start(SHOP_DATABASE__URL=url, SHOP_SIGNING_KEY=KEY, SHOP_PORT=str(port))
        stack.enter_context(ended(process))
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if "Uvicorn running on" in line:
                break
        assert f"Uvicorn running on http://0.0.0.0:{port}" in told, told  # as conf.d in the image says
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        assert re.search(r"^Uid:\t10001\t10001", status, re.MULTILINE)
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
        assert answer.endswith(b"ok\n")
        process.terminate()
        process.communicate()
    assert process.returncode == -15


def refuses_a_broken_environment_before_the_shop_starts(image: Image) -> None:
    process = image.start(SHOP_DATABASE__URL="postgresql://db/shop", SHOP_SIGNING_KEY=KEY, SHOP_PORT="eighty")
    said = process.communicate()[0]
    assert process.returncode == 78, said
    assert "SHOP_PORT" in said
    assert "Traceback" not in said


def has_nothing_that_its_user_can_write(image: Image) -> None:
    writable = run("find", image.root / "app", image.root / "etc/confcontract", "!", "-type", "l", "-perm", "/o+w")
    assert writable == ""
    foreign = run("find", image.root / "app", image.root / "etc/confcontract", "-uid", "10001")
    assert foreign == ""
