"""Code that reads what the contract does not declare: in which files, minus which names, and what can't be looked at."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.compare.drift import undeclared
from confcontract.compare.drift.ignore_list import IgnoreList, ignore_list
from confcontract.contract.artifact import Contract
from confcontract.report.errors import ConfigurationInvalid


class Database(BaseModel):
    url: str = ""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    port: Annotated[int, Field(validation_alias=AliasChoices("SHOP_PORT", "PORT"))] = 1
    key: SecretStr
    limits: dict[str, int] = {}
    database: Database = Database()


class Exact(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", case_sensitive=True)
    port: int = 1


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Settings, name="shop", version="1")


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, *names: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("import os\n" + "".join(f"os.environ[{name!r}]\n" for name in names), encoding="utf-8")


def told(
    contract: Contract, *roots: str, ignored: IgnoreList | None = None
) -> list[tuple[str, str | None, str | None]]:
    problems = undeclared.undeclared(contract, roots, ignored or IgnoreList())
    return [(problem.code, problem.variable, problem.source) for problem in problems]


def found(contract: Contract, *roots: str, ignored: IgnoreList | None = None) -> list[str | None]:
    """The variables that are read and not declared; where nothing else is told."""
    rows = told(contract, *roots, ignored=ignored)
    assert {code for code, _, _ in rows} <= {"drift-undeclared"}, rows
    return [variable for _, variable, _ in rows]


def test_a_name_that_the_contract_does_not_declare_is_told_with_file_and_lines(contract: Contract) -> None:
    write("shop/mail.py", "SMTP_HOST", "SHOP_PORT", "SMTP_HOST", "SMTP_HOST", "SHOP_PROT")
    one, other = undeclared.undeclared(contract, ["shop"], IgnoreList())
    assert (one.code, one.severity, one.variable) == ("drift-undeclared", "error", "SMTP_HOST")
    assert one.message == "is read by the code and not declared by the contract, also in lines 4, 5"
    assert (one.source, one.place) == ("shop/mail.py:2", ("shop/mail.py", 2))
    assert "[tool.confcontract.drift.ignore]" in str(one.hint)
    assert (other.variable, other.hint) == ("SHOP_PROT", "did you mean SHOP_PORT?")


def test_every_spelling_that_the_contract_accepts_is_declared(contract: Contract) -> None:
    declared = ("SHOP_PORT", "PORT", "port", "Shop_Port", "SHOP_KEY_FILE", "SHOP_KEY", "SHOP_LIMITS__EUR")
    write("a.py", *declared, "SHOP_DATABASE", "SHOP_DATABASE__URL")
    assert found(contract, ".") == []
    write("a.py", "SHOP_KEY_FILE_FILE", "KEY", "SHOP_LIMITS_EUR", "SHOP_DATABASE__PORT")
    assert found(contract, ".") == ["SHOP_KEY_FILE_FILE", "KEY", "SHOP_LIMITS_EUR", "SHOP_DATABASE__PORT"]


def test_case_counts_where_it_counts_for_the_application() -> None:
    write("a.py", "SHOP_port", "SHOP_PORT", "shop_port")
    assert found(bake(Exact, name="shop", version="1"), ".") == ["SHOP_PORT", "shop_port"]


def test_names_of_the_system_are_nobodys_settings(contract: Contract) -> None:
    write("a.py", "HOME", "PATH", "TZ", "LC_ALL", "TMPDIR", "home")
    assert found(contract, ".") == ["home"]


def test_a_name_that_is_computed_is_a_note(contract: Contract) -> None:
    Path("a.py").write_text("import os\nos.environ[x]\n")
    (problem,) = undeclared.undeclared(contract, ["."], IgnoreList())
    assert (problem.code, problem.severity, problem.source) == ("drift-undecided", "info", "a.py:2")
    assert problem.message == "reads the environment by the name x"


def test_folders_that_are_not_the_applications_source_are_left_out(contract: Contract) -> None:
    for folder in (".venv/lib", ".git/hooks", "__pycache__", "node_modules/x", "lib/site-packages", "env/lib", ".tox"):
        write(f"{folder}/a.py", "NO")
    Path("env/pyvenv.cfg").touch()
    write("src/.hidden.py", "NO")
    write("src/a.pyw", "YES")
    Path("src/a.txt").write_text("os.environ['NO']")
    Path("src/a.pyi").write_text("os.environ['NO']")
    assert told(contract, ".") == [("drift-undeclared", "YES", "src/a.pyw:2")]


def test_a_folder_or_file_that_is_named_is_looked_at_whatever_it_is_called(contract: Contract) -> None:
    write(".venv/a.py", "A")
    write("tool", "B")
    assert found(contract, ".venv", "tool") == ["A", "B"]


def test_a_file_that_is_reached_twice_is_told_once(contract: Contract) -> None:
    write("src/a.py", "A")
    assert found(contract, "src", ".", "./src/a.py", "src/../src") == ["A"]


def test_links_to_folders_are_not_followed_and_links_to_files_are(contract: Contract) -> None:
    write("src/a.py", "A")
    write("elsewhere/b.py", "B")
    os.symlink("..", "src/up")
    os.symlink("../elsewhere", "src/other")
    os.symlink("../elsewhere/b.py", "src/b.py")
    assert told(contract, "src") == [("drift-undeclared", "A", "src/a.py:2"), ("drift-undeclared", "B", "src/b.py:2")]


def test_what_is_no_file_is_passed_over(contract: Contract) -> None:
    write("src/a.py", "A")
    os.mkfifo("src/b.py")
    Path("src/c.py").mkdir()
    assert found(contract, "src") == ["A"]


def not_evaluated(contract: Contract, *roots: str) -> list[str]:
    problems = undeclared.undeclared(contract, roots, IgnoreList())
    assert {problem.severity for problem in problems} == {"error"}
    return [problem.message for problem in problems if problem.code == "drift-not-evaluated"]


def test_what_can_not_be_looked_at_is_told_and_never_clean(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    write("src/a.py", "A")
    Path("src/b.py").write_text("print 'os.environ'\n")
    Path("src/c.py").symlink_to("gone.py")
    Path("src/d.py").symlink_to("d.py")
    monkeypatch.setattr(undeclared, "LARGEST", 100)
    Path("src/e.py").write_text("x" * 101)
    broken, link, loop, large = not_evaluated(contract, "src")
    assert broken.startswith("src/b.py is not Python 3.")
    assert "line 1: " in broken
    assert link == "src/c.py can't be read: no such file or directory"
    assert loop.startswith("src/d.py can't be read: too many levels of symbolic links")
    assert large == "src/e.py is larger than 100 bytes"


def test_a_folder_without_python_or_none_at_all(contract: Contract) -> None:
    Path("empty").mkdir()
    assert not_evaluated(contract, "empty") == ["there is no Python file in empty"]
    assert not_evaluated(contract, "gone") == ["gone can't be read: no such file or directory"]


def test_a_class_in_the_place_of_a_folder_is_told_of_the_option(contract: Contract) -> None:
    [problem] = undeclared.undeclared(contract, ["shop.settings:Settings"], IgnoreList())
    assert problem.hint == "to compare a settings class, write --code shop.settings:Settings"


def test_a_folder_that_may_not_be_listed(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    write("src/a.py", "A")

    def refused(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", refused)  # root may list any
    assert not_evaluated(contract, "src") == ["src can't be read: permission denied"]


# -- the project's own list -------------------------------------------------------------------------


def project(text: str) -> IgnoreList:
    Path("pyproject.toml").write_text(textwrap.dedent(text), encoding="utf-8")
    return ignore_list()


def test_names_are_ignored_with_a_reason(contract: Contract) -> None:
    ignored = project(
        """
        [tool.confcontract.drift.ignore]
        SENTRY_DSN = "read by sentry_sdk"
        "GITHUB_*" = "of the runner"
        GONE = "was read once"
        """
    )
    write("a.py", "SENTRY_DSN", "GITHUB_SHA", "GITHUB", "SENTRY_DSN2")
    problems = undeclared.undeclared(contract, ["."], ignored)
    assert [problem.variable for problem in problems] == ["GITHUB", "SENTRY_DSN2", None]
    unused = problems[-1]
    assert (unused.code, unused.severity, unused.source) == ("drift-unused", "warning", "pyproject.toml")
    assert unused.message == "GONE in [tool.confcontract.drift] matches nothing"


def test_paths_are_left_out(contract: Contract) -> None:
    ignored = project('[tool.confcontract.drift]\nexclude = ["tests", "scripts/*_old.py", "docs/"]\n')
    for path in ("tests/a.py", "src/tests/b.py", "scripts/x_old.py", "scripts/x.py", "docs/conf.py"):
        write(path, path[0].upper())
    assert told(contract, ".", ignored=ignored) == [
        ("drift-undeclared", "S", "scripts/x.py:2"),
        ("drift-undeclared", "S", "src/tests/b.py:2"),
    ]


def test_a_project_without_a_table_ignores_nothing(contract: Contract) -> None:
    assert ignore_list().reasons == {}
    assert project('[project]\nname = "shop"\n').reasons == {}
    assert project("[tool.confcontract.diff]\n").patterns == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.confcontract.drift]\nignored = {}\n", "line 2: 'ignored' is not known here"),
        ('[tool.confcontract.drift]\nignore = ["A"]\n', "line 2: ignore must be a table"),
        ('[tool.confcontract.drift.ignore]\nA = ""\n', "line 2: A needs a reason"),
        ("[tool.confcontract.drift.ignore]\nA = true\n", "line 2: A needs a reason"),
        ('[tool.confcontract.drift.ignore]\n"*" = "all"\n', "line 2: '*' is neither a name nor a name prefix"),
        ('[tool.confcontract.drift.ignore]\n"A*B" = "x"\n', "line 2: 'A*B' is neither"),
        ('[tool.confcontract.drift]\nexclude = "tests"\n', "line 2: exclude must be a list"),
        ('[tool.confcontract.drift]\nexclude = [""]\n', "exclude must be a list"),
        ("[tool]\nconfcontract = 1\n", "line 2: tool.confcontract must be a table"),
        ('[tool.confcontract.ignore]\nA = "x"\n', "line 1: 'ignore' is not known here"),
        ("[tool.confcontract.drift\n", "line 1"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        project(text)
    (problem,) = caught.value.problems
    assert problem.code == "drift-settings-invalid"
    assert problem.message.startswith("pyproject.toml")
    assert words in problem.message
    assert problem.hint
