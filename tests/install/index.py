"""A package index on loopback that holds empty wheels, made here: only their names, releases and needs are real."""

from __future__ import annotations

import hashlib
import html
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.distributions import metadata


class Index:
    """A folder as `simple/NAME/` pages have it: fill it with `add`, then serve it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, release: str, needs: Sequence[str] = (), extras: Sequence[str] = ()) -> str:
        """Put an empty wheel into the index; returns its hash as a lock file has it."""
        page = self.folder / "simple" / name
        page.mkdir(parents=True, exist_ok=True)
        stem = f"{name.replace('-', '_').replace('.', '_')}-{release}"
        wheel = page / f"{stem}-py3-none-any.whl"
        lines = [f"Provides-Extra: {extra}" for extra in extras] + [f"Requires-Dist: {need}" for need in needs]
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{stem}.dist-info/METADATA", metadata(name, release, *lines))
            archive.writestr(
                f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{stem}.dist-info/RECORD", "")
        links = [f'<a href="{file.name}">{html.escape(file.name)}</a>' for file in sorted(page.glob("*.whl"))]
        (page / "index.html").write_text("<!DOCTYPE html>\n" + "\n".join(links), encoding="utf-8")
        return f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its address, for as long as it is served."""
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(self.folder))) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/simple/"
            finally:
                server.shutdown()
                thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for all pages

    def log_message(self, format: str, *arguments: object) -> None:
        return
