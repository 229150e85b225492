"""Scanner reports about the packages of an image, and the changes between two reports.

Formats: `pip-audit --format json`, and `trivy image --format json` (SchemaVersion 2).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from confcontract.compare.release_note import NoteEntry, NoteKind
from confcontract.image.installed_packages import normalized
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import WARNING, Problem

_ID = re.compile(r"[A-Za-z0-9][\w.:-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Advisory:
    """ids: all names of one advisory. fixed_in: the releases that the scanner reports."""

    ids: frozenset[str]
    package: str
    version: str
    fixed_in: tuple[str, ...]

    @property
    def name(self) -> str:
        """The CVE name, if it has one."""
        return min(self.ids, key=lambda each: (not each.startswith("CVE-"), each))

    def is_same(self, other: Advisory) -> bool:
        return self.package == other.package and bool(self.ids & other.ids)


@dataclass(frozen=True, slots=True)
class ScannerReport:
    """unscanned: packages for which the scanner has no result."""

    advisories: Sequence[Advisory]
    unscanned: frozenset[str]


def scanner_report(path: str) -> ScannerReport:
    """Raises ConfigurationInvalid."""
    from confcontract.host.sourcefile import Unreadable, read_source

    try:
        data = json.loads(read_source(path, limit=256 * 1024 * 1024))
        found = _pip_audit(data) or _trivy(data)
    except Unreadable as error:
        what = f"{path} {error}" if error.of_file else f"{path} can't be read: {error}"
        raise _unusable(what, error.hint) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        found = None
    if found is None:
        raise _unusable(f"{path} is not a report of a known scanner", "write it with --format json")
    return found


def _unusable(message: str, hint: str) -> ConfigurationInvalid:
    hint += "; pip-audit and trivy image are read"
    return ConfigurationInvalid(Problem("advisories-unusable", message, hint=hint, source_said=True))


def _pip_audit(data: Any) -> ScannerReport | None:
    listed = data.get("dependencies") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        return None
    found = [
        Advisory(
            _ids(each["id"], *each.get("aliases", ())),
            normalized(package["name"]),
            str(package["version"]),
            tuple(map(str, each.get("fix_versions") or ())),
        )
        for package in listed
        for each in package.get("vulns", ())
    ]
    return ScannerReport(found, frozenset(normalized(each["name"]) for each in listed if "skip_reason" in each))


def _trivy(data: Any) -> ScannerReport | None:
    if not isinstance(data, dict) or data.get("SchemaVersion") != 2:
        return None
    found = [
        Advisory(
            _ids(each["VulnerabilityID"], *(each.get("VendorIDs") or ())),
            normalized(each["PkgName"]),
            str(each["InstalledVersion"]),
            tuple(part.strip() for part in str(each.get("FixedVersion") or "").split(",") if part.strip()),
        )
        for result in data.get("Results") or ()
        for each in result.get("Vulnerabilities") or ()
    ]
    return ScannerReport(found, frozenset())


def _ids(*given: Any) -> frozenset[str]:
    if not all(isinstance(each, str) and _ID.fullmatch(each) for each in given):
        raise ValueError("an advisory has an invalid name")
    return frozenset(given)


def advisory_entries(old: ScannerReport, new: ScannerReport) -> list[NoteEntry]:
    """The fixed advisories, and the new ones. An advisory that the scanner could not check again is neither."""
    fixed = [each for each in _once(old.advisories) if not _is_in(each, new) and each.package not in new.unscanned]
    came = [each for each in _once(new.advisories) if not _is_in(each, old)]
    return [
        *(_entry(each, f"Fixed: it affected {each.package} {each.version}.") for each in fixed),
        *(_entry(each, f"New: it affects {each.package} {each.version}{_remedy(each)}.") for each in came),
    ]


def undecided(old: ScannerReport, new: ScannerReport) -> Iterator[Problem]:
    """Advisories of the old image that the new report can't decide, because the package was not scanned."""
    for each in _once(old.advisories):
        if not _is_in(each, new) and each.package in new.unscanned:
            message = f"{each.package} was not scanned in the new image: whether {each.name} is fixed is not known"
            hint = "let the scanner check it, or check it yourself"
            yield Problem("advisories-unusable", message, hint=hint, severity=WARNING)


def _entry(advisory: Advisory, text: str) -> NoteEntry:
    others = sorted(advisory.ids - {advisory.name})
    also = f" Also {', '.join(others)}." if others else ""
    return NoteEntry(NoteKind.SECURITY, advisory.name, text + also, (advisory.package, *others))


def _remedy(advisory: Advisory) -> str:
    return f"; fixed in {', '.join(advisory.fixed_in)}" if advisory.fixed_in else "; no release fixes it"


def _is_in(advisory: Advisory, report: ScannerReport) -> bool:
    return any(advisory.is_same(each) for each in report.advisories)


def _once(advisories: Sequence[Advisory]) -> list[Advisory]:
    """In the order of their names. An advisory that is reported for several places of a package is included once."""
    found: list[Advisory] = []
    for each in sorted(advisories, key=lambda each: (each.name, each.package, each.version)):
        if not any(each.is_same(other) for other in found):
            found.append(each)
    return found
