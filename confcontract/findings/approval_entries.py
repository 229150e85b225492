"""Findings that the project has accepted: a file in its repository. Each entry has a reason and an expiry date."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from confcontract.findings.direction import Direction
from confcontract.findings.toml_with_lines import TomlSettings, is_there

APPROVALS = "confcontract.approvals.toml"
COMMANDS = ("diff", "audit")
_KNOWN = ("fingerprint", "reason", "expires", "command", "direction", "rule", "setting", "place")
_HEAD = """\
# Findings that were reviewed and accepted: of confcontract diff and, with command = "audit", of confcontract audit.
# An entry is valid until the end of its day. Remove entries that are reported as unused.
"""


class Approvable(Protocol):
    """direction: "" for a finding without one."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def direction(self) -> str: ...


@dataclass(frozen=True)
class Approval:
    """fingerprint: of the finding. expires: the last day on which the approval is valid. direction: "" for all
    directions.
    """

    fingerprint: str
    reason: str
    expires: date
    direction: str = ""
    line: str = ""

    def repeats(self, other: Approval) -> bool:
        return (self.fingerprint, self.direction) == (other.fingerprint, other.direction)

    def covers(self, finding: Approvable) -> bool:
        return self.fingerprint == finding.fingerprint and self.direction in ("", finding.direction)

    @property
    def words(self) -> str:
        return f"{self.reason} (until {self.expires.isoformat()})"


def read_approvals(path: str, command: str) -> list[Approval]:
    """Read all entries for one command, including expired ones. Returns none if the file does not exist.

    Raises ConfigurationInvalid, with file and line, for an invalid entry.
    """
    if not is_there(path):
        return []
    read = TomlSettings(path, "approvals-invalid")
    read.refuse_unknown(read.value, ("approval",))
    entries = read.value.get("approval", [])
    if not isinstance(entries, list):
        raise read.fault("entries begin with [[approval]]", "write [[approval]] above each", "approval")
    found = [_entry(read, entry, number) for number, entry in enumerate(entries)]
    return [approval for of, approval in found if of == command]


def _entry(read: TomlSettings, entry: Any, number: int) -> tuple[str, Approval]:
    """One entry, and the command that it applies to."""
    at = ("approval", number)
    if not isinstance(entry, dict):
        raise read.fault("an approval is a table", "write [[approval]] above it", *at)
    read.refuse_unknown(entry, _KNOWN, *at)
    for key in ("fingerprint", "reason"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise read.fault(f"an approval needs a {key}", f'write {key} = "…"', *at, key)
    expires = entry.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise read.fault("an approval needs its last valid day", "write expires = 2027-01-31", *at, "expires")
    command = entry.get("command", COMMANDS[0])
    if command not in COMMANDS:
        raise read.fault("command is diff or audit", "correct it, or leave it out for diff", *at, "command")
    direction = entry.get("direction", "")
    if "direction" in entry and command != "diff":
        raise read.fault("only findings of diff have a direction", "leave it out", *at, "direction")
    if "direction" in entry and direction not in [*Direction]:
        raise read.fault("direction is forward or rollback", "correct it, or leave it out for both", *at, "direction")
    return command, Approval(entry["fingerprint"], entry["reason"], expires, direction, read.line(*at))


def current(approvals: Sequence[Approval], today: date) -> list[Approval]:
    return [each for each in approvals if each.expires >= today]


def approved_words(finding: Approvable, approvals: Iterable[Approval]) -> str:
    """Why the finding is approved, or ""."""
    return next((each.words for each in approvals if each.covers(finding)), "")


def notes_on(
    approvals: Sequence[Approval], findings: Sequence[Approvable], path: str, today: date, directions: Iterable[str]
) -> Iterator[str]:
    """Messages about expired and unused entries. directions: the ones that were compared."""
    counting, asked = current(approvals, today), {"", *directions}
    for number, each in enumerate(approvals):
        if each.direction not in asked:
            continue
        if any(other.repeats(each) for other in approvals[:number]):
            yield f"{each.fingerprint} is approved twice ({path}{each.line}): remove one of the entries"
        used = [finding for finding in findings if each.covers(finding)]
        place = f"{path}{each.line}"
        if not used:
            yield f"the approval of {each.fingerprint} is unused ({place}): remove it"
        elif each not in counting and not any(other.covers(used[0]) for other in counting):
            yield f"the approval of {each.fingerprint} expired on {each.expires.isoformat()} ({place})"


def with_entries(text: str, entries: Iterable[dict[str, str]], reason: str, expires: date) -> str:
    """The text of the file with further entries. entries: their other keys; empty ones are left out."""
    parts = [text.rstrip("\n") + "\n" if text else _HEAD]
    for each in entries:
        keys = "".join(f"{key} = {_quoted(value)}\n" for key, value in each.items() if value)
        parts.append(f"\n[[approval]]\n{keys}reason = {_quoted(reason)}\nexpires = {expires.isoformat()}\n")
    return "".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode()).replace("\x7f", "\\u007f")
