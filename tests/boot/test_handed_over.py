"""The environment of the command: exactly what resolve() promised, nothing of boot's own, and nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.booting import CANARY, PLAIN, Site
from tests.support.classes import IgnoresEmpty, Sensitive, Shop, Unprefixed

Make = Callable[..., Site]

OURS = {
    "VAULT_ADDR": "http://127.0.0.1:1",
    "VAULT_TOKEN": CANARY,
    "VAULT_ANYTHING": "x",
    "BAO_TOKEN": CANARY,
    "BAO_ADDR": "http://127.0.0.1:1",
    "CONFCONTRACT_DEBUG": "1",
    "CONFCONTRACT_ANYTHING": "x",
}
NOT_OURS = {"VAULT": "x", "MY_VAULT_TOKEN": "x", "vault_token": "x", "BAOBAB": "x", "CONFCONTRACTOR": "x", "_": "x"}


def test_boots_own_variables_are_removed_and_no_others(site: Make) -> None:
    given = site(Shop).boot(environ={**OURS, **NOT_OURS}).environ
    assert given == {**PLAIN, **NOT_OURS}


def test_what_an_env_file_addresses_to_boot_is_removed_too(site: Make) -> None:
    made = site(Shop)
    path = made.file("prod.env", f"VAULT_TOKEN={CANARY}\nOTHER=x\n")
    assert made.boot("--env-file", path).environ == {**PLAIN, "OTHER": "x"}


@pytest.mark.parametrize(
    ("keep", "stays"),
    [
        (["VAULT_ADDR"], {"VAULT_ADDR"}),
        (["VAULT_ADDR", "BAO_TOKEN"], {"VAULT_ADDR", "BAO_TOKEN"}),
        (["VAULT_*"], {"VAULT_ADDR", "VAULT_TOKEN", "VAULT_ANYTHING"}),
        (["VAULT_NOT_SET"], set()),
        (["VAULT_A*"], {"VAULT_ADDR", "VAULT_ANYTHING"}),
    ],
)
def test_keep_names_what_stays(site: Make, keep: list[str], stays: set[str]) -> None:
    options = [word for name in keep for word in ("--keep", name)]
    given = site(Shop).boot(*options, environ=OURS).environ
    assert set(given) - set(PLAIN) == stays


@pytest.mark.parametrize(
    "environ",
    [
        {"VAULT_ADDR": "a", "BAO_REGION": "b", "CONFCONTRACT_MODE": "c"},
        {"Vault_Addr": "a", "bao_region": "b", "CONFCONTRACT_OLD_MODE": "c"},
        {"VAULT_ADDR": "a", "Bao_Region": "b", "CONFCONTRACT_Old_Mode": "c", "VAULT_TOKEN": CANARY},
        {"BAO_region": "b", "VAULT_addr": "a"},
    ],
)
def test_declared_names_stay_under_every_spelling(site: Make, environ: dict[str, str]) -> None:
    made = site(Unprefixed)
    result = made.resolve(environ)
    given, settings = made.start_app(environ)
    assert settings == result.values
    assert set(given) == {*PLAIN, *environ} - {"VAULT_TOKEN"}


def test_what_the_result_promises_is_what_the_application_gets(site: Make) -> None:
    made = site(Shop)
    assert made.boot(environ=OURS).environ == dict(made.resolve(OURS).environ)


def test_an_env_files_undeclared_names_are_handed_over(site: Make) -> None:
    made = site(Shop)
    made.file("conf.d/a.env", "TZ=Europe/Vienna\nSHOP_PORT=81\n")
    path = made.file("prod.env", "PYTHONUNBUFFERED=1\nTZ=UTC\n")
    result = made.agree({"OTHER": "x"}, [path])
    assert {"TZ": "UTC", "PYTHONUNBUFFERED": "1", "OTHER": "x", "SHOP_PORT": "81"}.items() <= result.environ.items()


def test_a_name_without_a_value_in_an_env_file_sets_nothing(site: Make) -> None:
    made = site(Shop)
    result = made.agree({}, [made.file("prod.env", "SHOP_PASSWORD\nSHOP_PORT=82\n")])
    assert "SHOP_PASSWORD" not in result.environ


VALUES = {
    "spaces at both ends": "  x  ",
    "a line end": "a\nb\n",
    "an equals sign": "a=b=c",
    "quotes": "'\"",
    "a dollar": "${HOME} $HOME $(id)",
    "a backslash": "\\n\\t\\",
    "letters of other scripts": "Grüße 価格 🐈",
    "control characters": "\x01\x1b[31m\x7f",
    "bytes that are not UTF-8": "\udcff\udcfe",
    "a reference in the middle": "see vault:secret/shop#password",
}


@pytest.mark.parametrize("what", VALUES)
def test_a_value_arrives_as_it_was_given(site: Make, what: str) -> None:
    made = site(Shop)
    environ = {"SHOP_HOST": VALUES[what], "OTHER": VALUES[what]}
    if what == "bytes that are not UTF-8":
        environ["SHOP_HOST"] = "x"
    assert made.agree(environ).environ == {**PLAIN, **environ}


def test_undecodable_bytes_in_a_declared_variable_are_what_the_application_makes_of_them(site: Make) -> None:
    made = site(Shop)
    environ = {"SHOP_HOST": "\udcff"}
    done = made.boot(environ=environ)
    try:
        expected = made.settings_in({**PLAIN, **environ})
    except ValueError:
        assert done.code == 78
        assert done.named() == {"SHOP_HOST"}
    else:
        assert done.environ["SHOP_HOST"] == "\udcff"
        assert made.resolve(environ).values == expected


def test_what_a_value_from_vault_becomes_is_what_the_application_reads(site: Make, vault: dict[str, str]) -> None:
    """Vault has a number and a list; an environment has text."""
    made = site(Shop)
    environ = {"SHOP_PORT": "vault:secret/shop#port", "SHOP_TAGS": "vault:secret/shop#tags", **vault}
    given, settings = made.start_app(environ)
    assert given == {**PLAIN, "SHOP_PORT": "8443", "SHOP_TAGS": given["SHOP_TAGS"]}
    assert json.loads(given["SHOP_TAGS"]) == ["a", "b"]
    assert (settings["port"], settings["tags"]) == (8443, ["a", "b"])


@pytest.mark.parametrize(
    "environ",
    [
        {"SHOP_PORT": "1", "shop_port": "2"},
        {"shop_port": "2", "SHOP_PORT": "1"},
        {"SHOP_PORT": "1", "Shop_Port": "3", "shop_port": "2", "OTHER": "x"},
        {"SHOP_DATABASE": '{"pool": 3}', "shop_database__pool": "4"},
    ],
)
def test_names_that_differ_only_in_case_give_what_the_application_would_see(
    site: Make, environ: dict[str, str]
) -> None:
    made = site(Shop)
    result = made.resolve(environ)
    given, settings = made.start_app(environ)
    assert [name for name in given if name in environ] == list(environ)
    assert settings == result.values


def test_where_case_matters_names_that_differ_in_it_are_two(site: Make) -> None:
    made = site(Sensitive)
    result = made.agree({"Shop_Host": "A", "Shop_host": "b", "shop_host": "ignored"})
    assert (result.values["Host"], result.values["host"]) == ("A", "b")
    assert not [problem for problem in result.problems if problem.code == "name-twice"]


@pytest.mark.parametrize(
    "name",
    [
        "SHOP_HOST",
        "SHOP_PORT",
        "SHOP_DEBUG",
        "SHOP_TAGS",
        "SHOP_LIMITS",
        "SHOP_RATIO",
        "SHOP_DATABASE",
        "SHOP_DATABASE__POOL",
        "SHOP_PASSWORD",
    ],
)
@pytest.mark.parametrize("settings", [Shop, IgnoresEmpty])
def test_the_empty_string_is_what_pydantic_settings_makes_of_it(site: Make, settings: type[Shop], name: str) -> None:
    made = site(settings)
    environ = {name: ""}
    result = made.resolve(environ)
    try:
        expected = made.settings_in({**PLAIN, **environ})
    except ValueError:
        assert not result.ok
        assert {problem.variable for problem in result.problems if problem.severity == "error"} == {name}
    else:
        assert result.ok, result.problems
        assert result.values == expected


def test_a_thousand_arguments_and_odd_ones_arrive(site: Make, tmp_path: Path) -> None:
    words = ["--", "--help", "-x", "", "a b", "$HOME", "ü", *("x" * 100 for _ in range(1000))]
    done = site(Shop).boot(command=("/usr/bin/printf", "%s\\0", *words))
    assert done.raw.decode().split("\0")[:-1] == words
