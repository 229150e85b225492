"""Load a contract by its reference, from any kind of place. Every command that takes a contract goes through here.

Each kind of place has a module `from_*` with one function `load`, which is imported only for a reference of that kind.
The meaning of a reference never depends on the files in the working directory: to name a file whose name begins like
one of `BEGINNINGS`, write `./NAME`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract

# The beginnings of references that are not paths, and the module that loads each kind.
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
    """Load the contract. Raises UsageError for a malformed reference, ContractUnusable or ImageUnusable if the place
    holds nothing usable, and BakeRefused for a class that can't be baked. Each message names the reference."""
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
    """For callers that read only files. named_by: the option or variable that gave the reference. Raises
    ContractUnusable if the reference leads to another kind of place; any other text is left to the code that opens the
    file."""
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
    """The reference without a possible login: whatever comes before a host is removed, unless it comes before a
    digest."""
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
    """For a text that looks like a reference of an unknown kind; a single letter is a Windows drive."""
    if len(head) < 2 or not (head.isascii() and head.replace("-", "").replace("+", "").isalnum()):
        return
    from confcontract.report.errors import ContractUnusable
    from confcontract.report.problem import Problem

    shown = f"{head}://..." if reference[len(head) :].startswith("://") else reference  # a URL may hold a password
    message = f"{shown}: there is no such file, and no contract is read from a reference that begins with {head}:"
    raise ContractUnusable(
        Problem("contract-unreadable", message, source=shown, hint=f"name {FORMS}", source_said=True)
    )
