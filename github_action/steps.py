"""The two steps of the action."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from github_action.comment import put_comment
from github_action.contract_pair import contract_pair
from github_action.job import Job, NoBase, NotCompared, annotate, read_job
from github_action.program import program

EXITS = {"safe": 0, "no-base": 0, "findings": 1, "failed": 2}
_RESULTS = {0: "safe", 1: "findings"}


@dataclass(frozen=True)
class Outcome:
    """result: a key of EXITS. report: Markdown. worth_one: whether it is worth a comment where there is none yet."""

    result: str
    report: str
    worth_one: bool = True
    bump: str = ""


def compare(environ: Mapping[str, str]) -> int:
    job = read_job(environ)
    try:
        confcontract = program(job)
        old, new = contract_pair(job, confcontract)
        outcome = _compared(job, confcontract, old, new)
    except NoBase as error:
        annotate("warning", f"nothing was compared: {error}. If it was moved, name it by the input base")
        outcome = Outcome("no-base", f"### Nothing was compared\n\n{_paragraph(error)}\n", worth_one=False)
    except NotCompared as error:
        annotate("error", str(error))
        outcome = Outcome("failed", f"### ❌ The configuration could not be compared\n\n{_paragraph(error)}\n")
    path = os.path.join(job.temporary, f"confcontract-report-{os.getpid()}.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(outcome.report)
    job.output("result", outcome.result)
    job.output("bump", outcome.bump)
    job.output("report", path)
    job.output("worth-a-comment", str(outcome.worth_one).lower())
    job.summarize(outcome.report)
    return EXITS[outcome.result]


def comment(environ: Mapping[str, str]) -> int:
    """A comment that can't be written fails nothing: the comparison has its own result."""
    job = read_job(environ)
    with open(job.given("REPORT"), encoding="utf-8") as file:
        put_comment(job, file.read(), worth_one=job.given("WORTH_ONE") == "true")
    return 0


def _compared(job: Job, confcontract: Sequence[str], old: str, new: str) -> Outcome:
    command = [*confcontract, "diff"]
    for option, name in (("--direction", "DIRECTION"), ("--fail-on", "FAIL_ON")):
        command += [option, job.given(name)] if job.given(name) else []
    told = _run([*command, "--format", "json", "--", old, new])
    if not told.stdout.strip():  # a command line that is wrong
        raise NotCompared(told.stderr.strip() or f"confcontract diff ended with {told.returncode}")
    sys.stderr.write(told.stderr)
    sys.stdout.write(_run([*command, "--format", "github", "--", old, new]).stdout)
    sys.stdout.flush()
    report = _run([*command, "--format", "markdown", "--", old, new]).stdout
    result = _RESULTS.get(told.returncode, "failed")
    bump = "" if result == "failed" else _bump(confcontract, old, new)
    return Outcome(result, report, _has_findings(json.loads(told.stdout)) or result == "failed", bump)


def _has_findings(told: Mapping[str, Any]) -> bool:
    comparisons = told.get("comparisons", ())
    return any(direction["findings"] for each in comparisons for direction in each["directions"].values())


def _bump(confcontract: Sequence[str], old: str, new: str) -> str:
    """major, minor, patch or none; "" where the program can't say."""
    done = _run([*confcontract, "bump", "--format", "json", "--", old, new])
    if done.returncode:
        return ""
    return str(json.loads(done.stdout).get("bump", ""))


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def _paragraph(error: Exception) -> str:
    """As code: it may hold what a pull request calls its things."""
    return "\n".join(f"    {line}" for line in str(error).splitlines())
