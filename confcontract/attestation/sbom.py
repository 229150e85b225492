"""Writes the software in an image as a CycloneDX 1.6 document with cyclonedx-python-lib: the installed Python
distributions, and the contract.

The same image gives the same bytes: the serial number is derived from the image's digest and the listed software, and
the time is that of the image.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from confcontract.attestation.extra_missing import extra_missing
from confcontract.attestation.statement import ImageSubject
from confcontract.contract.from_image import ContractInImage
from confcontract.image.installed_packages import InstalledPackage, Release
from confcontract.image.referrers import as_json
from confcontract.image.verified import digest_of_bytes
from confcontract.verdict.mask import mask_credentials

if TYPE_CHECKING:
    from cyclonedx.model.component import Component

CONTRACT_REF = "confcontract-contract"
DIGEST_PROPERTY = "confcontract:contract:digest"
PATH_PROPERTY = "confcontract:contract:path"
FOLDER_PROPERTY = "confcontract:folder"
ORIGIN_PROPERTY = "confcontract:installedFrom"
SCOPE_PROPERTY = "confcontract:listed"
LISTED = "Python distributions"
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122, the namespace of URLs


@dataclass(frozen=True, slots=True)
class SoftwareOfImage:
    """moment: of the image, or None if it is not known. hashes: for each release, the files that the lock allows."""

    subject: ImageSubject
    contract: ContractInImage
    packages: Sequence[InstalledPackage]
    hashes: Mapping[Release, Sequence[str]]
    moment: datetime | None


def cyclonedx_document(software: SoftwareOfImage) -> dict[str, Any]:
    """Raises ConfigurationInvalid where the library is not installed."""
    try:
        from cyclonedx.model.bom import Bom, BomMetaData
        from cyclonedx.output.json import JsonV1Dot6
    except ImportError:
        raise extra_missing("cyclonedx-python-lib", "write an SBOM") from None
    from cyclonedx.model import Property

    listed = [*_components(software), _contract(software.contract)]
    root = _root(software)
    bom = Bom(
        components=listed,
        metadata=BomMetaData(
            component=root,
            timestamp=software.moment or datetime.fromtimestamp(0, UTC),
            properties=[Property(name=SCOPE_PROPERTY, value=LISTED)],
        ),
        serial_number=uuid.UUID(int=0),
    )
    bom.register_dependency(root, listed)
    document: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    if software.moment is None:
        del document["metadata"]["timestamp"]
    del document["serialNumber"]
    content = digest_of_bytes(as_json(document))
    serial = uuid.uuid5(_NAMESPACE, f"{software.subject.digest} {content}")
    return {**document, "serialNumber": serial.urn}


def _root(software: SoftwareOfImage) -> Component:
    from cyclonedx.model.component import Component, ComponentType

    subject = software.subject
    version = subject.digest
    return Component(
        name=subject.name, version=version, type=ComponentType.CONTAINER, bom_ref="image", hashes=_hash(subject.digest)
    )


def _contract(found: ContractInImage) -> Component:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component, ComponentType

    contract = found.contract
    return Component(
        name=f"{contract.name} contract",
        version=contract.version,
        type=ComponentType.DATA,
        bom_ref=CONTRACT_REF,
        hashes=_hash(digest_of_bytes(contract.to_bytes())),
        properties=[
            Property(name=DIGEST_PROPERTY, value=contract.digest),
            Property(name=PATH_PROPERTY, value=found.path),
        ],
    )


def _hash(digest: str) -> list[Any]:
    from cyclonedx.model import HashAlgorithm, HashType

    algorithm, _, value = digest.partition(":")
    return [HashType(alg=HashAlgorithm({"sha256": "SHA-256", "sha512": "SHA-512"}[algorithm]), content=value)]


def _components(software: SoftwareOfImage) -> list[Component]:
    twice = Counter((each.normalized, each.version) for each in software.packages)
    return [_component(each, software.hashes, twice[each.normalized, each.version] > 1) for each in software.packages]


def _component(package: InstalledPackage, hashes: Mapping[Release, Sequence[str]], twice: bool) -> Component:
    from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
    from cyclonedx.model.component import Component
    from packageurl import PackageURL

    purl = PackageURL("pypi", None, package.normalized, package.version or None)
    allowed = hashes.get((package.normalized, package.version), ())
    known = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in allowed]
    properties = [Property(name=FOLDER_PROPERTY, value=package.folder)]
    if origin := _origin(package):
        properties.append(Property(name=ORIGIN_PROPERTY, value=origin))
    files = [
        ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(purl.to_string()),
            hashes=known,
            comment="one of these files, as the lock has them",
        )
    ]
    return Component(
        name=package.name,
        version=package.version or None,
        purl=purl,
        bom_ref=f"{purl.to_string()}#{package.folder}" if twice else purl.to_string(),
        hashes=known if len(known) == 1 else (),
        external_references=files if len(known) > 1 else (),
        properties=properties,
    )


def _origin(package: InstalledPackage) -> str | None:
    """The origin of a package that pip did not install from an index: direct_url.json (PEP 610)."""
    try:
        found = json.loads(package.files.get("direct_url.json", b"{}"))
        url = found.get("url")
    except (ValueError, AttributeError, RecursionError):
        return None
    return mask_credentials(url) if isinstance(url, str) else None
