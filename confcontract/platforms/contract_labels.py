"""The labels and annotations that identify the contract of a Kubernetes object.

Labels can be used in selectors, but hold only 63 characters of few kinds; an annotation has the whole text.
"""

from __future__ import annotations

import re

from confcontract.platforms.distinct_names import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract

NAME = "confcontract/name"
VERSION = "confcontract/version"
DIGEST = "confcontract/digest"
LONGEST = 63
_DIGITS = 32  # of the digest, in a label


def labels_of(contract: Contract) -> dict[str, str]:
    """The labels of an object that belongs to a contract, without parts that no label can hold."""
    found = {NAME: name_label(contract.name), VERSION: label_value(contract.version), DIGEST: digest_label(contract)}
    return {key: value for key, value in found.items() if value}


def annotations_of(contract: Contract) -> dict[str, str]:
    return {NAME: contract.name, VERSION: contract.version, DIGEST: contract.digest}


def name_label(name: str) -> str:
    """The name of a contract in its label, by which a policy selects; a digest if no label can hold the name."""
    return label_value(name) or digest(name)


def digest_label(contract: Contract) -> str:
    return contract.digest.removeprefix("sha256:")[:_DIGITS]


def label_value(text: str) -> str:
    """The label value that is closest to the text."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text)[:LONGEST].strip("_.-")
