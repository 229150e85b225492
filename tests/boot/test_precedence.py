"""Every source against every other, under every spelling: the application sees the value that outranks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.support.booting import PLAIN, Site
from tests.support.classes import IgnoresEmpty, Ladder, Shop, WithFiles

# Lowest to highest; the default in the image lies below them.
RUNGS = (
    "conf.d/10",
    "conf.d/20",
    "first env file",
    "second env file",
    "secrets_dir",
    "NAME_FILE",
    "Vault",
    "environment",
)
KINDS = dict(
    zip(RUNGS, ("conf-file",) * 2 + ("env-file",) * 2 + ("secret-file",) * 2 + ("vault", "environment"), strict=True)
)
SPELLINGS = {
    "value": ("LADDER_VALUE", "ladder_value", "LADDER_OLD_VALUE", "Ladder_Old_Value", "old-value", "OLD-VALUE"),
    "token": ("LADDER_TOKEN", "Ladder_Token", "LADDER_OLD_TOKEN", "ladder_old_token", "old-token", "Old-Token"),
}


class Steps:
    """Puts a value on rungs of the ladder."""

    def __init__(self, site: Site, vault: Mapping[str, str]) -> None:
        self.site = site
        self.vault = vault
        self.environ: dict[str, str] = {}
        self.env_files: list[Path] = []
        (site.directory / "secrets").mkdir()

    def put(self, rung: str, name: str, value: str) -> None:
        if rung.startswith("conf.d"):
            self.site.file(f"{rung}.env", f"{name}={value}\n")
        elif rung.endswith("env file"):
            self.env_files.append(self.site.file(f"{rung}.env", f"{name}={value}\n"))
        elif rung == "secrets_dir":
            self.site.file(f"secrets/{name}", f"{value}\n")
        elif rung == "NAME_FILE":
            self.environ[f"{name}_FILE"] = str(self.site.file("run/secret", f"{value}\n"))
        elif rung == "Vault":
            self.environ.update(self.vault)
        else:
            self.environ[name] = value

    def reader(self) -> Any:
        from confcontract.secrets.vault.reader import VaultReader

        return VaultReader({**PLAIN, **self.environ}, deadline_seconds=30)

    def resolve(self) -> Any:
        return self.site.resolve(self.environ, self.env_files, vault=self.reader())


@pytest.fixture
def steps(site: Callable[..., Site], vault: dict[str, str]) -> Steps:
    return Steps(site(Ladder), vault)


PAIRS = [
    (field, low, high)
    for field in ("value", "token")
    for low, high in combinations(RUNGS, 2)
    if field == "token" or "Vault" not in (low, high)
]


@pytest.mark.parametrize(("field", "low", "high"), PAIRS)
@pytest.mark.parametrize("turn", range(3), ids=["same name", "lower by another name", "higher by another name"])
def test_the_higher_of_two_sources_wins(steps: Steps, field: str, low: str, high: str, turn: int) -> None:
    names = SPELLINGS[field]
    position = (RUNGS.index(low) + RUNGS.index(high)) % (len(names) - 1) + 1
    low_name, high_name = ((names[0], names[0]), (names[position], names[0]), (names[0], names[position]))[turn]
    steps.put(low, low_name, "low")
    steps.put(high, high_name, "from Vault" if high == "Vault" else "high")
    result = steps.resolve()
    assert result.ok, result.problems
    expected = "from Vault" if high == "Vault" else "high"
    assert result.values[field] == expected
    assert steps.site.settings_in(result.environ) == result.values
    source = result.sources[f"LADDER_{field.upper()}"]
    assert source.kind == KINDS[high] or (high == "secrets_dir" and source.kind == "settings-file")
    if low.startswith("conf") or low.endswith("env file"):
        assert [below.kind for below in source.overrides] == [KINDS[low]]
    elif (low, high) == ("NAME_FILE", "environment"):
        told = [problem.code for problem in result.problems]
        # the token's default stands in for a Vault that is not configured
        assert told == ["name-twice", *(["vault-not-configured"] if field == "value" else [])]


@pytest.mark.parametrize("height", range(len(RUNGS) + 1))
def test_the_application_is_started_with_the_highest_rung_there_is(steps: Steps, height: int) -> None:
    names = SPELLINGS["token"]
    for number, rung in enumerate(RUNGS[:height]):
        steps.put(rung, names[number % len(names)], rung)
    result = steps.resolve()
    environ, settings = steps.site.start_app(steps.environ, steps.env_files)
    top = RUNGS[height - 1] if height else None
    assert settings["token"] == ("from Vault" if top == "Vault" else top)
    assert settings == result.values
    assert environ == {name: value for name, value in result.environ.items() if not name.startswith("VAULT_")}
    assert not [name for name in environ if name.lower().endswith("_file")]


def test_every_source_that_lost_is_told_from_high_to_low(steps: Steps) -> None:
    for rung in RUNGS:
        if rung != "secrets_dir":
            steps.put(rung, "LADDER_TOKEN", rung)
    del steps.environ["LADDER_TOKEN"]
    source = steps.resolve().sources["LADDER_TOKEN"]
    site = steps.site
    assert [str(each) for each in (source, *source.overrides)] == [
        "Vault secret/ladder#token",
        f"secret file {site.directory}/run/secret",
        f"env file {site.directory}/second env file.env, line 1",
        f"env file {site.directory}/first env file.env, line 1",
        f"{site.directory}/conf.d/20.env, line 1",
        f"{site.directory}/conf.d/10.env, line 1",
    ]


def test_a_source_knows_the_name_that_was_used(steps: Steps) -> None:
    steps.put("conf.d/10", "LADDER_OLD_VALUE", "x")
    steps.put("environment", "old-value", "y")
    source = steps.resolve().sources["LADDER_VALUE"]
    assert (source.name, source.overrides[0].name) == ("old-value", "LADDER_OLD_VALUE")


def test_the_last_line_of_a_file_and_the_last_of_equal_files_win(steps: Steps) -> None:
    site = steps.site
    first = site.file("a.env", "LADDER_VALUE=1\nOTHER=x\nLADDER_VALUE=2\n")
    second = site.file("b.env", "LADDER_VALUE=3\n")
    assert site.agree({}, [first]).values["value"] == "2"
    assert site.resolve({}, [first]).sources["LADDER_VALUE"].detail == f"{first}, line 3"
    assert site.agree({}, [first, second]).values["value"] == "3"
    assert site.agree({}, [second, first]).values["value"] == "2"
    assert site.agree({}, [first, first]).values["value"] == "2"


def test_conf_d_is_sorted_by_name_and_takes_only_env_files(steps: Steps) -> None:
    for name, value in {
        "9.env": "9",
        "10.env": "10",
        "b.env": "b",
        "B.env": "B",
        "z.txt": "z",
        ".zz.env": "zz",
    }.items():
        steps.site.file(f"conf.d/{name}", f"LADDER_VALUE={value}\n")
    assert steps.site.agree({}).values["value"] == "b"


def test_a_secrets_dir_alone_is_left_to_the_application(steps: Steps) -> None:
    steps.put("secrets_dir", "LADDER_TOKEN", "in the directory")
    result = steps.site.agree({})
    assert result.values["token"] == "in the directory"
    assert result.sources["LADDER_TOKEN"].kind in ("settings-file", "secret-file")


def test_what_no_source_sets_is_the_default_of_the_image(steps: Steps) -> None:
    result = steps.site.agree({})
    assert (result.values["value"], str(result.sources["LADDER_VALUE"])) == ("default", "default in the image")
    assert not result.sources["LADDER_VALUE"].overrides


def test_two_spellings_at_one_level_are_told_and_the_verdict_is_still_the_applications(steps: Steps) -> None:
    result = steps.site.agree({"LADDER_OLD_VALUE": "old", "LADDER_VALUE": "new"})
    assert result.values["value"] == "new"
    (problem,) = [problem for problem in result.problems if problem.code == "name-twice"]
    assert problem.severity == "warning"
    assert "LADDER_OLD_VALUE and LADDER_VALUE" in problem.message


SECTIONS = [
    ({"SHOP_DATABASE": '{"pool": 9}'}, "SHOP_DATABASE__POOL=3\n", 9),
    ({"SHOP_DATABASE__POOL": "9"}, 'SHOP_DATABASE={"pool": 3}\n', 9),
    ({"shop_database": '{"pool": 9}'}, "SHOP_DATABASE__POOL=3\n", 9),
    ({"SHOP_DATABASE": '{"url": "postgres://other/x"}'}, "SHOP_DATABASE__POOL=3\n", 3),
    ({"SHOP_DATABASE__POOL": "9"}, 'SHOP_DATABASE={"pool": 3, "url": "postgres://other/x"}\n', 9),
]


@pytest.mark.parametrize(("environ", "text", "pool"), SECTIONS)
def test_a_section_and_its_parts_outrank_each_other_by_source(
    site: Callable[..., Site], environ: dict[str, str], text: str, pool: int
) -> None:
    """The section as JSON in the process environment says what its part in an env file says otherwise."""
    made = site(Shop)
    result = made.agree(environ, [made.file("prod.env", text)])
    assert result.values["database"]["pool"] == pool


@pytest.mark.parametrize(
    ("environ", "text", "limits"),
    [
        ({"SHOP_LIMITS__A": "1"}, 'SHOP_LIMITS={"a": 2, "b": 3}\n', {"a": 1, "b": 3}),
        ({"SHOP_LIMITS": '{"a": 1}'}, 'SHOP_LIMITS={"a": 2, "b": 3}\n', {"a": 1, "b": 3}),
        ({"SHOP_LIMITS__A": "1"}, "shop_limits__a=2\nshop_limits__b=3\n", {"a": 1, "b": 3}),
    ],
)
def test_the_items_of_a_mapping_outrank_each_other_by_source(
    site: Callable[..., Site], environ: dict[str, str], text: str, limits: dict[str, int]
) -> None:
    made = site(Shop)
    assert made.agree(environ, [made.file("prod.env", text)]).values["limits"] == limits


def test_an_undeclared_spelling_of_three_levels_is_the_highest_ones(site: Callable[..., Site]) -> None:
    """Items of a mapping have no declared names; the application lower-cases them all, and takes the last."""
    made = site(Shop)
    made.file("conf.d/a.env", "SHOP_LIMITS__A=1\n")
    env_file = made.file("prod.env", "shop_limits__a=2\n")
    assert made.agree({"SHOP_LIMITS__A": "3"}, [env_file]).values["limits"] == {"a": 3}


@pytest.mark.parametrize(
    ("environ", "section"), [({"SHOP_LIMITS__A": "3"}, "SHOP_LIMITS"), ({"SHOP_DATABASE__POOL": "9"}, "SHOP_DATABASE")]
)
def test_a_section_whose_parts_are_set_does_not_come_from_the_image(
    site: Callable[..., Site], environ: dict[str, str], section: str
) -> None:
    assert str(site(Shop).resolve(environ).sources[section]) == "environment"


@pytest.mark.parametrize("below", ["conf.d", "env file", "NAME_FILE", "Vault"])
def test_where_the_empty_string_means_unset_it_outranks_nothing(
    site: Callable[..., Site], vault: dict[str, str], below: str
) -> None:
    """Compose's ${SHOP_PASSWORD:-} in the process environment, and the class says env_ignore_empty."""
    made = site(IgnoresEmpty)
    environ = {"SHOP_PASSWORD": ""}
    files = []
    if below == "conf.d":
        made.file("conf.d/a.env", "SHOP_PASSWORD=low\n")
    elif below == "env file":
        files.append(made.file("prod.env", "SHOP_PASSWORD=low\n"))
    elif below == "NAME_FILE":
        environ["SHOP_PASSWORD_FILE"] = str(made.file("secret", "low"))
    else:
        files.append(made.file("prod.env", "SHOP_PASSWORD=vault:secret/shop#host\n"))
        environ |= vault
    _, settings = made.start_app(environ, files)
    assert settings["password"] == ("vault.example.com" if below == "Vault" else "low")


def test_the_classs_own_files_lie_below_every_other_source(site: Callable[..., Site]) -> None:
    made = site(WithFiles)
    made.file(".env", "SHOP_PORT=1\nSHOP_HOST=own\nSHOP_TAGS=own\n")
    made.file("secrets/shop_port", "2")
    made.file("conf.d/a.env", "shop_host=conf\n")
    result = made.agree({"SHOP_DEBUG": "1"})
    assert (result.values["host"], result.values["tags"], result.values["debug"]) == ("conf", ["own"], True)
    given, settings = made.start_app({"SHOP_DEBUG": "1"})
    assert settings == result.values
    assert "SHOP_TAGS" not in given
