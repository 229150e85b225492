"""Searches for patterns of credentials with an external scanner: trivy, if it is installed.

Only the kind and the place of each match are kept. The scanner's report is discarded, since it shows lines next to the
ones that it masks. The scanner reads the image from a folder or an archive, and gets only PATH and HOME of the
environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confcontract.audit.audited_image import PatternMatch
from confcontract.image.entry import Image
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

SCANNERS = ("trivy",)
_SECONDS = 1800  # the time limit of the scanner
_MOST = 10_000  # matches that are kept
_ARCHIVE = "docker-archive:"
_FOLDER = "oci:"


@dataclass(frozen=True)
class Scanned:
    matches: Sequence[PatternMatch] = ()
    unexamined: Sequence[str] = ()


def scanner_for(wanted: str, path: str | None) -> str | None:
    """Returns its path; None for "none", or if no scanner is installed and none was requested by name.

    Raises ConfigurationInvalid if the requested scanner is not installed.
    """
    if wanted == "none":
        return None
    names = SCANNERS if wanted == "auto" else (wanted,)
    found = next((place for name in names if (place := shutil.which(name, path=path))), None)
    if found is None and wanted != "auto":
        hint = f"install it, or leave --scanner {wanted} out"
        raise ConfigurationInvalid(Problem("scanner-unusable", f"{wanted} is not installed", hint=hint))
    return found


def scan_patterns(program: str | None, reference: str, asked: bool) -> Callable[[Image], Scanned]:
    """asked: whether the user named the scanner; if not, it is skipped for references that it can't read."""

    def scan(image: Image) -> Scanned:
        if program is None:
            return Scanned(unexamined=["patterns of credentials: no scanner was run"])
        place = _place(reference)
        if place is None:
            why = "the scanner reads only oci: and docker-archive:"
            if asked:
                raise ConfigurationInvalid(Problem("scanner-unusable", why, hint="copy the image with skopeo first"))
            return Scanned(unexamined=[f"patterns of credentials: {why}"])
        return Scanned(_matches(_report(program, place), image, place))

    return scan


def _place(reference: str) -> str | None:
    """The place in trivy's syntax, which allows a tag after a folder but not after an archive."""
    if reference.startswith(_ARCHIVE):
        return reference.removeprefix(_ARCHIVE).partition(":")[0]
    return reference.removeprefix(_FOLDER) if reference.startswith(_FOLDER) else None


def _report(program: str, place: str) -> Mapping[str, Any]:
    """Raises ConfigurationInvalid if the scanner fails, without its output, which may contain anything."""
    with tempfile.TemporaryDirectory(prefix="confcontract-audit-") as folder:
        command = [
            *(program, "image", "--input", place, "--scanners", "secret"),
            *("--image-config-scanners", "secret", "--format", "json", "--quiet"),
            *("--cache-dir", folder, "--offline-scan", "--timeout", f"{_SECONDS}s"),
        ]
        environ = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        environ["TMPDIR"] = folder  # trivy unpacks layers there
        environ["TRIVY_SKIP_VERSION_CHECK"] = "true"  # releases without this option ignore the variable
        try:
            done = subprocess.run(
                command, check=False, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS + 60
            )
            report = json.loads(done.stdout) if done.returncode == 0 else None
        except (OSError, ValueError, subprocess.TimeoutExpired):
            report = None
    if not isinstance(report, dict):
        message = f"{os.path.basename(program)} could not scan the image"
        hint = f"see '{os.path.basename(program)} image --input {place} --scanners secret', or --scanner none"
        raise ConfigurationInvalid(Problem("scanner-unusable", message, hint=hint))
    return report


def _matches(report: Mapping[str, Any], image: Image, place: str) -> list[PatternMatch]:
    """https://trivy.dev/latest/docs/scanner/secret/: target, rule, title and layer of each result. For a match in the
    configuration, the target is the image itself."""
    layers = {layer.digest: number for number, layer in enumerate(image.layers)}
    rootfs = image.config.get("rootfs")
    ids = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    layers |= {str(each): number for number, each in enumerate(ids if isinstance(ids, list) else [])}
    found = []
    for result in _objects(report.get("Results")):
        for secret in _objects(result.get("Secrets")):
            layer = secret.get("Layer")
            known = layer if isinstance(layer, dict) else {}
            number = layers.get(str(known.get("DiffID")), layers.get(str(known.get("Digest"))))
            kind = f"{secret.get('Title') or secret.get('Category')} ({secret.get('RuleID')})"
            target = str(result.get("Target"))
            found.append(PatternMatch("trivy", kind, "" if target == place else target, number))
    return found[:_MOST]


def _objects(found: Any) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
