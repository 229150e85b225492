"""Debian's docker-registry on this machine: open to everybody, or with TLS and a password. It has no API for referrers."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.programs import needs
from tests.support.vault.openbao import free_port

needs_registry = needs("skopeo", "docker-registry", "openssl")
USER = "ada"
PASSWORD = "canary-4411"
# bcrypt of the password, the only form that docker-registry takes
_HTPASSWD = f"{USER}:$2b$05$abcdefghijklmnopqrstuudmVbhDJ0RvM8qPECCbpYqzesMfO5DSu\n"


@dataclass(frozen=True)
class Registry:
    """authority: the certificate of the one that signed, where there is TLS."""

    folder: Path
    host: str
    authority: Path | None = None

    @property
    def asked(self) -> list[str]:
        """Paths of the requests for blobs, as its log has them."""
        log = (self.folder / "log").read_text(encoding="utf-8")
        return [line.split('"GET ')[1].split()[0] for line in log.splitlines() if '"GET ' in line and "/blobs/" in line]

    def push(self, layout: Path, name: str, tag: str = "") -> str:
        """An image of a layout, by skopeo. name: REPO:TAG here. The digest of its manifest."""
        copy = ["skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false"]
        if self.authority is not None:
            (self.folder / "skopeo.json").write_text("{}", encoding="utf-8")
            copy += ["--authfile", str(self.folder / "skopeo.json"), "--dest-creds", f"{USER}:{PASSWORD}"]
        copy += ["--digestfile", str(self.folder / "digest"), f"oci:{layout}{f':{tag}' if tag else ''}"]
        copy.append(f"docker://{self.host}/{name}")
        subprocess.run(copy, check=True, capture_output=True)
        return (self.folder / "digest").read_text(encoding="utf-8").strip()


@contextmanager
def docker_registry(folder: Path, *, secured: bool = False) -> Iterator[Registry]:
    """secured: with TLS, by an authority of its own, and a password."""
    host = f"127.0.0.1:{free_port()}"
    http: dict[str, object] = {"addr": host}
    config: dict[str, object] = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": http,
    }
    authority = None
    if secured:
        authority, certificate, key = issued(folder)
        (folder / "htpasswd").write_text(_HTPASSWD, encoding="utf-8")
        http["tls"] = {"certificate": str(certificate), "key": str(key)}
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=log, stderr=log)
    try:
        made = Registry(folder, host, authority)
        _wait(made, process)
        yield made
    finally:
        process.terminate()
        process.wait(20)


def issued(folder: Path) -> tuple[Path, Path, Path]:
    """An authority's certificate, and certificate and key for this machine."""
    ca, ca_key, certificate, key = (folder / name for name in ("ca.crt", "ca.key", "server.crt", "server.key"))
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run(
        [*make, "-subj", "/CN=authority of a test", "-keyout", ca_key, "-out", ca], check=True, capture_output=True
    )
    by_it: list[str | Path] = ["-CA", ca, "-CAkey", ca_key, "-addext", "basicConstraints=critical,CA:FALSE"]
    names = ["-subj", "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, *by_it, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return ca, certificate, key


def _wait(registry: Registry, process: subprocess.Popen[bytes]) -> None:
    log = registry.folder / "log"
    context = None if registry.authority is None else ssl.create_default_context(cafile=str(registry.authority))
    scheme = "http" if context is None else "https"
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{scheme}://{registry.host}/v2/", timeout=5, context=context).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 401:  # it wants a password, as it should
                return
            raise
        except OSError:
            assert time.monotonic() < end, log.read_text()
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
