"""A health with its server for a test, checks that do as they are told, and clients that ask."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import jsonschema
import prometheus_client.openmetrics.parser
import prometheus_client.parser

from confcontract.boot.checks.attempt import NotYet
from confcontract.boot.checks.plan import Plan, Target
from confcontract.boot.health.health import APPLICATION, Health
from confcontract.boot.health.metrics import Metrics
from confcontract.boot.health.serving import Server
from confcontract.boot.health.snapshot import Snapshot
from confcontract.boot.health.statuses import UP
from confcontract.contract.schemas import schema_text

# Prometheus' own parsers, which have no types
openmetrics: Callable[[str], Iterable[Any]] = prometheus_client.openmetrics.parser.text_string_to_metric_families
plain: Callable[[str], Iterable[Any]] = prometheus_client.parser.text_string_to_metric_families

SAFETY = 120  # seconds until something that doesn't come is a failure; no test asks how long anything took
CANARY = "canary-5eed-of-health"
SCHEMAS = {"application/json": "health-v1.schema.json", "application/health+json": "health-json-v1.schema.json"}


class Dependency:
    """Something to check: up, down, or silent. Counts how often it was asked, and how many asked at once."""

    def __init__(self, name: str = "database", **check: Any) -> None:
        self.problem: Exception | None = None
        self.hangs = threading.Event()
        self.freed = threading.Event()
        self.asked = 0
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()
        data = {"name": name, "kind": "tcp", "timeout": float(SAFETY), "period": 0.05, **check}
        self.plan = Plan(data, "SHOP_DATABASE_URL", Target(self._attempt, "db.example.com:5432", None))

    def _attempt(self, _until: float) -> str | None:
        with self._lock:
            self.asked += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.hangs.is_set():
                self.freed.wait(SAFETY)
            problem = self.problem  # the test may change it now
            if problem is not None:
                raise problem
            return None
        finally:
            with self._lock:
                self.at_once -= 1

    def fails(self, words: str = "connection refused") -> None:
        self.problem = NotYet(words)

    def works(self) -> None:
        self.problem = None


@contextmanager
def health_of(*dependencies: Dependency, running: bool = True, **options: Any) -> Iterator[Health]:
    """A health that evaluates; the application runs, unless told otherwise."""
    health = Health([one.plan for one in dependencies], **options)
    if running:
        health.note(APPLICATION, UP)
    health.start()
    try:
        yield health
    finally:
        health.stop()
        for one in dependencies:
            one.freed.set()


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str], body: str) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def kind(self) -> str:
        return self.headers["Content-Type"]

    @property
    def data(self) -> Any:
        """The JSON, which is as its published schema says."""
        data = json.loads(self.body)
        if self.kind in SCHEMAS and "error" not in data:
            conforms(data, SCHEMAS[self.kind])
        return data

    def named(self, name: str) -> Any:
        """The entry of a check, a note or a probe."""
        (found,) = (entry for entry in self.data["checks"] if entry["name"] == name)
        return found


def conforms(data: Any, schema: str) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(json.loads(schema_text(schema)), format_checker=checker).validate(data)


class Client:
    """Asks a server over its own connection each time. `where`: the address as Server tells it."""

    def __init__(self, where: str) -> None:
        self.where = where

    def connect(self) -> socket.socket:
        if self.where.startswith("unix:"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(SAFETY)
            connection.connect(self.where.removeprefix("unix:"))
            return connection
        host, _, port = self.where.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=SAFETY)

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("localhost", timeout=SAFETY)
        connection.sock = self.connect()
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()


@contextmanager
def served(health: Health, metrics: Metrics | None = None, address: str = "127.0.0.1:0") -> Iterator[Client]:
    server = Server(health, metrics or Metrics(), address)
    server.start()
    try:
        yield Client(server.address)
    finally:
        server.stop()


def until(condition: Callable[[], object]) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + SAFETY
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


def ready(health: Health) -> str:
    return health.snapshot().ready.status


def told(snapshot: Snapshot) -> dict[str, str]:
    return {verdict.probe: verdict.status for verdict in snapshot}
