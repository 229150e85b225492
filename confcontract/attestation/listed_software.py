"""What a CycloneDX document says that is installed: read from its data, without a library."""

from __future__ import annotations

import re
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
        if isinstance(purl, str) and (found := _distribution(purl)) is not None:
            yield found


def _distribution(purl: str) -> Release | None:
    """However it is spelled, as the specification has it parsed: https://github.com/package-url/purl-spec

    Scheme and type in any case, slashes at both ends without a meaning, each part percent-encoded or not.
    """
    scheme, _, rest = purl.strip().partition(":")
    kind, _, named = re.split(r"[?#]", rest)[0].strip("/").partition("/")
    if scheme.lower() != "pkg" or unquote(kind).lower() != "pypi":
        return None
    name, _, version = named.partition("@")
    return normalized(unquote(name).strip("/")), unquote(version)


def contract_listed(document: Mapping[str, Any]) -> str | None:
    """The digest of the contract; None where there is none. Raises ValueError."""
    for each in _components(document):
        properties = each.get("properties")
        for entry in properties if isinstance(properties, list) else ():
            if isinstance(entry, dict) and entry.get("name") == DIGEST_PROPERTY:
                return str(entry.get("value"))
    return None


def _components(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Also those within others."""
    listed = document.get("components", [])
    if document.get("bomFormat") != "CycloneDX" or not isinstance(listed, list):
        raise ValueError("it is not a CycloneDX document")
    found: list[Mapping[str, Any]] = [each for each in listed if isinstance(each, dict)]
    for each in found:  # grows meanwhile
        inner = each.get("components")
        found += [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []
    return found
