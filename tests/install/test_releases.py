"""Beside a release of pydantic that can't be baked with, bake says which one is needed; boot goes on as it did."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from confcontract import cli
from confcontract.author import release_check
from confcontract.host.installed import PACKAGES, unusable
from tests.support.distributions import metadata
from tests.support.pages import ROOT

REAL = Path(sysconfig.get_path("purelib"))
DEPENDENCIES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
SETTINGS = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    workers: int = 4\n"

# Of all that bake asks only where a class has it.
ASKING = """
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict, YamlConfigSettingsSource

class Database(BaseModel):
    host: str = "localhost"

class Settings(BaseSettings):
    model_config = SettingsConfigDict(nested_model_default_partial_update=True)
    limits: dict[str, list[int] | str] = {}
    database: Database = Database()

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, **others):
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls)
"""


class Place:
    """A virtual environment that holds what this one holds, but for some packages, and a folder with a class."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        (self.packages,) = (folder / "venv/lib").glob("python*/site-packages")
        for found in REAL.iterdir():
            (self.packages / found.name).symlink_to(found)
        (self.packages / "here.pth").write_text(f"{ROOT}\n", encoding="utf-8")
        (folder / "app.py").write_text(SETTINGS, encoding="utf-8")

    def without(self, name: str) -> Path:
        """Take a package away; returns where it was."""
        also = "python_dotenv" if name == "dotenv" else name
        for found in [*self.packages.glob(name), *self.packages.glob(f"{also}-*.dist-info")]:
            found.unlink()
        return self.packages / name

    def another(self, name: str, release: str) -> None:
        """Another release of a package, which fails when it is imported, as the real ones do in one way or another."""
        package = self.without(name)
        package.mkdir()
        (package / "__init__.py").write_text("raise SystemError('another release')\n", encoding="utf-8")
        self.name_release(name, release)

    def changed(self, name: str, old: str, new: str) -> None:
        """A later release of a package in which a name is another one."""
        package = self.without(name)
        shutil.copytree(REAL / name, package)  # with what is compiled of it, for all that stays as it is
        for changed in package.rglob("*.py"):
            text = changed.read_text(encoding="utf-8")
            if (renamed := re.sub(rf"\b{old}\b", new, text)) != text:
                changed.write_text(renamed, encoding="utf-8")
        self.name_release(name, "2.99.1")

    def name_release(self, name: str, release: str) -> None:
        name = "python_dotenv" if name == "dotenv" else name
        information = self.packages / f"{name}-{release}.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(metadata(name.replace("_", "-"), release), encoding="utf-8")

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.folder / "venv/bin/python"), "-I", *words]
        return subprocess.run(
            command, cwd=self.folder, env={"PATH": "/usr/bin:/bin", **more}, capture_output=True, text=True
        )

    def bake(self) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "confcontract", "bake", "app:Settings", "-o", "out")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def words(told: str) -> str:
    return " ".join(told.split())


def test_the_supported_releases_are_those_of_the_metadata() -> None:
    for each in (release_check.PYDANTIC, release_check.CORE, release_check.SETTINGS):
        assert str(each) in DEPENDENCIES


@pytest.mark.parametrize(
    ("name", "release", "said"),
    [
        (
            "pydantic_settings",
            "2.13.1",
            "pydantic-settings 2.13.1 is too old to bake with: 2.14 or a later release is needed",
        ),
        ("pydantic_settings", "1.99", "pydantic-settings 1.99 is too old"),
        (
            "pydantic_settings",
            "3.0.0a1",
            "pydantic-settings 3.0.0a1 is too new to bake with: a release below 3 is needed",
        ),
        ("pydantic", "2.9.2", "pydantic 2.9.2 is too old to bake with: 2.12 or a later release is needed"),
        ("pydantic", "3.1", "pydantic 3.1 is too new"),
        (
            "pydantic_core",
            "2.41.0",
            "pydantic-core 2.41.0 is too old to bake with: 2.41.1 or a later release is needed",
        ),
        ("pydantic_core", "2.50.999", "only, and pydantic-core 2.50.999 is installed"),
    ],
)
def test_another_release_is_refused_with_the_one_that_is_needed(
    place: Place, name: str, release: str, said: str
) -> None:
    place.another(name, release)
    done = place.bake()
    assert done.returncode == 78, done.stdout + done.stderr
    assert said in words(done.stderr)
    assert "[release-unsupported]" in done.stderr
    assert f"install {'' if release.endswith('999') else chr(39)}{name.replace('_', '-')}" in words(done.stderr)


