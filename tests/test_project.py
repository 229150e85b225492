"""What holds for the project as a whole: public names, packaging, lock files, what may be committed."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

import confcontract
from confcontract.contract.schemas import schema_text
from confcontract.report.errors import Bug
from tests.support.measured import UNMEASURED

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=UNMEASURED | environ, capture_output=True, text=True, check=False)


def committed_files() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("git, or the repository's history, is missing")
    listing = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


# --- the public names


def test_all_home_and_dir_agree_on_the_public_names() -> None:
    assert set(confcontract.__all__) == {*confcontract._HOME, "__version__"}
    assert dir(confcontract) == sorted(confcontract.__all__)


def test_names_for_type_checkers_are_the_names_at_run_time() -> None:
    tree = ast.parse((ROOT / "confcontract/__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {name.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert seen == confcontract._HOME


@pytest.mark.parametrize("name", sorted(confcontract._HOME))
def test_every_public_name_can_be_imported_and_lives_where_it_is_said_to(name: str) -> None:
    value = getattr(confcontract, name)
    assert value.__name__ == name
    assert value.__module__ == confcontract._HOME[name]


@pytest.mark.parametrize("name", sorted(confcontract._HOME))
def test_every_public_name_has_a_docstring(name: str) -> None:
    assert (getattr(confcontract, name).__doc__ or "").strip()


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="'confcontract' has no attribute 'nonsense'"):
        _ = confcontract.nonsense


def test_importing_the_package_imports_nothing_else() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules); import confcontract;"
        "print(*sorted(set(sys.modules) - before))"
    )
    finished = run(sys.executable, "-I", "-S", "-c", program, str(ROOT))
    assert finished.stderr == ""
    assert set(finished.stdout.split()) <= {"confcontract", "__future__"}


# Each of these costs the boot lane between one and two hundred milliseconds.
SLOW = (
    *("argparse", "collections", "dataclasses", "dotenv", "enum", "functools", "hvac", "inspect", "json", "jsonschema"),
    *("logging", "pathlib", "pydantic", "pydantic_settings", "re", "requests", "rich", "socket"),
    *("subprocess", "threading", "typer", "typing"),
)
# What sends requests to Vault. Whoever imports one of these at the top fails below as well.
WITH_VAULT = {f"confcontract.secrets.vault.{name}" for name in ("connection", "opening", "session", "transport")}
# What only a supervisor loads: it has children, threads, sockets and a server of the standard library, which import
# these. `processes` also runs the checks that are programs.
WITH_SUPERVISOR = {
    "confcontract.host.processes",
    *(
        f"confcontract.boot.health.{name}"
        for name in ("answers", "health", "metrics", "request", "serving", "snapshot", "watch")
    ),
    *(
        f"confcontract.boot.supervise.{name}"
        for name in (
            "application",
            "blocked_signals",
            "demand",
            "foreground",
            "lookahead",
            "stay",
            "stderr",
            "supervisor",
        )
    ),
}
# What is loaded only where there is something for it: a value that may be a URL is shown, a pattern of Python's own or
# a policy is judged, a config file is read, Kubernetes has set a link that is called like a setting, a command of an
# image or a Dockerfile is shown; a page or an admission policy is written.
WHERE_NEEDED = {
    f"confcontract.{name}"
    for name in (
        "verdict.bounded",
        "verdict.elsewhere.document_places",
        "verdict.elsewhere.plain_patterns",
        "verdict.elsewhere.value_rules",
        "verdict.policy.numbers",
        "verdict.sources.documents.json_text",
        "verdict.sources.documents.toml_text",
        "verdict.sources.documents.yaml_text",
        "verdict.sources.servicelinks",
        "host.trial",
        "verdict.mask_urls",
        "verdict.instruction_pairs",
        "verdict.masked_commands",
    )
}
LANES = (
    *("*.py", "boot/**/*.py", "secrets/**/*.py", "verdict/**/*.py", "checks/*.py", "contract/**/*.py", "host/*.py"),
    "report/*.py",
)
LANE = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for folder in LANES
    for path in ROOT.glob(f"confcontract/{folder}")
)
EXEMPT = WITH_VAULT | WITH_SUPERVISOR | WHERE_NEEDED
assert set(LANE) >= EXEMPT


@pytest.mark.parametrize("module", [module for module in LANE if module not in EXEMPT])
def test_no_module_of_the_boot_lane_imports_anything_slow_when_it_is_imported(module: str) -> None:
    program = (
        "import sys; module, slow, *sys.path[:0] = sys.argv[1:]; __import__(module);"
        "print(*sorted(set(slow.split()) & set(sys.modules)))"
    )
    places = (str(ROOT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    finished = run(sys.executable, "-I", "-S", "-c", program, module, " ".join(SLOW), *places)
    assert finished.stderr == ""
    assert finished.stdout.split() == []


# --- packaging


def test_the_wheel_carries_the_type_marker_the_schemas_and_the_command(tmp_path: Path) -> None:
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    published = {f"confcontract/schemas/{path.name}" for path in (ROOT / "schemas").glob("*.json")}
    assert published
    assert {"confcontract/py.typed", *published} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "examples/", "benchmarks/"))]
    (entry_points,) = (tmp_path / "installed").glob("*.dist-info/entry_points.txt")
    assert "confcontract = confcontract.__main__:start" in entry_points.read_text(encoding="utf-8")

    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from confcontract.contract.schemas import schema_text;"
        "print(schema_text('contract-v1.schema.json'), end='')"
    )
    installed = run(sys.executable, "-I", "-S", "-c", program, str(tmp_path / "installed"), cwd=tmp_path)
    assert installed.stdout == schema_text("contract-v1.schema.json"), installed.stderr


def test_a_schema_that_is_not_published_is_reported_as_a_broken_installation() -> None:
    with pytest.raises(Bug, match=r"lacks the published schema nothing\.json"):
        schema_text("nothing.json")


# --- lock files

LOCKS = sorted(
    path for path in [*ROOT.glob("requirements/*.txt"), *ROOT.glob("examples/*/requirements*.txt")] if path.is_file()
)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lock_file_pins_and_hashes_every_entry_and_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,-]+\])?==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links)\b", text, re.MULTILINE)


def test_the_lock_holds_everything_that_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
        *(entry for entries in project["project"]["optional-dependencies"].values() for entry in entries),
        *(entry for entries in project["dependency-groups"].values() for entry in entries if isinstance(entry, str)),
    ]
    locked = set(
        re.findall(
            r"^([a-z0-9.-]+)(?:\[[a-z,-]+\])?==", (ROOT / "requirements/dev.txt").read_text(encoding="utf-8"), re.M
        )
    )
    wanted = {re.split(r"[^A-Za-z0-9._-]", entry)[0].lower().replace("_", "-") for entry in declared}
    assert wanted <= locked


def test_every_runtime_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs/explanation/dependencies.md").read_text(encoding="utf-8")
    optional = project["optional-dependencies"]
    for entry in [*project["dependencies"], *optional["docs"]]:
        name = re.split(r"[<>=!~ \[]", entry)[0]
        assert f"`{name}`" in page, f"{name} is not in docs/explanation/dependencies.md"


# --- what may be committed

# In pieces, so that this file does not find itself. The paths of containers (/app, /etc, /run) are nobody's machine.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org", "crates" + ".io"]
MACHINE_PATHS = re.compile(
    r"(?<![\w.}~-])/(?:root|work|home/(?!app\b|nonroot\b)\w+|Users/\w+|opt/(?:py" + r"pi|wheels))/"
)


def test_no_committed_file_names_a_registry_host_or_a_path_of_somebodys_machine() -> None:
    found = []
    for path in committed_files():
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            continue  # it was a test's beside this one
        for number, line in enumerate(text.splitlines(), start=1):
            if any(host in line for host in HOSTS) or MACHINE_PATHS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert not found


def test_every_file_of_ours_that_a_comment_names_is_there() -> None:
    for path in (ROOT / "confcontract").rglob("*.py"):
        for named in re.findall(r"(?<![\w./-])((?:[a-z_]+/)+[a-z_]+\.py)\b", path.read_text(encoding="utf-8")):
            found = any((folder / named).exists() for folder in (ROOT, ROOT / "confcontract", path.parent))
            assert found or named == "package/module.py", f"{path.relative_to(ROOT)} names {named}"


def test_every_change_log_fragment_is_well_formed() -> None:
    fragments = [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    for path in fragments:
        assert re.fullmatch(r"(\d+|\+[a-z0-9-]+)\.(added|changed|fixed|removed|security)\.md", path.name), path.name
        text = path.read_text(encoding="utf-8").strip()
        assert text.endswith("."), f"{path.name}: whole sentences, please"
        assert not text.startswith(("-", "*", "#")), f"{path.name}: the list is made by towncrier"
    drafted = run(sys.executable, "-m", "towncrier", "build", "--draft", "--version", "next")
    assert drafted.returncode == 0, drafted.stderr


# --- the documentation


def test_generated_pages_are_up_to_date() -> None:
    finished = run(sys.executable, ROOT / "docs/generate.py", "--check")
    assert finished.returncode == 0, finished.stderr


# --- continuous integration


@pytest.mark.parametrize("workers", ["0", "1"])
def test_with_ci_set_a_skipped_test_fails_the_run_and_is_named(tmp_path: Path, workers: str) -> None:
    shutil.copy(ROOT / "tests/conftest.py", tmp_path / "conftest.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_example.py").write_text(
        "import pytest\n\ndef test_passes(): pass\n\ndef test_absent(): pytest.skip('no such server')\n",
        encoding="utf-8",
    )
    command = (sys.executable, "-m", "pytest", "-q", "-n", workers, str(tmp_path))
    strict = run(*command, cwd=tmp_path, CI="true")
    assert strict.returncode == 1
    assert "test_absent: Skipped: no such server" in strict.stdout
    if workers == "0":  # without CI nothing asks who ran them
        assert run(*command, cwd=tmp_path, CI="").returncode == 0


def test_every_module_of_the_package_is_imported_by_name_without_side_effects() -> None:
    for path in sorted((ROOT / "confcontract").rglob("*.py")):
        if path.name != "__main__.py":
            parts = path.relative_to(ROOT).with_suffix("").parts
            importlib.import_module(".".join(part for part in parts if part != "__init__"))


def test_no_package_of_tests_is_called_like_a_module_of_python() -> None:
    """pytest imports tests by their files: one that was called `secrets` stood in that module's place."""
    packages = {place.parent.name for place in (ROOT / "tests").rglob("__init__.py")}
    assert packages & sys.stdlib_module_names == set()
