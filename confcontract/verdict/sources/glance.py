"""One quick look at all values. It usually shows that none is of the rare kinds that need a closer look.

Modules for these kinds are loaded only if there may be such a value.
"""

from __future__ import annotations

from confcontract.contract.schemes import SCHEMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# The beginnings of values that may be references in the forms of foreign_references.py: four characters, in lower case.
_BEGINNINGS = frozenset(
    (">>va", ">>ba", "open", "hash", "ref+", "secr", "op:/", "bws:", "dopp", "infi", "keep", "berg", "akey", "conj")
    + ("sm:/", "gcp-", "gcp:", "aws-", "awss", "ssm:", "azur", "akv:", "keyv", "@mic", "{{wi", "{{ w", "{{- ")
    + ("{{ (", "{{ s")
)
# The common parts of all these forms, anywhere in a value; and the endings of names that are such a form by their name
# alone.
MARKS = (
    ("vault", "bao:", "ref+", "secretref", "op://", "sm:", "bws:", "doppler:", "infisical:", "keeper:", "berglas:")
    + ("akeyless:", "conjur:", "secretmanager", "secretsmanager", "kv:", "{{")
)  # fmt: skip
NAME_ENDS = ("_FROM_PATH", "_SECRETS_PATH", "_SECRET_PATH")


class Glance:
    """refers: whether a value may refer to a secret store. ends_in_quote: whether one ends with a quote, and may begin
    with one."""

    __slots__ = ("_whole", "ends_in_quote", "refers")

    def __init__(self, given: Mapping[str, str]) -> None:
        whole = "\n".join(given.values()).lower()
        self._whole = whole
        self.refers = any(scheme in whole for scheme in SCHEMES)
        self.ends_in_quote = any(quote in whole and f"{quote}\n" in f"{whole}\n" for quote in "\"'")

    def may_be_foreign(self, given: Mapping[str, str]) -> bool:
        """Whether there may be a reference in the form of another tool: see foreign_references.py."""
        whole = self._whole
        names = "\n".join(given)
        folded = names.upper()
        if not any(mark in whole for mark in MARKS) and not any(end in folded for end in NAME_ENDS):
            return False
        if "vault" in whole or "bao:" in whole or "_PATH" in names:
            return True
        beginnings = {value[:4] for value in given.values()}
        # a value that begins with a quote or a bracket may contain one
        return any(each[:1] in "{['\" \t\n" or each.lower() in _BEGINNINGS for each in beginnings if each)
