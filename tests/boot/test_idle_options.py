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


@pytest.mark.parametrize("pattern", ["SHOP_PORT", "SHOP_*", "vault_token", "NOVAULT_*", "_", "PATH"])
def test_a_name_that_is_handed_over_anyway_is_not_to_be_kept(site: Make, pattern: str) -> None:
    made = site(Shop)
    done = made.boot("--keep", "VAULT_TOKEN", "--keep", pattern)
    assert done.code == 64
    assert f"--keep {pattern} has no effect" in done.report
    assert "the command gets every variable but VAULT_*, BAO_*, CONFCONTRACT_*" in done.report


@pytest.mark.parametrize("pattern", ["VAULT_TOKEN", "VAULT_*", "BAO_ADDR", "CONFCONTRACT_X", "VA*", "V*", "*"])
def test_a_name_that_may_be_held_back_can_be_kept(site: Make, pattern: str) -> None:
    done = site(Shop).boot("--keep", pattern)
    assert done.code == 0, done.err


def test_a_value_that_is_written_beside_a_name_to_be_kept_is_not_shown(site: Make) -> None:
    done = site(Shop).boot("--keep", "SHOP_KEY=hunter2")
    assert done.code == 64
    assert "--keep SHOP_KEY has no effect" in done.report
    assert "hunter2" not in done.err


def test_a_directory_for_secrets_is_refused_where_there_are_no_files(site: Make) -> None:
    made = site(Shop)
    done = made.boot("--secrets-dir", "/dev/shm/nobody-s", "--deliver", "memfd")
    assert done.code == 64
    assert "--secrets-dir has no effect without --deliver files" in done.report
    warned = made.boot(environ={"CONFCONTRACT_DELIVER_DIR": "/dev/shm/nobody-s"})
    assert warned.code == 0
    assert "CONFCONTRACT_DELIVER_DIR has no effect without --deliver files" in warned.report