def test_all_that_is_wrong_is_said_at_once(place: Place) -> None:
    place.another("pydantic", "1.10.27")
    place.without("pydantic_settings")
    told = words(place.bake().stderr)
    assert "pydantic 1.10.27 is too old" in told
    assert "pydantic-settings is not installed" in told
    assert "2 errors" in told


@pytest.mark.parametrize(
    ("package", "gone", "said"),
    [
        ("pydantic_settings", "_get_alias_names", "cannot import name '_get_alias_names'"),
        ("pydantic_settings", "_raw_union_is_complex", "EnvSettingsSource._raw_union_is_complex"),
        ("pydantic_settings", "_get_field_annotation_and_metadata", "_get_field_annotation_and_metadata"),
        ("pydantic_settings", "_discriminator_tags", "DefaultSettingsSource._discriminator_tags"),
        ("pydantic_settings", "_settings_build_values", "BaseSettings._settings_build_values"),
        ("pydantic_settings", "env_parse_enums", "EnvSettingsSource.env_parse_enums"),
        ("pydantic_settings", "init_kwargs", "InitSettingsSource.init_kwargs"),
        ("pydantic_settings", "next_field", "EnvSettingsSource.next_field"),
        ("pydantic_settings", "_traverse_nested_section", "YamlConfigSettingsSource._traverse_nested_section"),
        ("pydantic", "_serialize_secret_field", "the serializer of SecretStr"),
        ("pydantic", "__pydantic_decorators__", "BaseSettings.__pydantic_decorators__"),
        ("pydantic", "field_validators", "the functions of @field_validator"),
    ],
)
def test_a_later_release_that_lacks_a_private_name_is_refused(place: Place, package: str, gone: str, said: str) -> None:
    had = any(re.search(rf"\b{gone}\b", each.read_text(encoding="utf-8")) for each in (REAL / package).rglob("*.py"))
    place.changed(package, gone, "_another_name")
    (place.folder / "app.py").write_text(ASKING, encoding="utf-8")
    done = place.bake()
    if not had:  # it came with something that this release has not got either, and is not missed
        assert done.returncode == 0, done.stdout + done.stderr
        return
    assert done.returncode == 78, done.stdout + done.stderr
    told = words(done.stderr)
    distribution = package.replace("_", "-")
    lowest = {"pydantic": release_check.PYDANTIC, "pydantic-settings": release_check.SETTINGS}[distribution].lowest
    assert f"{distribution} 2.99.1 lacks what bake needs: {said}" in told
    assert f"install {distribution}=={lowest}, or a later release of confcontract" in told


def test_validate_with_the_class_and_the_python_interface_refuse_as_well(place: Place) -> None:
    assert place.bake().returncode == 0
    place.another("pydantic_settings", "2.13.0")
    validated = place.run(
        "-m", "confcontract", "validate", "--contract", "out/contract.json", "--model", "app:Settings"
    )
    assert validated.returncode == 78
    assert "pydantic-settings 2.13.0 is too old" in words(validated.stdout + validated.stderr)
    called = place.run("-c", "from confcontract import bake")
    assert "BakeRefused: pydantic-settings 2.13.0 is too old" in called.stderr


def test_boot_needs_none_of_it_and_what_does_says_so(place: Place) -> None:
    assert place.bake().returncode == 0
    for name in ("pydantic", "pydantic_settings"):
        place.another(name, "2.0")
    booted = place.run("-m", "confcontract", "boot", "--contract", "out/contract.json", "--", "echo", "booted")
    assert (booted.returncode, booted.stdout) == (0, "booted\n"), booted.stderr
    explained = place.run("-m", "confcontract", "explain", "--contract", "out/contract.json")
    assert explained.returncode == 78
    assert "pydantic 2.0 is too old" in words(explained.stderr)


# --- what boot itself needs


