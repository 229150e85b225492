"""The known facts of an image's build, in the form of SLSA provenance v1. Unknown facts are left out.

Format: https://slsa.dev/spec/v1.0/provenance
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from confcontract.attestation.attestation_kinds import BUILD_TYPE, UNSTATED_BUILDER
from confcontract.contract.artifact import Contract
from confcontract.image.entry import Image
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem
from confcontract.verdict.mask import mask_credentials

_LABELS = "org.opencontainers.image"
SOURCE_LABEL = f"{_LABELS}.source"
REVISION_LABEL = f"{_LABELS}.revision"
BASE_LABEL = f"{_LABELS}.base.name"
BASE_DIGEST_LABEL = f"{_LABELS}.base.digest"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAMED_DIGEST = re.compile(r"(sha256|sha512):([0-9a-f]{64}|[0-9a-f]{128})")
_RELEASES = ("confcontract", "pydantic", "pydanticCore", "pydanticSettings", "python")


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """The facts from the command line. lock: the name of the lock file, and its SHA-256."""

    source_url: str | None = None
    source_commit: str | None = None
    builder: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    lock: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """source_url, source_commit, base: None if not known. base: name, and digest if the name has one.

    releases: of the programs that baked the contract. baked_for: the date of the bake (SOURCE_DATE_EPOCH).
    """

    source_url: str | None
    source_commit: str | None
    base: tuple[str, str | None] | None
    builder: str
    parameters: Mapping[str, str]
    lock: tuple[str, str] | None
    releases: Mapping[str, str]
    baked_for: str | None


def build_facts(image: Image, contract: Contract, given: GivenFacts, reference: str) -> BuildFacts:
    """Raises ConfigurationInvalid if two sources state different values."""
    baked = contract.data.get("provenance", {})
    labels = image.labels
    commits = {
        "--source-commit": given.source_commit,
        f"the label {REVISION_LABEL}": labels.get(REVISION_LABEL),
        "the contract's sourceCommit": baked.get("sourceCommit"),
    }
    urls = {"--source-url": given.source_url, f"the label {SOURCE_LABEL}": labels.get(SOURCE_LABEL)}
    url = _agreed(urls, "source repository", reference)
    return BuildFacts(
        _without_login(url) if url else None,
        _agreed(commits, "source revision", reference),
        _base(labels),
        given.builder or UNSTATED_BUILDER,
        given.parameters,
        given.lock,
        {name: str(baked[name]) for name in _RELEASES if name in baked},
        baked.get("buildTime"),
    )


def _without_login(url: str) -> str:
    """Removes credentials, since attestations are public. A user that is not a secret, as in ssh://git@host, is
    kept."""
    return url if mask_credentials(url) == url else mask_credentials(re.sub(r"//[^/@\s]*@", "//", url))


def _agreed(said: Mapping[str, str | None], what: str, reference: str) -> str | None:
    known = {where: value for where, value in said.items() if value}
    if len(set(known.values())) > 1:
        message = f"{reference}: {' and '.join(known)} name different values for the {what}"
        hint = "attest the image that was built from this source, or build it again"
        raise ConfigurationInvalid(Problem("attestation-mismatch", message, hint=hint, source_said=True))
    return next(iter(known.values()), None)


def _base(labels: Mapping[str, str]) -> tuple[str, str | None] | None:
    name, _, digest = labels.get(BASE_LABEL, "").partition("@")
    digest = labels.get(BASE_DIGEST_LABEL, "") or digest
    return (name, digest if _NAMED_DIGEST.fullmatch(digest) else None) if name else None


def provenance_predicate(facts: BuildFacts) -> dict[str, Any]:
    source = {"uri": facts.source_url, "revision": facts.source_commit}
    source = {name: value for name, value in source.items() if value}
    external: dict[str, Any] = {"source": source} if source else {}
    if facts.parameters:
        external["parameters"] = dict(facts.parameters)
    internal: dict[str, Any] = {"releases": dict(facts.releases)} if facts.releases else {}
    if facts.baked_for:
        internal["sourceDate"] = facts.baked_for
    definition: dict[str, Any] = {"buildType": BUILD_TYPE, "externalParameters": external}
    if internal:
        definition["internalParameters"] = internal
    if dependencies := _dependencies(facts):
        definition["resolvedDependencies"] = dependencies
    return {"buildDefinition": definition, "runDetails": {"builder": {"id": facts.builder}}}


def _dependencies(facts: BuildFacts) -> list[dict[str, Any]]:
    """The dependencies with a digest. The others are not resolved."""
    found: list[dict[str, Any]] = []
    if facts.source_commit and _COMMIT.fullmatch(facts.source_commit):
        entry: dict[str, Any] = {"name": "source", "digest": {"gitCommit": facts.source_commit}}
        if facts.source_url:
            entry["uri"] = f"git+{facts.source_url}@{facts.source_commit}"
        found.append(entry)
    if facts.base and facts.base[1]:
        name, digest = facts.base
        algorithm, _, value = str(digest).partition(":")
        found.append({"name": "base image", "uri": _image_purl(name, str(digest)), "digest": {algorithm: value}})
    if facts.lock:
        found.append({"name": facts.lock[0], "digest": {"sha256": facts.lock[1]}})
    return found


def _image_purl(name: str, digest: str) -> str:
    """pkg:docker, BuildKit's notation for base images: https://github.com/package-url/purl-spec"""
    host, slash, path = name.partition("/")
    if not slash or not (set(".:") & set(host) or host == "localhost"):
        host, path = "", name
    path, _, tag = path.partition(":")
    version = f"@{quote(tag, safe='')}" if tag else ""
    registry = f"&repository_url={quote(host, safe='')}" if host else ""
    return f"pkg:docker/{quote(path)}{version}?digest={digest}{registry}"
