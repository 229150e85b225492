"""How a project pins its dependencies, and the command that creates a lock file with hashes from that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from confcontract.project.earlier_dockerfile import joined_lines
from confcontract.project.installed_extras import Extras, extras_of
from confcontract.project.workspace import is_workspace, workspace_above

LOCK = "requirements.lock"
MAKEFILES = ("Makefile", "image.mk")  # image.mk if the project has its own Makefile
WRITTEN_BY_US = "`confcontract init` wrote"
# In this order: production files before those that also list development dependencies.
_ASKED_FOR = (
    *("requirements.in", "requirements-prod.txt", "requirements/prod.txt", "requirements/production.txt"),
    *("requirements.txt", "requirements/base.txt", "pyproject.toml"),
)
_INCLUDES = re.compile(r"^-r\s+([\w./-]+)\s*$", re.MULTILINE)
_HASHED = re.compile(r"--hash[= ]sha256:")


@dataclass(frozen=True)
class Lock:
    """tool: its usual name. file: the lock file with hashes from which the image is built.

    command: creates the file, without a newline; None if the project already has it. made_from: the input of the
    command.
    has_confcontract: the project's files name it, so that the image installs it by its hash like all else.
    """

    tool: str
    file: str
    command: str | None
    made_from: str | None
    has_confcontract: bool


def lock_of(project: Path) -> Lock | None:
    """Returns None if no file lists the dependencies of the project."""
    pyproject = _text(project / "pyproject.toml")
    more = _more_installed(project)
    for tool, file, command in (
        ("uv", "uv.lock", _uv_export(_of_uv(project) + more.options("--group", "--extra"))),
        # this needs poetry-plugin-export, which poetry 2 does not include
        ("Poetry", "poetry.lock", _poetry_export(more)),
        ("PDM", "pdm.lock", f"pdm export --prod{more.options('-G', '-G')} --format requirements --output {LOCK}"),
    ):
        if (project / file).exists():
            return Lock(tool, LOCK, command, file, _names_us(_text(project / file)))
    above = workspace_above(project)
    if above is not None and (above / "uv.lock").exists():
        lock = "../" * len(project.resolve().relative_to(above).parts) + "uv.lock"
        options = "--no-emit-workspace" + more.options("--group", "--extra")
        return Lock("uv", LOCK, _uv_export(options), lock, _names_us(pyproject))
    text = _text(project / "requirements.txt")
    if _HASHED.search(text):
        tool = "pip-tools" if (project / "requirements.in").exists() or "pip-compile" in text else "requirements"
        return Lock(tool, "requirements.txt", None, None, _names_us(text))
    there = _text(project / LOCK)
    for name in _ASKED_FOR:
        text = _text(project / name)
        if text and (name != "pyproject.toml" or re.search(r"^\[project\]", pyproject, re.MULTILINE)):
            pip_tools = name.endswith(".in")
            command = f"pip-compile --generate-hashes --strip-extras --output-file={LOCK} {name}"
            ours = _names_us(text) or _names_us(there)
            return Lock("pip-tools" if pip_tools else "requirements", LOCK, command, name, ours)
    return Lock("requirements", LOCK, None, None, _names_us(there)) if _HASHED.search(there) else None


def _more_installed(project: Path) -> Extras:
    """The extras that the existing Dockerfile installs, or those in a `make lock` that `init` wrote earlier."""
    written = [_text(project / name) for name in MAKEFILES]
    ours = [text for text in written if WRITTEN_BY_US in text.partition("\n")[0]]
    return extras_of([joined_lines(_text(project / "Dockerfile")), *ours])


def _poetry_export(more: Extras) -> str:
    only = ",".join(["main", *more.groups])
    extras = "".join(f" --extras {name}" for name in more.extras)
    return f"poetry export --only {only}{extras} --format requirements.txt --output {LOCK}"


def _of_uv(project: Path) -> str:
    """The exported packages. The members of a workspace are copied as source, like the project itself."""
    if not is_workspace(project):
        return "--no-emit-project"
    has_dependencies = re.search(r"^dependencies\s*=\s*\[\s*[^\]\s]", _text(project / "pyproject.toml"), re.MULTILINE)
    return "--no-emit-workspace" if has_dependencies else "--all-packages --no-emit-workspace"


def _uv_export(packages: str) -> str:
    return f"uv export --locked --no-dev {packages} --no-header --output-file {LOCK}"


def depends_on(project: Path, lock: Lock, package: str) -> bool:
    """Whether the project's lock or requirements name the package."""
    files = {lock.file, lock.made_from, "pyproject.toml"} - {None}
    texts = [_text(project / file) for file in files if file]
    texts += [_text(project / name) for text in texts for name in _INCLUDES.findall(text)]
    return any(_named(text, package) for text in texts)


def own_requirements() -> list[str]:
    """The requirements of the installed confcontract; none if it runs from source without being installed."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        found = requires("confcontract") or ()
    except PackageNotFoundError:
        return []
    return sorted(each.partition(";")[0].strip() for each in found if "extra ==" not in each)


def _names_us(text: str) -> bool:
    return _named(text, "confcontract")


def _named(text: str, package: str) -> bool:
    """Searches at the beginning of a line or of a quoted requirement, since comments of pip-compile name packages as
    well."""
    return (
        re.search(rf"""^\s*(?:name = )?["']?{re.escape(package)}(?![-_.\w])""", text, re.MULTILINE | re.IGNORECASE)
        is not None
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""  # a FIFO would never end
    except OSError:
        return ""
