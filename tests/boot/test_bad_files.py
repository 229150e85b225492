"""Env files and environments as they shouldn't be: huge, damaged, odd. Never a traceback, never a lost value."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from dotenv import dotenv_values

from tests.support.booting import CANARY, PLAIN, Site
from tests.support.classes import Shop

Make = Callable[..., Site]

READABLE = {
    "a byte order mark": b"\xef\xbb\xbfSHOP_PORT=81\n",
    "Windows line ends": b"SHOP_PORT=81\r\nSHOP_HOST=h\r\n",
    "old Macintosh line ends": b"SHOP_PORT=81\rSHOP_HOST=h\r",
    "no line end at the end": b"SHOP_HOST=h\nSHOP_PORT=81",
    "export, comments and white space": b"# x\n\n  export SHOP_PORT = 81  # y\n\t\nSHOP_HOST='a # b' # c\n",
    "a quoted value over lines": b'SHOP_HOST="a\nb"\nSHOP_PORT=81\n',
    "escapes": b'SHOP_HOST="a\\nb\\"c"\nOTHER=\'a\\nb\'\n',
    "expansion": b"A=81\nSHOP_PORT=${A}\nSHOP_HOST=${NOWHERE:-dflt}\nB='${A}'\nC=$A\n",
    "other scripts": "SHOP_HOST=Grüße 価格\n".encode(),
    "empty": b"",
    "only a comment": b"# nothing",
    "an empty value": b"SHOP_HOST=\nSHOP_DEBUG=1\n",
    "an equals sign in the value": b"SHOP_HOST=a=b\n",
    "a dash and a dot in a name": b"a-b.c=1\nSHOP_PORT=81\n",
}


@pytest.mark.parametrize("what", READABLE)
@pytest.mark.parametrize("place", ["env file", "conf.d"])
def test_a_file_means_what_python_dotenv_takes_it_to_mean(site: Make, what: str, place: str) -> None:
    made = site(Shop)
    path = made.file("prod.env" if place == "env file" else "conf.d/a.env", READABLE[what])
    expected = {name: value for name, value in dotenv_values(path, encoding="utf-8-sig").items() if value is not None}
    result = made.agree({}, [path] if place == "env file" else [])
    assert result.environ == {**PLAIN, **expected}
    assert not [problem for problem in result.problems if problem.code.startswith("source-")]


DAMAGED = {
    "NUL": (b"SHOP_HOST=a\0b\n", "NUL", "line 1"),
    "a quote that is not closed": (
        b"SHOP_PORT=1\nSHOP_HOST='abc\nSHOP_DEBUG=1\n",
        "has a quote that is not closed",
        "line 2",
    ),
    "a colon in place of =": (b"SHOP_PORT: 1\n", "is not NAME=VALUE;", "line 1"),
    "a line that is none": (b"SHOP_PORT=1\n= x\n", "is not NAME=VALUE", "line 2"),
    "another encoding": (b"SHOP_PORT=1\nSHOP_HOST=Gr\xfc\xdfe\n", "not UTF-8", "line 2"),
    "UTF-16": ("SHOP_PORT=1\n".encode("utf-16"), "not UTF-8", "line 1"),
}


@pytest.mark.parametrize("what", DAMAGED)
@pytest.mark.parametrize("place", ["env file", "conf.d"])
def test_a_damaged_file_stops_boot_and_the_line_is_told(site: Make, what: str, place: str) -> None:
    content, told, line = DAMAGED[what]
    made = site(Shop)
    path = made.file("prod.env" if place == "env file" else "conf.d/a.env", content)
    done = made.boot(*(("--env-file", path) if place == "env file" else ()))
    assert (done.code, done.out) == (78, "")
    assert told in done.report
    assert line in done.report
    assert str(path) in done.report.replace(" ", "")
    assert "Traceback" not in done.err
    assert "abc" not in done.err


@pytest.mark.parametrize("option", ["--env-file", "--conf-dir"])
@pytest.mark.parametrize("kind", ["missing", "the wrong kind", "unreadable", "a loop"])
def test_a_path_that_cannot_be_read_stops_boot(site: Make, option: str, kind: str) -> None:
    from tests.support.booting import without_privileges

    made = site(Shop)
    path = made.directory / "it"
    if kind == "the wrong kind":
        path.mkdir() if option == "--env-file" else path.write_text("")
    elif kind == "unreadable":
        path.mkdir() if option == "--conf-dir" else path.write_text("")
        path.chmod(0)
    elif kind == "a loop":
        path.symlink_to(path)
    done = made.boot(option, path, under=without_privileges())
    if (option, kind) == ("--conf-dir", "missing"):
        assert (done.code, done.out) == (64, "")
        assert "does not exist" in done.report
        return
    assert (done.code, done.out) == (78, "")
    assert done.reason["problems"][0]["code"] == "source-unreadable"
    assert str(path) in done.report.replace(" ", "")


def test_one_hundred_thousand_lines(site: Make) -> None:
    made = site(Shop)
    lines = [f"SHOP_PORT={number % 60000 + 1}\n" if number % 2 else "# comment\n" for number in range(100_000)]
    path = made.file("prod.env", "".join(lines))
    result = made.agree({}, [path])
    assert result.values["port"] == 99_999 % 60000 + 1
    assert result.sources["SHOP_PORT"].detail.endswith("line 100000")


def test_thousands_of_bad_lines_are_not_all_told(site: Make) -> None:
    made = site(Shop)
    done = made.boot("--env-file", made.file("prod.env", "= x\n" * 20_000))
    assert done.code == 78
    assert len(done.err.splitlines()) < 200
    assert "19980 more lines" in done.report


def test_ten_thousand_variables(site: Make) -> None:
    made = site(Shop)
    environ = {f"OTHER_{number}": "x" for number in range(5_000)}
    path = made.file("prod.env", "".join(f"MORE_{number}=y\n" for number in range(5_000)))
    result = made.agree({**environ, "SHOP_PORT": "81"}, [path])
    assert len(result.environ) == 10_001 + len(PLAIN)


def test_thousands_of_unknown_names_give_a_report_all_the_same(site: Make) -> None:
    environ = {f"SHOP_X{number}": "x" for number in range(2_000)}
    done = site(Shop).boot("--strict", environ=environ)
    assert done.code == 78
    assert done.reason["omitted"] > 50
    assert "1900 more names begin like this application's settings" in done.report
    assert len(done.err.splitlines()[-1]) < 4096


@pytest.mark.parametrize("place", ["env file", "secret file"])
def test_a_value_of_a_megabyte_that_exec_refuses_is_told_by_its_name(site: Make, place: str) -> None:
    """Linux takes no string longer than 128 KiB: the application could not be started directly either."""
    made = site(Shop)
    big = CANARY + "x" * 1_000_000
    if place == "env file":
        done = made.boot("--env-file", made.file("prod.env", f"SHOP_HOST={big}\n"))
    else:
        done = made.boot(environ={"SHOP_PASSWORD_FILE": str(made.file("secret", big))})
    name = "SHOP_HOST" if place == "env file" else "SHOP_PASSWORD"
    assert done.code == 126
    assert name in done.err
    assert CANARY not in done.err
    assert len(done.err) < 10_000


def test_a_value_that_just_fits_arrives(site: Make) -> None:
    made = site(Shop)
    value = "x" * (128 * 1024 - len("SHOP_HOST=") - 1)
    assert made.boot("--env-file", made.file("prod.env", f"SHOP_HOST={value}\n")).environ["SHOP_HOST"] == value


def test_a_huge_wrong_value_is_cut_in_the_report(site: Make) -> None:
    made = site(Shop)
    done = made.boot("--env-file", made.file("prod.env", f"SHOP_PORT={'9x' * 500_000}\n"))
    assert (done.code, done.named()) == (78, {"SHOP_PORT"})
    assert len(done.err) < 10_000


@pytest.mark.parametrize("value", ["9" * 5_000, "-" * 100, "[" * 100_000, '{"a":' * 100_000, "1e999", "NaN"])
@pytest.mark.parametrize("name", ["SHOP_PORT", "SHOP_LIMITS", "SHOP_DATABASE", "SHOP_RATIO"])
def test_hostile_values_get_a_verdict(site: Make, name: str, value: str) -> None:
    made = site(Shop)
    done = (
        made.boot(environ={name: value})
        if len(value) < 120_000
        else made.boot("--env-file", made.file("p.env", f"{name}={value}\n"))
    )
    if name == "SHOP_RATIO" and value in ("1e999", "NaN", "9" * 5_000):
        assert done.code == 0
    else:
        assert (done.code, done.named()) == (78, {name}), done.err[:2000]
    assert "Traceback" not in done.err
    assert "internal" not in done.err


def test_an_env_file_may_be_a_pipe(site: Make) -> None:
    made = site(Shop)
    shell = ["/bin/sh", "-c", 'echo SHOP_PORT=81 | "$@"', "sh"]
    assert made.boot("--env-file", "/dev/stdin", under=shell, stdin=None).environ["SHOP_PORT"] == "81"


def test_an_env_file_may_be_dev_null(site: Make) -> None:
    assert site(Shop).boot("--env-file", os.devnull).code == 0


def test_the_same_bad_file_twice_is_told(site: Make) -> None:
    made = site(Shop)
    path = made.file("bad.env", "= x\n")
    assert made.boot("--env-file", path, "--env-file", path).code == 78
