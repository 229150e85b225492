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


def refuse_elsewhere(reference: str, named_by: str) -> None:
    """For who reads files only. named_by: the option or variable. Raises ContractUnusable where a reference leads
    elsewhere; what is no such reference is left to whoever opens it."""
    import os

    head, colon, rest = reference.partition(":")
    place = BEGINNINGS.get(head + colon)
    if place is None or os.path.lexists(reference):
        return
    from confcontract.report.errors import ContractUnusable
    from confcontract.report.problem import Problem

    shown = without_login(reference)
    if place == "from_git":
        do = f"write it to a file first: git show {rest} > contract.json"
    elif place == "from_python":
        do = f"write it to a file first: confcontract bake {rest}"
    else:
        do = f"run boot in the image, which finds its own; what is in the image: confcontract inspect {shown}"
    hint = f"{do}; to judge an environment without boot: confcontract validate --contract {shown}"
    message = f"{named_by} names {shown}, but boot reads a contract from a file"
    raise ContractUnusable(Problem("contract-unreadable", message, source=named_by, hint=hint, source_said=True))


def without_login(reference: str) -> str:
    """The reference, without what may be a login in it: what stands before a host, though not before a digest."""
    head, colon, rest = reference.partition(":")
    if "@" not in rest:
        return reference
    named, _, digest = rest.rpartition("@")
    if not digest.startswith("sha"):
        named, digest = rest, ""
    if "@" in named:
        named = f"{'//' if named.startswith('//') else ''}***@{named.rpartition('@')[2]}"
    return f"{head}{colon}{named}{'@' if digest else ''}{digest}"


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
