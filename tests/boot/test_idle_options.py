"""An option that has no effect beside the others is not accepted in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.booting import Site
from tests.support.classes import Shop

Make = Callable[..., Site]
SUPERVISED = [("--health-addr", "127.0.0.1:0"), ("--grace", "5"), ("--poll", "5")]


@pytest.mark.parametrize("option", SUPERVISED)
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_what_only_a_supervisor_does_is_refused_without_one(
    site: Make, option: tuple[str, str], more: tuple[str, ...]
) -> None:
    made = site(Shop)
    done = made.boot(*option, *more)
    assert done.code == 64
    assert f"{option[0]} has no effect without --supervise" in done.report
    assert f"add --supervise, or leave {option[0]} out" in done.report


def test_a_supervisor_by_its_variable_is_one(site: Make) -> None:
    made = site(Shop)
    options = [word for option in SUPERVISED for word in option]
    done = made.boot(*options, environ={"CONFCONTRACT_SUPERVISE": "1", "XDG_RUNTIME_DIR": str(made.directory)})
    assert done.code == 0, done.err
    assert "no effect" not in done.err


@pytest.mark.parametrize("name", ["CONFCONTRACT_HEALTH_ADDR", "CONFCONTRACT_GRACE", "CONFCONTRACT_POLL"])
def test_their_variables_are_warned_about(site: Make, name: str) -> None:
    made = site(Shop)
    done = made.boot(environ={name: "5"})
    assert done.code == 0
    assert f"{name} has no effect without --supervise" in done.report
    unset = made.boot(environ={name: ""})
    assert "no effect" not in unset.err


def test_a_directory_for_secrets_is_refused_where_there_are_no_files(site: Make) -> None:
    made = site(Shop)
    done = made.boot("--secrets-dir", "/dev/shm/nobody-s", "--deliver", "memfd")
    assert done.code == 64
    assert "--secrets-dir has no effect without --deliver files" in done.report
    warned = made.boot(environ={"CONFCONTRACT_DELIVER_DIR": "/dev/shm/nobody-s"})
    assert warned.code == 0
    assert "CONFCONTRACT_DELIVER_DIR has no effect without --deliver files" in warned.report
