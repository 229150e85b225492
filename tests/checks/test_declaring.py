"""Checks as authors write them."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from confcontract import checks
from confcontract.checks import Command, Disk, File, Grpc, Http, Postgres, Python, Tcp, Tls
from confcontract.checks.kinds import class_of
from tests.support.commands import assert_refused, run
from tests.support.stage import CANARY

ROOT = Path(__file__).parents[2]
UNTYPED: Any = checks  # mypy would refuse what is tried here


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


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Tcp("a", "DB", phases=[]),
        lambda: Tcp("a", "DB", phases=["later"]),
        lambda: Tcp("a", "DB", phases="startup"),
        lambda: Tcp("a", "DB", phases=["startup"], critical=["ready"]),
        lambda: Tcp("a", "DB", critical="startup"),
        lambda: Tcp("a", "DB", period=0),
        lambda: Tls("a", "DB", days=-1),
        lambda: Tls("a", "DB", days=float("inf")),
        lambda: Http("a", "API", body="("),
        lambda: Disk("a", "/x", free=0),
        lambda: Disk("a", "/x", free=True),
        lambda: Disk("a", "/x", free="much"),
        lambda: Disk("a", "/x", free="101%"),
        lambda: Disk("a", "/x", free="5 bananas"),
        lambda: Command([]),
        lambda: Command("ls -l"),
        lambda: Command(["a", "b\0"]),
        lambda: Command(["psql", f"postgresql://u:{CANARY}@h/x"]),
        lambda: Python("no_function"),
        lambda: Python("module:"),
        lambda: Python("module:a b"),
        lambda: Grpc("a", "API", service="a\nb"),
        lambda: Postgres("a", f"postgresql://u:{CANARY}@h/x"),
    ],
)
def test_so_is_what_makes_no_sense_of_every_kind(declare: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        declare()
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "stands"),
    [
        (1, 1),
        ("1", 1),
        ("500MB", 500_000_000),
        ("2 GiB", 2 * 1024**3),
        ("1.5kB", 1500),
        ("2tb", 2 * 10**12),
        ("10%", "10%"),
        ("0.50 %", "0.5%"),
    ],
)
def test_room_on_a_disk_is_bytes_or_a_share(given: int | str, stands: int | str) -> None:
    assert Disk("a", "/x", free=given).as_data()["free"] == stands


def test_the_phases_are_in_their_order_and_critical_are_some_of_them() -> None:
    data = Tcp("a", "DB", phases=["live", "startup"], critical=True).as_data()
    assert (data["phases"], data["critical"]) == (["startup", "live"], ["startup", "live"])
    assert Tcp("a", "DB", critical=False).as_data()["critical"] == []
    assert Tcp("a", "DB", critical=["ready"]).as_data()["critical"] == ["ready"]


def rows(*, having: str) -> dict[str, str]:
    """The rows of that table of the how-to page whose head holds a word: the first cell and the rest."""
    page = (Path(__file__).parent.parent.parent / "docs/how-to/checks.md").read_text(encoding="utf-8")
    table = next(part for part in page.split("\n\n") if part.startswith("| check") and having in part)
    return {line.split("`")[1]: line for line in table.splitlines()[2:]}


def test_the_how_to_page_has_every_kind_with_its_parameters() -> None:
    described = rows(having="succeeds when")
    assert sorted(described) == sorted(set(checks.__all__) - {"Check"})
    for name, row in described.items():
        own = set(inspect.signature(getattr(checks, name)).parameters) - {"name", "target", "common", "function"}
        for parameter in own - set(inspect.signature(checks.Check).parameters):
            assert f"`{parameter}`" in row, name


def test_the_how_to_page_has_every_driver_and_its_extra() -> None:
    project = tomllib.loads((Path(__file__).parent.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    for row in rows(having="drivers").values():
        extra = row.split("`")[3].removeprefix("confcontract[").removesuffix("]")
        assert extra in project["project"]["optional-dependencies"]
        if extra != "grpc":
            assert row.split(" | ")[1] == ", ".join(class_of(extra).drivers)


@pytest.mark.parametrize(
    ("declare", "named"),
    [
        (lambda: UNTYPED.Http("a", "API", status=200), "check a: status is a list of HTTP statuses"),
        (lambda: UNTYPED.Http("a", "API", status=[200.0]), "check a: status is a list of HTTP statuses"),
        (lambda: UNTYPED.Http("a", "API", path=None), "check a: path"),
        (lambda: UNTYPED.Http("a", "API", headers="Accept: text/plain"), "check a: headers"),
        (lambda: UNTYPED.Http("a", "API", headers={"X": 1}), "check a: header 'X'"),
        (lambda: UNTYPED.Http("a", "API", headers={"X": "caf\u00e9"}), "check a: header 'X'"),
        (lambda: UNTYPED.Http("a", "API", headers={"X Y": "1"}), "check a: 'X Y'"),
        (lambda: UNTYPED.Http(body=b"ok"), "Http: body"),
        (lambda: UNTYPED.Tcp(phases=1), "Tcp: phases is a list of startup, ready, live"),
        (lambda: UNTYPED.Tcp(phases=[["ready"]]), "Tcp: phases is a list of startup, ready, live"),
        (lambda: UNTYPED.Tcp(critical=1), "Tcp: critical is a list of startup, ready"),
        (lambda: UNTYPED.File(require=None), "File: require is a list of exists, readable, writable, private"),
        (lambda: UNTYPED.Grpc(service=None), "Grpc: service"),
        (lambda: UNTYPED.Grpc(tls="no"), "Grpc: tls is True or False"),
        (lambda: UNTYPED.Postgres(plain_connection="no"), "Postgres: plain_connection is True or False"),
        (lambda: UNTYPED.Command(None), "Command: argv is a list of texts"),
        (lambda: UNTYPED.Command({"ls": 1}), "Command: argv is a list of texts"),
        (lambda: UNTYPED.Python(None), 'Python: function is not a "module:function"'),
    ],
)
def test_what_is_of_a_wrong_type_is_refused_by_kind_and_parameter(declare: Callable[[], Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(named)}"):
        declare()


def test_statuses_may_be_a_range_or_members_of_the_enumeration() -> None:
    assert Http("a", "API", status=range(200, 203)).as_data()["status"] == [200, 201, 202]
    assert str(Http("a", "API", status=[HTTPStatus.OK]).as_data()["status"]) == "[200]"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Annotated[str, Http(status=200)]", "line 8: Http: status is a list of HTTP statuses"),
        ("Annotated[str, Tcp(timeuot=2)]", "line 8: Tcp takes no argument 'timeuot': did you mean 'timeout'?"),
        ("Annotated[str, Http(timeuot=2)]", "line 8: Check.__init__() got an unexpected keyword argument 'timeuot'"),
        ("confcontract.Tcp(\n    timeuot=2)", "confcontract.Tcp takes no argument 'timeuot': did you mean 'timeout'?"),
        ("(lambda url: url)(**{'canary': 1})", "importing wrong failed with TypeError at wrong.py, line 8 ["),
        (
            "(_ for _ in ()).throw(TypeError('canary got an unexpected keyword argument'))",
            "importing wrong failed with TypeError at wrong.py, line 8 [",
        ),
        ("Annotated[str, OnChange('SIGKILL')]", "line 8: OnChange() takes"),
        ("declare(Settings, checks=[Tcp('db')])", "line 8: a check in declare() needs a name and a target"),
        ("declare(Settings, checks=['db'])", "line 8: a check in declare() needs a name and a target"),
        ("declare(Settings, given={'ulr'})", "line 8: Settings takes no argument 'ulr': did you mean 'url'?"),
        ("declare(Settings, given='canary')", "line 8: given takes names of arguments"),
        ("int('canary')", "importing wrong failed with ValueError at wrong.py, line 8 ["),
    ],
)
def test_bake_says_in_the_check_s_own_words_what_is_wrong_with_it(tmp_path: Path, line: str, said: str) -> None:
    head = """import confcontract
from typing import Annotated
from pydantic_settings import BaseSettings
from confcontract import Http, OnChange, Tcp, declare
class Settings(BaseSettings):
    url: str
"""
    (tmp_path / "wrong.py").write_text(f"{head}\nX = {line}\n")
    done = run("bake", "wrong:Settings", "-o", "out", cwd=tmp_path, environ={"COLUMNS": "500"})
    assert_refused(done, said)
    assert "canary" not in done.stdout + done.stderr
