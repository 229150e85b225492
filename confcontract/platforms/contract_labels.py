"""The labels and annotations by which an object of Kubernetes says which contract it belongs to.

A label can be selected by, and holds 63 characters of few kinds; an annotation beside it has the whole.
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
    """For an object that belongs to a contract. A part that no label can hold is left out."""
    found = {NAME: name_label(contract.name), VERSION: label_value(contract.version), DIGEST: digest_label(contract)}
    return {key: value for key, value in found.items() if value}


def annotations_of(contract: Contract) -> dict[str, str]:
    return {NAME: contract.name, VERSION: contract.version, DIGEST: contract.digest}


def name_label(name: str) -> str:
    """The name of a contract as its label has it: what a policy selects by. Of one that no label can hold, a digest."""
    return label_value(name) or digest(name)


def digest_label(contract: Contract) -> str:
    return contract.digest.removeprefix("sha256:")[:_DIGITS]


def label_value(text: str) -> str:
    """As near to the text as a label can be."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text)[:LONGEST].strip("_.-")
