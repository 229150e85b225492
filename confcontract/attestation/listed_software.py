"""Reads the installed software from a CycloneDX document, without a library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from confcontract.attestation.sbom import DIGEST_PROPERTY
from confcontract.image.installed_packages import Release, normalized


def releases_listed(document: Mapping[str, Any]) -> set[Release]:
    """The Python distributions. A version is "" if none is given. Raises ValueError for another kind of document."""
    return set(_releases(document))


def _releases(document: Mapping[str, Any]) -> Iterator[Release]:
    for each in _components(document):
        purl = each.get("purl")
        if isinstance(purl, str) and (found := _distribution(purl)) is not None:
            yield found


def _distribution(purl: str) -> Release | None:
    """Parses a purl in any spelling that the specification allows: https://github.com/package-url/purl-spec

    Scheme and type are case-insensitive, slashes at both ends are ignored, and each part may be percent-encoded.
    """
    scheme, _, rest = purl.strip().partition(":")
    kind, _, named = re.split(r"[?#]", rest)[0].strip("/").partition("/")
    if scheme.lower() != "pkg" or unquote(kind).lower() != "pypi":
        return None
    name, _, version = named.partition("@")
    return normalized(unquote(name).strip("/")), unquote(version)


def contract_listed(document: Mapping[str, Any]) -> str | None:
    """The digest of the contract; None if the document has none. Raises ValueError."""
    for each in _components(document):
        properties = each.get("properties")
        for entry in properties if isinstance(properties, list) else ():
            if isinstance(entry, dict) and entry.get("name") == DIGEST_PROPERTY:
                return str(entry.get("value"))
    return None


def _components(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All components, including nested ones."""
    listed = document.get("components", [])
    if document.get("bomFormat") != "CycloneDX" or not isinstance(listed, list):
        raise ValueError("it is not a CycloneDX document")
    found: list[Mapping[str, Any]] = [each for each in listed if isinstance(each, dict)]
    for each in found:  # the list grows during the loop
        inner = each.get("components")
        found += [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []
    return found
