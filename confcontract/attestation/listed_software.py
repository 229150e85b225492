"""What a CycloneDX document says that is installed: read from its data, without a library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from confcontract.attestation.sbom import DIGEST_PROPERTY
from confcontract.image.installed_packages import Release, normalized


def releases_listed(document: Mapping[str, Any]) -> set[Release]:
    """Python distributions. A version is "" where none is stated. Raises ValueError for what is no such document."""
    return set(_releases(document))


def _releases(document: Mapping[str, Any]) -> Iterator[Release]:
    for each in _components(document):
        purl = each.get("purl")
        if isinstance(purl, str) and purl.startswith("pkg:pypi/"):
            name, _, version = purl.removeprefix("pkg:pypi/").partition("?")[0].partition("#")[0].partition("@")
            yield normalized(unquote(name)), unquote(version)


def contract_listed(document: Mapping[str, Any]) -> str | None:
    """The digest of the contract; None where there is none. Raises ValueError."""
    for each in _components(document):
        properties = each.get("properties")
        for entry in properties if isinstance(properties, list) else ():
            if isinstance(entry, dict) and entry.get("name") == DIGEST_PROPERTY:
                return str(entry.get("value"))
    return None


def _components(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = document.get("components", [])
    if document.get("bomFormat") != "CycloneDX" or not isinstance(found, list):
        raise ValueError("it is no CycloneDX document")
    return [each for each in found if isinstance(each, dict)]
