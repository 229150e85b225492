"""The comment on a pull request: one for each contract, found by its marker, and updated."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from typing import Any

from github_action.job import Job, annotate, headings

MOST_CHARACTERS = 65_000  # GitHub takes 65,536
PATIENCE = 30.0  # seconds for one request
_PAGE = 100
_REFUSED = (401, 403, 404)  # what a token gets that may not write, or not even see


def marker(job: Job) -> str:
    """Does not depend on what the comment says; two contracts of one repository have two comments."""
    what = "\n".join([job.environ.get("GITHUB_WORKFLOW", ""), job.given("PLACE"), job.given("CONTRACT")])
    return f"<!-- confcontract diff {hashlib.sha256(what.encode()).hexdigest()[:16]} -->"


def put_comment(job: Job, markdown: str, *, worth_one: bool) -> None:
    """Update the comment; write the first one only where it is worth it. What goes wrong is an annotation."""
    number = job.pull_request.get("number")
    if not isinstance(number, int):
        return
    mark = marker(job)
    if len(markdown) > MOST_CHARACTERS:
        markdown = headings(markdown) + "\nThe report is too long for a comment: see the summary of the job.\n"
    body = f"{mark}\n{markdown}"
    issues = f"/repos/{job.environ.get('GITHUB_REPOSITORY', '')}/issues"
    try:
        known = _find(job, f"{issues}/{number}/comments", mark)
        if known is not None:
            if known.get("body") != body:
                _request(job, "PATCH", f"{issues}/comments/{known['id']}", {"body": body})
        elif worth_one:
            _request(job, "POST", f"{issues}/{number}/comments", {"body": body})
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _REFUSED:
            annotate("notice", _not_permitted(job))
        else:
            annotate("warning", f"the comment could not be written: GitHub answered {error.code}")
    except (OSError, ValueError, LookupError, TypeError) as error:
        annotate("warning", f"the comment could not be written: {type(error).__name__} while asking GitHub")


def _not_permitted(job: Job) -> str:
    rest = "The report is in the summary of the job."
    head = job.pull_request.get("head", {}).get("repo") or {}
    base = job.pull_request.get("base", {}).get("repo") or {}
    if head.get("full_name") != base.get("full_name"):
        return f"no comment is written: the token of a pull request from a fork may only read. {rest}"
    return f"no comment is written: the job needs the permission pull-requests: write. {rest}"


def _find(job: Job, path: str, mark: str) -> dict[str, Any] | None:
    """Only one of a workflow: somebody may have quoted the marker."""
    page = 1
    while True:
        found = _request(job, "GET", f"{path}?per_page={_PAGE}&page={page}")
        for each in found:
            if str(each.get("body", "")).startswith(mark) and (each.get("user") or {}).get("type") == "Bot":
                return dict(each)
        if len(found) < _PAGE:
            return None
        page += 1


def _request(job: Job, method: str, path: str, data: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(
        job.environ.get("GITHUB_API_URL", "https://api.github.com") + path,
        method=method,
        data=None if data is None else json.dumps(data).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {job.given('TOKEN')}",
            "Content-Type": "application/json",
            "User-Agent": "confcontract",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)
