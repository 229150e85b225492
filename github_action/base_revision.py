"""The commit that a pull request is compared with, fetched where the checkout left it out."""

from __future__ import annotations

import subprocess

from github_action.job import Job, NotCompared

_NONE = "0" * 40


def git(*arguments: str, cwd: str | None = None) -> str | None:
    """What git writes, None where it fails. Raises NotCompared where there is no git."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, cwd=cwd)
    except FileNotFoundError:
        raise NotCompared("the program git was not found: use a runner or an image that has it") from None
    return done.stdout.strip() if done.returncode == 0 else None


def base_revision(job: Job) -> str:
    """The id of a commit that is here. Raises NotCompared."""
    if git("rev-parse", "--git-dir") is None:
        raise NotCompared("here is no clone that git can read: put actions/checkout before this step")
    if given := job.given("BASE"):
        return _fetched(given)
    if job.pull_request:
        return _of_pull_request(job)
    merge_group = job.event.get("merge_group")
    before = merge_group.get("base_sha") if isinstance(merge_group, dict) else job.event.get("before")
    if isinstance(before, str) and before not in ("", _NONE):
        return _fetched(before)
    event = job.event_name or "no"
    raise NotCompared(f"the event {event} has no base: give a revision as the input base")


def _of_pull_request(job: Job) -> str:
    """What is checked out is mostly a merge that GitHub made, whose first parent is the base as it was merged."""
    merged = git("cat-file", "commit", "HEAD") or ""
    parents = [
        line.partition(" ")[2] for line in merged.partition("\n\n")[0].splitlines() if line.startswith("parent ")
    ]
    if len(parents) == 2 and job.environ.get("GITHUB_SHA") == git("rev-parse", "HEAD"):
        return _fetched(parents[0])
    base = _fetched(str(job.pull_request.get("base", {}).get("sha", "")))
    return git("merge-base", "HEAD", base) or base  # the base branch may have gone on since


def _fetched(revision: str) -> str:
    if not revision or revision.startswith("-"):
        raise NotCompared(f"{revision!r} is not a revision of git: correct the input base")
    for name in (revision, f"origin/{revision}"):
        if found := git("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}"):
            return found
    if git("fetch", "--quiet", "--no-tags", "--depth=1", "origin", revision) is not None:
        return git("rev-parse", "FETCH_HEAD^{commit}") or revision
    raise NotCompared(
        f"there is no revision {revision} in this clone, and it could not be fetched: "
        "give actions/checkout fetch-depth: 0"
    )
