"""The facts that `confcontract inspect` shows. Values that may be secrets are masked: those of names that the contract
declares secret or that look like one, and passwords in URLs. The image's variables are listed without values."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from confcontract.attestation.attested_facts import AttestedFacts, attested_facts, provenance_in_words
from confcontract.contract.artifact import is_hidden
from confcontract.contract.damage import refuse_damaged
from confcontract.contract.from_image import DIGEST_LABEL, ContractInImage, contract_in
from confcontract.image.entry import Image
from confcontract.image.open_image import open_image
from confcontract.image.platforms import platform_of
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.mask import MASK
from confcontract.verdict.masked_commands import is_secret_in, mask_command, mask_words


def image_facts(reference: str, platform: str | None = None) -> tuple[dict[str, Any], list[Problem]]:
    """The facts in the form of the json format, and the faults of the labels.

    Raises UsageError, ImageUnusable and ContractUnusable.
    """
    with open_image(reference, platform) as image:
        found = contract_in(image, reference)
        refuse_damaged(found.contract.data)
        attested = attested_facts(reference, image)
        problems = [*_problems(reference, image, found), *attested.problems]
        return _facts(reference, image, found, attested), problems


def _facts(reference: str, image: Image, found: ContractInImage, attested: AttestedFacts) -> dict[str, Any]:
    settings = image.settings
    secret = {name for each in found.contract.variables if is_hidden(each) for name in _names(each)}

    def shown(value: Any) -> Any:
        if isinstance(value, list):
            return mask_words([str(each) for each in value], secret)
        return mask_command(str(value), secret) if value else None

    labels = {name: _value(name, value, secret) for name, value in sorted(image.labels.items())}
    return {
        "image": reference,
        "digest": image.digest or None,
        "platform": platform_of(image.config),
        "created": shown(image.config.get("created")),
        "user": shown(settings.get("User")),
        "entrypoint": shown(settings.get("Entrypoint")),
        "command": shown(settings.get("Cmd")),
        "contract": {
            "name": found.contract.name,
            "version": found.contract.version,
            "digest": found.contract.digest,
            "path": found.path,
            "layer": found.layer + 1,
        },
        "provenance": attested.provenance and dict(attested.provenance),
        "attestations": [dict(each) for each in attested.attestations],
        "labels": labels,
        "variables": sorted(each.partition("=")[0] for each in image.variables),
        "layers": [
            {"digest": each.digest, "size": each.size, "instruction": shown(each.instruction)} for each in image.layers
        ],
    }


def _names(variable: Any) -> list[str]:
    return [str(variable["name"]), *map(str, variable.get("aliases", ()))]


def _problems(reference: str, image: Image, found: ContractInImage) -> Iterator[Problem]:
    said = image.labels.get(DIGEST_LABEL)
    if said is not None and said != found.contract.digest:
        message = f"{reference}: the label {DIGEST_LABEL} names another contract than the one in the image"
        hint = "build the image again; boot uses the file"
        yield Problem("contract-edited", message, source=reference, hint=hint, severity=WARNING, source_said=True)


def _value(name: str, value: str, secret: Set[str]) -> str:
    return MASK if is_secret_in(name, secret) else mask_command(value, secret)


def facts_as_text(facts: dict[str, Any]) -> str:
    """The facts for people."""
    from confcontract.report.terminal import printable

    contract = facts["contract"]
    rows = [
        ("contract", f"{contract['name']} {contract['version']}"),
        ("", contract["digest"]),
        ("", f"{contract['path']}, in layer {contract['layer']} of {len(facts['layers'])}"),
        *_counted("provenance", provenance_in_words(facts["provenance"], facts["attestations"])),
        ("digest", facts["digest"]),
        ("platform", facts["platform"]),
        ("created", facts["created"]),
        ("user", facts["user"] or "root, because no user is named"),
        ("entry point", _words(facts["entrypoint"])),
        ("command", _words(facts["command"])),
        ("variables", ", ".join(facts["variables"])),
        *_counted("labels", [f"{name}={value}" for name, value in facts["labels"].items()]),
        *_counted("layers", [_layer(number, each) for number, each in enumerate(facts["layers"], 1)]),
    ]
    lines = [facts["image"], *(f"  {label:<12}{value}" for label, value in rows if value)]
    return "".join(f"{printable(line)}\n" for line in lines)


def _words(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value or "")


def _counted(label: str, values: list[str]) -> list[tuple[str, str]]:
    return [("" if number else label, value) for number, value in enumerate(values)]


def _layer(number: int, layer: dict[str, Any]) -> str:
    size = "?" if layer["size"] is None else f"{layer['size']:,} bytes"
    return f"{number}  {layer['digest'][:19]}  {size}  {layer['instruction'] or ''}".rstrip()
