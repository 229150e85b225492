"""INSTALLED_NOT_LOCKED."""

from __future__ import annotations

import json
from collections.abc import Iterator

from confcontract.audit.audit_rule import AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.lock_file import LockFile
from confcontract.findings.severity import ERROR
from confcontract.image.installed_packages import InstalledPackage


def find(image: AuditedImage) -> Iterator[Offence]:
    lock = image.lock
    if lock is None:
        return
    names = {each.normalized for each in image.installed}
    for each in image.installed:
        if not _came_with_build(each):
            yield from _against(lock, each)
    for name in sorted(lock.everywhere - names):
        yield Offence(name, f"is locked in {lock.path}, and not installed")


def _against(lock: LockFile, package: InstalledPackage) -> Iterator[Offence]:
    allowed = lock.versions.get(package.normalized)
    if allowed is None:
        if package.normalized not in lock.loose:
            what = f"{package.version} is installed, and not in {lock.path}"
            yield Offence(package.normalized, what, package.layer)
    elif package.version not in allowed:
        what = f"{package.version} is installed, and {lock.path} locks {' or '.join(sorted(allowed))}"
        yield Offence(package.normalized, what, package.layer)


def _came_with_build(package: InstalledPackage) -> bool:
    """Whether the package was installed from a wheel or folder of the build context; pip and uv record that (PEP
    610)."""
    try:
        noted = json.loads(package.files.get("direct_url.json", b"{}"))
    except (ValueError, RecursionError):
        return False
    return isinstance(noted, dict) and str(noted.get("url", "")).startswith("file:")


RULE = AuditRule(
    "INSTALLED_NOT_LOCKED",
    ERROR,
    "The installed packages are not those of the lock file.",
    "Install only from the lock file (--no-deps --require-hashes), or lock again and rebuild.",
    find,
)
