"""Findings that the project has accepted: a file in its repository, with a reason and a last day for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Direction, Finding
from confcontract.compare.toml_settings import TomlSettings, is_there

APPROVALS = "confcontract.approvals.toml"
_KNOWN = ("fingerprint", "reason", "expires", "direction", "rule", "setting")
_HEAD = """\
# Differences between contracts that were looked at and accepted: confcontract diff.
# An entry counts until the end of its day. Take out what is reported as unused.
"""


@dataclass(frozen=True)
class Approval:
    """fingerprint: of the finding. expires: the last day on which it counts. direction: None for both."""

    fingerprint: str
    reason: str
    expires: date
    direction: Direction | None = None
    line: str = ""

    def repeats(self, other: Approval) -> bool:
        return (self.fingerprint, self.direction) == (other.fingerprint, other.direction)

    def covers(self, finding: Finding) -> bool:
        return self.fingerprint == finding.fingerprint and self.direction in (None, finding.direction)


def read_approvals(path: str) -> list[Approval]:
    """All entries of the file, also those that are expired; none if there is no file.

    Raises ConfigurationInvalid, with file and line, for what is wrong.
    """
    if not is_there(path):
        return []
    read = TomlSettings(path, "approvals-invalid")
    read.refuse_unknown(read.value, ("approval",))
    entries = read.value.get("approval", [])
    if not isinstance(entries, list):
        raise read.fault("entries begin with [[approval]]", "write [[approval]] above each", "approval")
    return [_entry(read, entry, number) for number, entry in enumerate(entries)]


def _entry(read: TomlSettings, entry: Any, number: int) -> Approval:
    at = ("approval", number)
    if not isinstance(entry, dict):
        raise read.fault("an approval is a table", "write [[approval]] above it", *at)
    read.refuse_unknown(entry, _KNOWN, *at)
    for key in ("fingerprint", "reason"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise read.fault(f"an approval needs a {key}", f'write {key} = "…"', *at, key)
    expires = entry.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise read.fault(
            "an approval needs the last day on which it counts", "write expires = 2027-01-31", *at, "expires"
        )
    direction = entry.get("direction")
    if direction is not None and direction not in [each.value for each in Direction]:
        raise read.fault("direction is forward or rollback", "correct it, or leave it out for both", *at, "direction")
    return Approval(entry["fingerprint"], entry["reason"], expires, direction and Direction(direction), read.line(*at))


def apply_approvals(
    comparisons: Sequence[Comparison], approvals: Sequence[Approval], path: str, today: date
) -> tuple[tuple[Comparison, ...], list[str]]:
    """The comparisons with what is approved marked so, and what is to say of entries that are expired or unused."""
    current = [each for each in approvals if each.expires >= today]
    marked = tuple(
        Comparison(each.old, each.new, each.directions, tuple(_marked(finding, current) for finding in each.findings))
        for each in comparisons
    )
    findings = [finding for each in comparisons for finding in each.findings]
    directions = {direction for each in comparisons for direction in each.directions}
    return marked, [*_notes(approvals, current, findings, directions, path)]


def _marked(finding: Finding, approvals: Iterable[Approval]) -> Finding:
    for each in approvals:
        if each.covers(finding):
            return finding.but(approved=f"{each.reason} (until {each.expires.isoformat()})")
    return finding


def _notes(
    approvals: Sequence[Approval],
    current: Sequence[Approval],
    findings: Sequence[Finding],
    directions: set[Direction],
    path: str,
) -> Iterable[str]:
    for number, each in enumerate(approvals):
        if each.direction is not None and each.direction not in directions:
            continue  # not asked about here
        if any(other.repeats(each) for other in approvals[:number]):
            yield f"{each.fingerprint} is approved twice ({path}{each.line}): take one of the entries out"
        used = [finding for finding in findings if each.covers(finding)]
        place = f"{path}{each.line}"
        if not used:
            yield f"the approval of {each.fingerprint} is unused ({place}): take it out"
        elif each not in current and not any(other.covers(used[0]) for other in current):
            yield f"the approval of {each.fingerprint} expired on {each.expires.isoformat()} ({place})"


def with_entries(text: str, findings: Sequence[Finding], reason: str, expires: date) -> str:
    """The text of the file with an entry more for each of the findings."""
    parts = [text.rstrip("\n") + "\n" if text else _HEAD]
    for each in findings:
        about = each.where or each.path
        parts.append(
            "\n[[approval]]\n"
            f"fingerprint = {_quoted(each.fingerprint)}\n"
            f"rule = {_quoted(each.rule)}\n"
            + (f"setting = {_quoted(about)}\n" if about else "")
            + f"direction = {_quoted(each.direction.value)}\n"
            f"reason = {_quoted(reason)}\n"
            f"expires = {expires.isoformat()}\n"
        )
    return "".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode()).replace("\x7f", "\\u007f")
