"""The two contracts: of the pull request, and of its base."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from github_action.base_revision import base_revision, git
from github_action.job import Job, NoBase, NotCompared
from github_action.sources_at import sources_at

PYTHON = "python:"


def contract_pair(job: Job, confcontract: Sequence[str]) -> tuple[str, str]:
    """What diff takes for OLD and NEW. Raises NotCompared, and NoBase where the base has no contract."""
    new, base = job.given("CONTRACT") or "contract.json", job.given("BASE")
    if new.startswith(PYTHON):
        if job.event_name == "pull_request_target":
            raise NotCompared(
                f"{new} would run code of the pull request with the secrets of this repository: "
                "use the event pull_request in place of pull_request_target, or a contract that is committed"
            )
        old = base if ":" in base else None
        if old is None:
            with sources_at(base_revision(job), new, job.temporary) as (folder, environ):
                old = _baked(confcontract, new, os.path.join(job.temporary, "confcontract-base"), folder, environ)
        return old, _baked(confcontract, new, os.path.join(job.temporary, "confcontract-new"), None, None)
    return (base if ":" in base else _committed(new, base_revision(job))), new


def _committed(new: str, revision: str) -> str:
    """git:REVISION:PATH of the same path."""
    if new.startswith("git:"):
        path = new.split(":", 2)[2]
    else:
        new = os.path.join(new, "contract.json") if os.path.isdir(new) else new
        path = f"./{os.path.relpath(new)}"
        if git("ls-files", "--error-unmatch", "--", new) is None:
            raise NotCompared(
                f"{new} is not a file that is committed, so that the base has none either: commit it, give "
                "python:MODULE:OBJECT as the input contract, or a contract as the input base"
            )
    if git("cat-file", "-e", f"{revision}:{path}") is None:
        raise NoBase(f"{path.removeprefix('./')} is not in the base, {revision[:12]}")
    return f"git:{revision}:{path}"


def _baked(
    confcontract: Sequence[str], reference: str, out: str, cwd: str | None, environ: dict[str, str] | None
) -> str:
    """The path of the contract. Once, because each format reads it."""
    objects = reference.removeprefix(PYTHON).split(",")
    done = subprocess.run(
        [*confcontract, "bake", "-o", out, "--", *objects],
        cwd=cwd,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        where = "the base" if cwd else "the pull request"
        raise NotCompared(f"{reference} could not be baked from {where}:\n{done.stderr.strip()}")
    return os.path.join(out, "contract.json")