@pytest.fixture(scope="module")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What bake writes where nothing is missing."""
    place = Place(tmp_path_factory.mktemp("whole"))
    assert place.bake().returncode == 0
    return place.folder / "out"


def boot(place: Place, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    return place.run(
        "-m", "confcontract", "boot", "--contract", "out/contract.json", *options, "--", "echo", "up", **more
    )


def taken_away(place: Place, package: str) -> str:
    place.without(package)
    return "is not installed"


def without_a_name(package: str, name: str) -> Callable[[Place], str]:
    def changed(place: Place) -> str:
        place.changed(package, name, f"another_{name}")
        return "2.99.1 can't be used"

    return changed


def what_it_needs(place: Place) -> str:
    place.without("requests")
    return "2.4.0 can't be used"


def an_empty_core(place: Place) -> str:
    place.another("pydantic_core", "2.0.1")
    (place.packages / "pydantic_core/__init__.py").write_text("", encoding="utf-8")
    (place.packages / "pydantic_core/_pydantic_core.py").write_text("__version__ = '2.0.1'\n", encoding="utf-8")
    return "2.0.1 can't be used"


@pytest.mark.parametrize(
    ("package", "spoil"),
    [
        ("hvac", lambda place: taken_away(place, "hvac")),
        ("hvac", what_it_needs),
        ("hvac", without_a_name("hvac", "Client")),
        ("idna", lambda place: taken_away(place, "idna")),
        ("urllib3", lambda place: taken_away(place, "urllib3")),
        ("python-dotenv", lambda place: taken_away(place, "dotenv")),
        ("python-dotenv", without_a_name("dotenv", "parse_stream")),
        ("pydantic-core", lambda place: taken_away(place, "pydantic_core")),
        ("pydantic-core", an_empty_core),
    ],
)
def test_a_package_that_boot_can_not_work_with_is_a_fault_of_the_image(
    place: Place, baked: Path, package: str, spoil: Callable[[Place], str]
) -> None:
    (place.folder / "given.env").write_text(
        "A='two\nlines'\n", encoding="utf-8"
    )  # no plain line: it is python-dotenv's to read
    host = "127.0.0.1" if package != "idna" else "straße.invalid"
    environ = {"WORKERS": "vault:secret/shop#workers", "VAULT_ADDR": f"http://{host}:1"}
    environ |= {"VAULT_USERNAME": "u", "VAULT_PASSWORD": "p"} if package == "hvac" else {"VAULT_TOKEN": "t"}
    environ |= {"VAULT_PROXY_ADDR": "https://127.0.0.1:1"} if package == "urllib3" else {}
    (place.folder / "out").symlink_to(baked)
    assert boot(place, "--env-file", "given.env", "--timeout", "0.1", **environ).returncode == 75, "all is there"
    what = spoil(place)
    done = boot(place, "--env-file", "given.env", "--timeout", "0.1", **environ)
    assert done.returncode == 78, done.stderr
    needed = next(entry for entry in DEPENDENCIES if Requirement(entry).name == package)
    told = words(done.stderr)
    assert f"{package} {what}: confcontract needs {package}" in told
    assert "[release-unsupported]" in done.stderr
    assert set(re.findall(r"[<>=]+[\d.]+", needed)) <= set(re.findall(r"[<>=]+[\d.]+", told))
    assert "defect" not in done.stderr


def test_commands_say_it_as_well(place: Place) -> None:
    (place.folder / "given.env").write_text("A='two\nlines'\n", encoding="utf-8")
    assert place.bake().returncode == 0
    place.without("dotenv")
    done = place.run("-m", "confcontract", "explain", "--contract", "out/contract.json", "--env-file", "given.env")
    assert done.returncode == 78
    assert "python-dotenv is not installed" in words(done.stderr)


def test_a_command_line_library_that_is_too_old_is_named(place: Place) -> None:
    place.changed("typer", "BadParameter", "WorseParameter")
    done = place.run("-m", "confcontract", "problem", "usage")
    assert done.returncode == 78
    assert "typer 2.99.1 can't be used: confcontract needs typer>=" in words(done.stderr)


def test_one_that_knows_no_choices_is_named_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def before_0_19(_: object) -> None:
        raise RuntimeError("Type not yet supported: typing.Literal['text', 'json']")

    monkeypatch.setattr("typer.main.get_command", before_0_19)
    cli._commands.cache_clear()
    with pytest.raises(ImportError) as raised:
        cli.main(["problem", "usage"])
    told = unusable(raised.value)
    assert told is not None
    assert "can't be used: confcontract needs typer>=" in told.problems[0].message


@pytest.mark.parametrize(
    "error",
    [
        ImportError("of the application", name="shop.settings"),
        ImportError("without a name"),
        ValueError("something else"),
    ],
)
def test_what_is_not_about_a_package_of_ours_stays_what_it_is(error: Exception) -> None:
    assert unusable(error) is None


def test_every_package_that_boot_may_lack_is_known_by_its_name() -> None:
    assert set(PACKAGES.values()) == {Requirement(entry).name for entry in DEPENDENCIES}
