"""Debian's docker-registry on this machine, open to everybody; it has no API for referrers."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.vault.openbao import free_port


@dataclass
class Registry:
    folder: Path
    process: subprocess.Popen[bytes]
    host: str

    @property
    def asked(self) -> list[str]:
        """Paths of the requests for blobs, as its log has them."""
        log = (self.folder / "log").read_text(encoding="utf-8")
        return [line.split('"GET ')[1].split()[0] for line in log.splitlines() if '"GET ' in line and "/blobs/" in line]

    def push(self, layout: Path, name: str, tag: str = "") -> str:
        """An image of a layout, by skopeo. name: REPO:TAG here. The digest of its manifest."""
        copy = ["skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false"]
        copy += ["--digestfile", str(self.folder / "digest")]
        copy += [f"oci:{layout}{f':{tag}' if tag else ''}", f"docker://{self.host}/{name}"]
        subprocess.run(copy, check=True, capture_output=True)
        return (self.folder / "digest").read_text(encoding="utf-8").strip()


@contextmanager
def docker_registry(folder: Path) -> Iterator[Registry]:
    host = f"127.0.0.1:{free_port()}"
    (folder / "config.yml").write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\nhttp: {{addr: '{host}'}}\n"
    )
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://{host}/v2/", timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < end, (folder / "log").read_text()
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield Registry(folder, process, host)
    finally:
        process.terminate()
        process.wait(20)
