"""What the workflow gives the action: inputs, the event, and where the outputs go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SUMMARY_BYTES = 1024 * 1024  # GitHub shows no summary that is larger


class NotCompared(Exception):
    """The comparison could not be evaluated. The text says what is wrong and what to do."""


class NoBase(Exception):
    """The base has no contract yet."""


@dataclass(frozen=True)
class Job:
    environ: Mapping[str, str]
    event: Mapping[str, Any]

    def given(self, name: str) -> str:
        """An input of the action, "" where it is not given."""
        return self.environ.get(f"CONFCONTRACT_ACTION_{name}", "").strip()

    @property
    def event_name(self) -> str:
        return self.environ.get("GITHUB_EVENT_NAME", "")

    @property
    def pull_request(self) -> Mapping[str, Any]:
        """Empty where the event is of no pull request."""
        found = self.event.get("pull_request") or {}
        return found if isinstance(found, dict) else {}

    @property
    def temporary(self) -> str:
        return self.environ.get("RUNNER_TEMP") or "/tmp"  # noqa: S108 - where there is no runner

    def output(self, name: str, value: str) -> None:
        self._append("GITHUB_OUTPUT", f"{name}={value}\n")

    def summarize(self, markdown: str) -> None:
        if len(markdown.encode()) >= SUMMARY_BYTES:
            markdown = headings(markdown) + "\nThe report is too long for a summary.\n"
        self._append("GITHUB_STEP_SUMMARY", markdown)

    def _append(self, variable: str, text: str) -> None:
        if path := self.environ.get(variable):
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)


def read_job(environ: Mapping[str, str]) -> Job:
    path = environ.get("GITHUB_EVENT_PATH")
    event: Any = {}
    if path:
        with open(path, encoding="utf-8") as file:
            event = json.load(file)
    return Job(environ, event if isinstance(event, dict) else {})


def headings(markdown: str) -> str:
    """The verdicts alone, of a report that is too long."""
    return "".join(f"{line}\n" for line in markdown.splitlines() if line.startswith("### "))


def annotate(command: str, text: str) -> None:
    """command: error, warning or notice.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    for plain, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(plain, escaped)
    print(f"::{command} title=confcontract::{text}", flush=True)  # noqa: T201 - the runner reads it
