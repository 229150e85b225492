"""Chooses an image by platform: operating system, architecture and variant, with OCI's names."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from confcontract.image.image_fault import ImageFault

DEFAULT = "DOCKER_DEFAULT_PLATFORM"  # read by Docker, too
_ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm/v7",
    "armv6l": "arm/v6",
    "i686": "386",
}


def default_platform(environ: Mapping[str, str] = os.environ) -> str:
    """The platform if none is requested: Linux on the machine's architecture."""
    machine = platform.machine().lower()
    return environ.get(DEFAULT) or f"linux/{_ARCHITECTURES.get(machine, machine)}"


def platform_of(data: Mapping[str, Any]) -> str:
    """The platform of an index entry or of a configuration, such as `linux/arm64/v8`."""
    parts = [data.get(name) for name in ("os", "architecture", "variant")]
    return "/".join(str(part) for part in parts if part)


def chosen(entries: Sequence[Mapping[str, Any]], wanted: str | None) -> Mapping[str, Any]:
    """Returns the index entry for a platform, or the only entry if no platform was requested. Raises ImageFault."""
    images = [(_named(each.get("platform")), each) for each in entries]
    images = [(name, each) for name, each in images if not name.startswith("unknown")]  # those are attestations
    if wanted is None and len(images) == 1:
        return images[0][1]
    asked = wanted or default_platform()
    for name, each in images:
        if _same(name, asked):
            return each
    hint = f"set {DEFAULT} to one of them; inspect, audit, attest and verify take --platform, too"
    raise _none_for(asked, {name for name, _ in images}, hint)


def refuse_other(config: Mapping[str, Any], wanted: str | None) -> None:
    """Checks an image that is in no index. Raises ImageFault if a different platform was requested."""
    own = platform_of(config)
    if wanted is not None and not _same(own, wanted):
        raise _none_for(wanted, {own}, "leave --platform out, or name another image")


def _none_for(wanted: str, names: Iterable[str], hint: str) -> ImageFault:
    known = ", ".join(sorted(filter(None, names))) or "none"
    return ImageFault(f"there is no image for {wanted}, only for: {known}", hint, code="image-not-found")


def _named(found: Any) -> str:
    return platform_of(found) if isinstance(found, dict) else ""


def _same(name: str, asked: str) -> bool:
    """The variant is compared only if it was requested. For arm64 the default variant is v8."""
    parts, wanted = ([*each.removesuffix("/v8").split("/"), ""][:3] for each in (name, asked))
    return parts[:2] == wanted[:2] and wanted[2] in ("", parts[2])
