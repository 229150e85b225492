"""Images without Python that boot from a bundle: built by buildah from scratch, started by runc, judged by `smoke`.

The base of each is the bundle on nothing at all. What is in it beside that and the contract is what the application needs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.cli import main
from tests.support.building import Builder, builds, shared_libraries
from tests.support.vault.openbao import OpenBao, free_port

KEY = "k" * 16
# Ends by TERM as process 1, for which the kernel drops signals without a handler.
NODE = """
const http = require('http');
process.on('SIGTERM', () => process.exit(0));
const right = process.env.SHOP_KEY === '%s' && process.env.VAULT_TOKEN === undefined;
http.createServer((_, answer) => { answer.statusCode = right ? 200 : 500; answer.end('from node'); })
  .listen(Number(process.env.SHOP_PORT), '127.0.0.1');
"""
MUSL = """
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void end(int number) { (void)number; _exit(0); }
int main(void) {
    signal(SIGTERM, end);
    printf("musl has %s\\n", getenv("SHOP_PORT"));
    fflush(stdout);
    for (;;) pause();
}
"""


class Service(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int
    key: SecretStr
    greeting: str = "hello"


class Images:
    """What is needed to build them."""

    def __init__(self, folder: Path, bundle: Path) -> None:
        self.folder = folder
        self.bundle = bundle
        self.builder = Builder(folder)
        alone = self.builder("from", "scratch")
        self.builder("copy", "--quiet", alone, bundle, bundle)
        self.builder("commit", "--quiet", "--rm", alone, "localhost/bundle")
        self.contract = folder / "contract.json"
        bake(Service, name="service", version="1").dump(self.contract)

    def image(self, name: str, root: Path, command: list[str], *lines: str) -> str:
        """Its name for smoke. root: the files of the application."""
        context = self.folder / name
        context.mkdir()
        root.rename(context / "root")
        shutil.copy(self.contract, context / "contract.json")
        (context / "Dockerfile").write_text(
            "FROM localhost/bundle\n"  # which is nothing but the bundle
            "COPY root /\n"
            "COPY contract.json /etc/confcontract/contract.json\n"
            "ENV CONFCONTRACT_RUNTIME_DIR=/tmp/confcontract\n"
            + "".join(f"{line}\n" for line in lines)
            + "USER 10001:10001\n"
            f"ENTRYPOINT {json.dumps([f'{self.bundle}/bin/confcontract', 'boot', '--'])}\n"
            f"CMD {json.dumps(command)}\n"
        )
        self.builder("build", "--tag", name, context)
        return self.builder.lay_out(name, self.folder / "layout")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory, bundle: Path) -> Iterator[Images]:
    made = Images(tmp_path_factory.mktemp("images"), bundle)
    yield made
    made.builder.remove()


def program(root: Path, name: str) -> None:
    """A program of this machine at its place, with its libraries."""
    found = shutil.which(name)
    assert found is not None
    file = Path(os.path.realpath(found))
    for each in {file, *shared_libraries([file])}:
        copy = root / each.relative_to("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(each, copy)
    if str(file) != found:
        (root / found.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, root / found.lstrip("/"))


def smoked(image: str, values: dict[str, str], folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """What smoke said. It has passed."""
    (folder / "smoke.env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    capsys.readouterr()
    patient = ("--engine", "runc", "--timeout", "300", "--grace", "120")
    try:
        main(["smoke", image, "--env-file", str(folder / "smoke.env"), *patient, *options])
    except SystemExit as ended:
        raise AssertionError(capsys.readouterr().out) from ended
    said = capsys.readouterr().out
    assert "user 10001" in said
    assert "without its configuration it ends with 78" in said
    assert KEY not in said
    return said


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [each for each in programs if shutil.which(each) is None]
    return pytest.mark.skipif(bool(missing), reason=f"install {', '.join(missing)}")


@builds
@needs("node")
def test_a_node_service_boots_with_a_secret_of_openbao(
    images: Images, shared_bao: OpenBao, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared_bao.put("node", {"key": KEY})
    root = tmp_path / "root"
    program(root, "node")
    (root / "server.js").write_text(NODE % KEY)
    image = images.image("node", root, ["node", "/server.js"], "ENV PATH=/usr/bin")
    port = free_port()
    values = {
        "SHOP_PORT": str(port),
        "SHOP_KEY": "vault:secret/node#key",
        "VAULT_ADDR": shared_bao.address,
        "VAULT_TOKEN": shared_bao.token,
    }
    said = smoked(image, values, tmp_path, capsys, "--url", f"http://127.0.0.1:{port}/")
    assert "answers: HTTP 200" in said


@builds
@needs("busybox")
def test_a_static_program_alone_in_its_image_boots_and_is_supervised(
    images: Images, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "root"
    program_of_busybox = shutil.which("busybox")
    assert program_of_busybox is not None
    (root / "www").mkdir(parents=True)
    shutil.copy(program_of_busybox, root / "httpd")
    (root / "www/index.html").write_text("from busybox")
    port = free_port()
    command = ["/httpd", "-f", "-h", "/www", "-p", f"127.0.0.1:{port}"]
    image = images.image(
        "static", root, command, "ENV CONFCONTRACT_SUPERVISE=1", "ENV CONFCONTRACT_RUNTIME_DIR=/tmp/run"
    )
    said = smoked(
        image, {"SHOP_PORT": str(port), "SHOP_KEY": KEY}, tmp_path, capsys, "--url", f"http://127.0.0.1:{port}/"
    )
    assert "answers: HTTP 200" in said


@builds
@needs("musl-gcc")
def test_a_program_of_an_image_with_musl_boots(
    images: Images, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in Alpine: the image has musl's loader and no glibc."""
    root = tmp_path / "root"
    (root / "lib").mkdir(parents=True)
    (tmp_path / "service.c").write_text(MUSL)
    subprocess.run(["musl-gcc", "-o", root / "service", tmp_path / "service.c"], check=True)
    told = subprocess.run(["readelf", "-l", root / "service"], capture_output=True, text=True, check=True).stdout
    loader = Path(told.partition("interpreter: ")[2].partition("]")[0])
    shutil.copy(os.path.realpath(loader), root / "lib" / loader.name)
    image = images.image("musl", root, ["/service"])
    smoked(image, {"SHOP_PORT": "8000", "SHOP_KEY": KEY}, tmp_path, capsys)
