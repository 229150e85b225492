"""The part of GitHub's API that comments are written with, on this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

TOKEN = "ghs_" + "c0nf" * 9
_COMMENTS = re.compile(r"/repos/shop/shop/issues/7/comments\?per_page=(\d+)&page=(\d+)")


class GitHub:
    """refuses: the status of whatever would write, None where the token may."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.refuses: int | None = None
        self.url = ""

    def add(self, body: str, kind: str = "User") -> dict[str, Any]:
        comment = {"id": 100 + len(self.comments), "body": body, "user": {"login": "x", "type": kind}}
        self.comments.append(comment)
        return comment

    def answer(self, method: str, path: str, token: str, data: Any) -> tuple[int, Any]:
        self.requests.append(method)
        if token != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if method == "GET" and (asked := _COMMENTS.fullmatch(path)):
            size, page = map(int, asked.groups())
            return 200, self.comments[size * (page - 1) : size * page]
        if self.refuses:
            return self.refuses, {"message": "Resource not accessible by integration"}
        if method == "POST" and path == "/repos/shop/shop/issues/7/comments":
            return 201, self.add(data["body"], "Bot")
        for comment in self.comments:
            if method == "PATCH" and path == f"/repos/shop/shop/issues/comments/{comment['id']}":
                comment["body"] = data["body"]
                return 200, comment
        return 404, {"message": "Not Found"}


@contextmanager
def serving() -> Iterator[GitHub]:
    github = GitHub()

    class Request(BaseHTTPRequestHandler):
        def _do(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            data = json.loads(self.rfile.read(size)) if size else None
            token = self.headers.get("Authorization", "")
            status, told = github.answer(self.command, self.path, token, data)
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = _do

        def log_message(self, format: str, *args: object) -> None:
            """Not on the terminal of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Request) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        github.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield github
        finally:
            server.shutdown()
            thread.join()
