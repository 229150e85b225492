"""Checks as authors write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from confcontract.checks import File, Http, Tcp
from tests.checks.stage import (
    CANARY,
)


def test_checks_become_the_data_of_the_contract() -> None:
    times = {"timeout": 2.0, "interval": 0.5, "deadline": 30.0, "period": 10.0}
    shared = {"phases": ["startup", "ready"], "critical": ["startup"]} | times
    own = shared | {"critical": ["startup", "ready"]}
    tcp: dict[str, Any] = {"name": "database", "kind": "tcp", "target": "DB"}
    assert Tcp("database", "DB").as_data() == tcp | shared
    http: dict[str, Any] = {"name": "api", "kind": "http", "target": "API", "status": [200], "path": "/healthz"}
    declared = Http("api", "API", path="/healthz", headers={"X": "1"}, timeout=1)
    assert declared.as_data() == http | shared | {"headers": {"X": "1"}, "timeout": 1.0}
    file: dict[str, Any] = {"name": "data", "kind": "file", "target": "/data", "require": ["writable"]}
    assert File("data", "/data", require=["writable"]).as_data() == file | own
    assert repr(Tcp("database", "DB")) == "Tcp('database', 'DB')"


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Tcp("", "DB"),
        lambda: Tcp("a", " "),
        lambda: Tcp("a", f"redis://u:{CANARY}@h"),
        lambda: Tcp("a", "DB", timeout=0),
        lambda: Tcp("a", "DB", timeout=float("nan")),
        lambda: Tcp("a", "DB", deadline=-1),
        lambda: Tcp("a", "DB", interval=True),
        lambda: Http("a", "API", path="healthz"),
        lambda: Http("a", "API", path="/a b"),
        lambda: Http("a", "API", status=[]),
        lambda: Http("a", "API", status=[99]),
        lambda: Http("a", "API", headers={"Authorization": CANARY}),
        lambda: Http("a", "API", headers={"X": "1\r\nY: 2"}),
        lambda: File("a", "/x", require=["executable"]),
        lambda: File("a", "/x", require=[]),
        lambda: File("a", "/x", require="exists"),
    ],
)
def test_what_makes_no_sense_or_holds_credentials_is_refused_where_it_is_declared(declare: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        declare()
    assert CANARY not in str(caught.value)
