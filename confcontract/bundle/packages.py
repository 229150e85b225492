"""The packages of a bundle: those that confcontract declares as its requirements, except those for authors."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from confcontract.bundle.no_bundle import impossible
from confcontract.image.installed_packages import normalized
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

OURS = "confcontract"
OF_AUTHORS = frozenset({"pydantic", "pydantic-settings", "typer", "typing-inspection"})
LANE = ("boot", "secrets", "verdict", "checks", "contract", "host", "report")  # our own packages
MODULES = ("__init__.py", "__main__.py", "isolated.py")
# Useless without an application in the image: the runner calls functions of the application.
_WITHOUT = frozenset({"boot/checks/runner.py"})
DRIVERS = f"{OURS}/boot/checks/drivers/"  # each module imports only what its driver provides
_EXTRAS = ("aws", "yaml", "amqp", "grpc", "mysql", "postgres", "redis")  # the extras that a boot may import
_UNNEEDED = re.compile(
    r"(^|/)(tests?|testing|benchmarks|emscripten|__pycache__)/|^\.\./|\.pyi$|(^|/)py\.typed$"
    r"|\.dist-info/(?!METADATA$|licenses?/|LICENSE|NOTICE|COPYING)"
)
# boto3 has descriptions of 400 AWS services; a boot calls only these.
_SERVICES = re.compile(r"^(boto3|botocore)/data/(?!(secretsmanager|ssm|sts|sso|sso-oidc|signin)/)[^/]+/")
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?:\[(?P<extras>[^\]]*)\])?(?P<rest>.*)", re.DOTALL)
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w.-]+)['\"]")


def needed_packages(extras: tuple[str, ...]) -> dict[str, Distribution]:
    """The installed requirements of confcontract with these extras, by name, and their requirements in turn.

    Raises UsageError for unknown extras, ConfigurationInvalid for extras that are not installed.
    """
    for extra in extras:
        if extra not in _EXTRAS:
            raise UsageError(
                Problem("usage", f"--with {extra} is not known", hint=f"one of these: {', '.join(_EXTRAS)}")
            )
    found: dict[str, Distribution] = {}
    seen: dict[str, set[str]] = {}
    ahead = [(OURS, set(extras))]
    while ahead:
        name, wanted = ahead.pop()
        if name in OF_AUTHORS or (wanted <= seen.get(name, set()) and name in seen):
            continue
        seen[name] = seen.get(name, set()) | wanted
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform or Python release; extras are checked below
        ahead += _requirements(found[name], seen[name])
    _refuse_missing(extras, found)
    return dict(sorted(found.items()))


def _requirements(of: Distribution, extras: set[str]) -> list[tuple[str, set[str]]]:
    required = []
    for text in of.requires or ():
        match = _REQUIREMENT.match(text)
        assert match is not None
        only = _EXTRA.search(match["rest"])
        if only is None or only[1] in extras:
            required.append((normalized(match["name"]), set(filter(None, re.split(r"[\s,]+", match["extras"] or "")))))
    return required


def _refuse_missing(extras: tuple[str, ...], found: dict[str, Distribution]) -> None:
    for extra in extras:
        with_it = {name for name, _ in _requirements(found[OURS], {extra})}
        without = {name for name, _ in _requirements(found[OURS], set())}
        for name in sorted(with_it - without - found.keys()):
            what = f"--with {extra} needs {name}, which is not installed"
            raise impossible(what, f"install 'confcontract[{extra}]' in the stage that makes the bundle")


def our_files(package: Path) -> dict[str, Path]:
    """The files of the boot lane, by path below site-packages. package: our own folder."""
    files = [package / name for name in MODULES]
    for part in LANE:
        files += sorted((package / part).rglob("*.py"))
    return {f"{OURS}/{name}": file for file in files if (name := file.relative_to(package).as_posix()) not in _WITHOUT}


def files_of(name: str, package: Distribution) -> dict[str, Path]:
    """By path below site-packages. Raises ConfigurationInvalid for a package without a list of its files."""
    if package.files is None:
        what = f"{name} was installed without a list of its files"
        raise impossible(what, "install it with pip or uv, in a virtual environment")
    listed = {str(file): Path(str(file.locate())) for file in package.files}
    if name == OURS:
        listed = {path: file for path, file in listed.items() if ".dist-info/" in path}
    return {path: file for path, file in listed.items() if not (_UNNEEDED.search(path) or _SERVICES.search(path))}
