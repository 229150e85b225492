"""A contract from a revision of a git repository, without a checkout: `git:REV:PATH`.

The part after `git:` is what `git show` takes: PATH is relative to the root of the repository, or with `./` to the
working directory; an empty REV is the index, which holds the staged files.
"""

from __future__ import annotations

import os

from confcontract.contract.artifact import Contract
from confcontract.contract.artifact_file import MAX_BYTES
from confcontract.contract.credentials import holds_credentials
from confcontract.contract.from_folder import FILE
from confcontract.report.errors import ContractUnusable, UsageError
from confcontract.report.problem import Problem

BEGINNING = "git:"
PATIENCE = 120.0  # seconds for one query; a partial clone fetches missing files on demand
_LINKS = {"symlink": "points outside of the repository", "dangling": "has no target", "loop": "points back to itself"}


def load(reference: str) -> Contract:
    """Raises UsageError if the reference is malformed, ContractUnusable if there is nothing usable at that place."""
    revision, path = _parts(reference)
    found = _look(reference, revision, path)
    if found[1:2] == ["tree"]:
        folder, path = path, f"{path.rstrip('/')}/{FILE}" if path else FILE
        found = _look(reference, revision, path)
        if found[0] in ("", "notdir"):
            what = f"{folder or 'the root of the repository'} is a directory without {FILE} at this revision"
            raise _unusable(reference, what, "name the file, or a revision that has it")
    if found[0] in _LINKS:
        raise _unusable(reference, f"the link {_LINKS[found[0]]}", "name the intended file")
    if found[0] in ("", "notdir"):
        raise _missing(reference, revision, path)
    oid, kind, size = found
    if kind != "blob":
        raise _unusable(reference, f"is a {kind} of git, not a file", "name the contract.json that bake wrote")
    if int(size) > MAX_BYTES:
        raise _unusable(reference, f"is larger than {MAX_BYTES} bytes", "name the contract.json that bake wrote")
    return Contract.from_bytes(_git(reference, "cat-file", "blob", oid), reference)


def _parts(reference: str) -> tuple[str, str]:
    """Revision and path, split as git does it: at the first colon outside braces (`HEAD@{10:00}:PATH`)."""
    rest = reference.removeprefix(BEGINNING)
    scheme, mark, _ = rest.partition("://")
    if mark and scheme.replace("+", "").isalnum():  # not shown: it may hold a password
        hint = "clone it, and write git:REV:PATH inside the clone, for example git:main:contract.json"
        raise UsageError(Problem("usage", f"{BEGINNING}REV:PATH reads the repository here, not a URL", hint=hint))
    depth = 0
    for number, character in enumerate(rest):
        depth += (character == "{") - (character == "}" and depth > 0)
        if character == ":" and not depth:
            revision, path = rest[:number], rest[number + 1 :]
            break
    else:
        message = f"{reference} names no path"
        raise UsageError(Problem("usage", message, hint="write git:REV:PATH, for example git:main:contract.json"))
    if path in (".", ".."):
        path += "/"  # git knows the directory only by this name
    if path.startswith("/"):
        message = f"{reference}: a path in a repository does not begin with a slash"
        raise UsageError(Problem("usage", message, hint="begin at the root of the repository, or with ./ from here"))
    if "\n" in rest:
        raise UsageError(Problem("usage", f"{reference} holds a line end", hint="name a revision and a path without"))
    return revision, path


def _look(reference: str, revision: str, path: str | None) -> list[str]:
    """git's description of an object: its id, type and size; how a link fails; [""] if the object is missing."""
    name = revision if path is None else f"{revision}:{path}"
    follow = ["--follow-symlinks"] if revision and path is not None else []  # for trees; the index has none
    said = _git(reference, "cat-file", "--batch-check", *follow, stdin=os.fsencode(name) + b"\n")
    words = os.fsdecode(said).partition("\n")[0].split(" ")
    if len(words) == 3 and words[1] in ("blob", "tree", "commit", "tag") and words[2].isdigit():
        return words
    return words[:1] if len(words) == 2 and words[0] in (*_LINKS, "notdir") and words[1].isdigit() else [""]


def _missing(reference: str, revision: str, path: str) -> ContractUnusable:
    """Says which of the two is missing, and a possible reason."""
    if not revision:
        hint = "add it with git add; the path begins at the root of the repository, or with ./ here"
        return _unusable(reference, f"there is no {path} in the index", hint)
    if _look(reference, revision, None) != [""]:
        here = not path.startswith(("./", "../")) and _look(reference, revision, f"./{path}")[1:2] == ["blob"]
        hint = f"did you mean git:{revision}:./{path}?" if here else "name a path that it has, or another revision"
        return _unusable(reference, f"there is no {path} at this revision", hint)
    hint = "check the name; a branch or tag of a remote may have to be fetched first"
    remote = f"origin/{revision}"
    if _look(reference, remote, None) != [""]:
        hint = f"did you mean git:{remote}:{path}?"
    elif _git(reference, "rev-parse", "--is-shallow-repository").strip() == b"true":
        hint = "this clone is shallow: fetch the revision, or all with 'git fetch --unshallow' (in CI, a depth of 0)"
    return _unusable(reference, f"there is no revision {revision} in this repository", hint)


def _git(reference: str, *arguments: str, stdin: bytes = b"") -> bytes:
    """The output of git. Raises ContractUnusable."""
    import subprocess

    environ = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", *arguments], input=stdin, capture_output=True, env=environ, timeout=PATIENCE, check=False
        )
    except FileNotFoundError:
        hint = "install git, or name a file"
        raise _unusable(reference, "the program git was not found, or the working directory is gone", hint) from None
    except subprocess.TimeoutExpired:
        hint = f"see whether 'git {arguments[0]}' works here"
        raise _unusable(reference, f"git did not answer within {PATIENCE:.0f} s", hint) from None
    except OSError as error:
        hint = "check the git that PATH finds"
        raise _unusable(reference, f"git can't be started: {error.strerror}", hint) from None
    if done.returncode:
        raise _unusable(
            reference,
            f"git can't read it from here{_reason(done.stderr)}",
            "change to a clone of the repository, and check that 'git status' works there",
        )
    return done.stdout


def _reason(said: bytes) -> str:
    """The first line of git's own message, unless it may show a password: a remote may be named by a URL with one."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    if not lines or holds_credentials(lines[0]) or "://" in lines[0]:
        return ""
    return f": {lines[0].removeprefix('fatal: ')}"


def _unusable(reference: str, what: str, hint: str) -> ContractUnusable:
    problem = Problem("contract-unreadable", f"{reference}: {what}", source=reference, hint=hint, source_said=True)
    return ContractUnusable(problem)
