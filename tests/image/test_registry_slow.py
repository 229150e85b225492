"""Registries that send a little now and then: nothing that waits for the next byte would ever give up."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from confcontract.image import registry_patience, registry_session
from tests.image.test_registry import IN, refused
from tests.support.images import Layout, files


@contextmanager
def dripping(answers: dict[str, bytes], slow: str, headers: bool, asked: Callable[[str], None]) -> Iterator[str]:
    """Its host. slow: the path whose answer comes byte by byte, with its headers or without them.

    asked: called with each path before it is answered, and with an empty one where TLS is tried.
    """
    over = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection:
            request = connection.recv(65536)
            if not request.startswith(b"GET "):  # TLS is tried first
                asked("")
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            path = request.split()[1].decode()
            asked(path)
            body = answers[path]
            head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
            if path != slow:
                connection.sendall(head + body)
                return
            begin, rest = (b"", head + body) if headers else (head, body)
            try:
                connection.sendall(begin)
                while rest and not over.wait(0.02):
                    connection.sendall(rest[:1])
                    rest = rest[1:] + b" "  # it never ends
            except OSError:
                return  # whoever asked has gone

    def accept(server: socket.socket) -> None:
        while True:
            try:
                connection = server.accept()[0]
            except OSError:
                return
            threading.Thread(target=answer, args=[connection], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=[server], daemon=True).start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("headers", [True, False], ids=["headers", "body"])
@pytest.mark.parametrize("part", ["manifest", "configuration", "layer"])
def test_an_answer_that_drips_is_given_up(
    part: str, headers: bool, tmp_path: Path, baked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_patience, "SLOWEST", 1e6)
    made = Layout(tmp_path / "layout")
    manifest = made.image([files(**{IN: baked})])
    content = {f"sha256:{each.name}": each.read_bytes() for each in made.folder.glob("blobs/sha256/*")}
    answers = {f"/v2/shop/blobs/{digest}": body for digest, body in content.items()}
    answers["/v2/shop/manifests/1"] = content[manifest["digest"]]
    listed = json.loads(content[manifest["digest"]])
    names = {
        "manifest": "/v2/shop/manifests/1",
        "configuration": f"/v2/shop/blobs/{listed['config']['digest']}",
        "layer": f"/v2/shop/blobs/{listed['layers'][0]['digest']}",
    }
    # The limit of a request is read before it is sent, that of a body with the body: what is not slow may take long.
    paths = ["", *names.values()]
    until = paths[paths.index(names[part]) - 1] if headers else names[part]
    module = registry_session if headers else registry_patience

    def asked(path: str) -> None:
        if path == until:
            monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)

    with dripping(answers, names[part], headers, asked) as host:
        problem = refused(f"docker://{host}/shop:1")
    assert problem.code == "registry-unavailable"
    assert ("did not answer in time" if headers else "answers too slowly") in problem.message
