"""Faults of the installed packages: one that we need is missing, or its release lacks something that we use.

Used only after an import has failed. pip lets both happen: with --no-deps, or by a later `pip install` of something
else.
"""

from __future__ import annotations

from confcontract.report.errors import ConfcontractError, ConfigurationInvalid
from confcontract.report.problem import Problem

# Imported name → the package that provides it. Each is declared in pyproject.toml.
PACKAGES = {
    "certifi": "certifi",
    "dotenv": "python-dotenv",
    "hvac": "hvac",
    "idna": "idna",
    "jsonschema": "jsonschema",
    "jsonschema_specifications": "jsonschema-specifications",
    "pydantic": "pydantic",
    "pydantic_core": "pydantic-core",
    "pydantic_settings": "pydantic-settings",
    "referencing": "referencing",
    "typer": "typer",
    "typing_inspection": "typing-inspection",
    "urllib3": "urllib3",
}


def unusable(error: BaseException) -> ConfcontractError | None:
    """The refusal (exit 78) that an ImportError about one of `PACKAGES` means; None for anything else."""
    if not isinstance(error, ImportError) or error.name is None:
        return None
    top = error.name.partition(".")[0]
    package = PACKAGES.get(top)
    if package is None:
        return None
    wanted, release = _wanted(package), _release(package)
    missing = isinstance(error, ModuleNotFoundError) and error.name == top
    what = f"{package} is not installed" if missing else f"{package} {release} can't be used"
    needed = f"confcontract needs {wanted}"
    return ConfigurationInvalid(
        Problem("release-unsupported", f"{what}: {needed}", hint=f"install '{wanted}' in the image that boots")
    )


def _wanted(package: str) -> str:
    """The package with its bounds, from our own metadata."""
    import re
    from importlib.metadata import PackageNotFoundError, requires

    try:
        needs = requires("confcontract") or ()
    except PackageNotFoundError:  # run from its source
        needs = ()
    return next((need for need in needs if re.split(r"[^\w.-]", need, maxsplit=1)[0] == package), package)


def _release(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "here"
