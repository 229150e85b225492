"""A tag for an image that says which version it is and which contract it carries.

The form of tags: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
"""

from __future__ import annotations

import re

from confcontract.contract.artifact import Contract

LONGEST = 128
_DIGITS = 12  # of the digest, as docker shows it
_OTHER = re.compile(r"[^A-Za-z0-9_.-]")


def image_tag(contract: Contract) -> str:
    """VERSION-cfg.DIGEST. The + of build metadata becomes _, as in Helm; other characters that are invalid in a tag
    become -. A version that is too long is cut, the digest never.
    """
    digest = contract.digest.rpartition(":")[2][:_DIGITS]
    end = f"-cfg.{digest}"
    version = _OTHER.sub("-", contract.version.replace("+", "_"))[: LONGEST - len(end)]
    if not version or version[0] in ".-":
        version = f"_{version[1:]}"
    return version + end
