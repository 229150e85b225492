"""A contract by its reference, wherever it is: the one seam of every command that takes a contract.

Each place is a module `from_*` with one function `load`, imported when a reference leads there. What a reference means
never depends on what lies in the working directory: a file whose name begins like one of `BEGINNINGS` is `./NAME`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract

# How references begin that name no path, and the module that loads what they lead to.
BEGINNINGS = {
    "git:": "from_git",
    "oci:": "from_image",
    "oci-archive:": "from_image",
    "docker-archive:": "from_image",
    "docker:": "from_image",
    "containers-storage:": "from_image",
    "python:": "from_python",
}
FORMS = (
    "a file, a directory that holds contract.json, git:REV:PATH, python:MODULE:OBJECT or an image, such as oci:DIR:TAG"
)


def load(reference: str) -> Contract:
    """The contract. Raises UsageError for a reference that is malformed, ContractUnusable or ImageUnusable where
    nothing usable is there, and BakeRefused for a class that can't be baked; each names the reference."""
    import os

    head, colon, _ = reference.partition(":")
    name = BEGINNINGS.get(head + colon)
    if name is None:
        name = "from_folder" if os.path.isdir(reference) else "from_file"
        if colon and not os.path.lexists(reference):
            _refuse_unknown(reference, head)
    contract: Contract = __import__(f"confcontract.contract.{name}", fromlist=["load"]).load(reference)
    return contract


def _refuse_unknown(reference: str, head: str) -> None:
    """For what looks like a reference of a kind that there is not; a letter alone is a drive of Windows."""
    if len(head) < 2 or not (head.isascii() and head.replace("-", "").replace("+", "").isalnum()):
        return
    from confcontract.report.errors import ContractUnusable
    from confcontract.report.problem import Problem

    shown = f"{head}://..." if reference[len(head) :].startswith("://") else reference  # a URL may hold a password
    message = f"{shown}: there is no such file, and no contract is read from a reference that begins with {head}:"
    raise ContractUnusable(
        Problem("contract-unreadable", message, source=shown, hint=f"name {FORMS}", source_said=True)
    )
