"""The content of the documentation, in words and in order, once for all formats.

Everything here may be shown: it contains no secrets and no credentials. Nothing is escaped for a format yet.
"""

from __future__ import annotations

from typing import NamedTuple


class Deprecation(NamedTuple):
    """message: why, or since when; may be empty. names: the deprecated ones. replaced_by: what to use, or None."""

    message: str
    names: tuple[str, ...]
    replaced_by: str | None


class DeferralEntry(NamedTuple):
    """Something that only the application can decide. words: "validator Settings.known". declared_at: FILE:LINE or
    None.
    """

    words: str
    declared_at: str | None


class VariableEntry(NamedTuple):
    """One variable.

    name: as the operator must write it. aliases: other names, best first. reading: notes on names that do not hold the
    value itself, such as a container that it is in, or prefixes of the names of its parts. anchor: unique on the page,
    usable as an id.
    path: field names joined by dots. file_name: the variable that may name a file with the value, or None.
    kind: for programs, as in the contract. type: in words, without the constraints; type_text: with them.
    allowed: the constraints in words, "1 to 65535", or empty; choices: the only values, as they are written.
    default: in the form of an env file, else as JSON; None if there is none to show.
    default_is_text: whether an env file can set exactly this default. default_note: shown instead of a default, "not
    set".
    required_if: the section that makes it required. vault: references, best first; those to Vault have no scheme.
    binding: the service binding that provides it, in words; or empty.
    how_to: the kinds of `Page.how_to` that concern it. separator: for the encoding "separated".
    on_change: what the application needs when the value changes at run time, in words; empty for a restart.
    roles: those that need it to start. checks: those that use it. keys: its keys in a configuration file.
    """

    name: str
    aliases: tuple[str, ...]
    reading: tuple[str, ...]
    anchor: str
    path: str
    file_name: str | None
    kind: str
    type: str
    type_text: str
    allowed: str
    choices: tuple[str, ...]
    unit: str
    encoding: str
    separator: str
    default: str | None
    default_is_text: bool
    default_note: str
    required: bool
    required_if: str | None
    secret: bool
    vault: tuple[str, ...]
    vault_optional: bool
    binding: str
    description: str
    examples: tuple[str, ...]
    deprecated: Deprecation | None
    deferred: tuple[DeferralEntry, ...]
    how_to: tuple[str, ...]
    on_change: str
    declared_at: str | None
    roles: tuple[str, ...]
    checks: tuple[str, ...]
    keys: tuple[str | int, ...]

    @property
    def key(self) -> str:
        """The path as people write it: database.url."""
        return ".".join(map(str, self.keys))

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes with which a URL may begin, if they are limited."""
        if self.kind != "url" or not self.type.startswith("URL ("):
            return ()
        return tuple(self.type[len("URL (") : -1].split(", "))


class Section(NamedTuple):
    """Variables that belong together.

    title: for a heading. path: empty for the top level. depth: 0 for the top level. whole: the variable that sets the
    whole section as JSON, or None. entries: its own variables, without those of inner sections.
    """

    title: str
    path: str
    anchor: str
    depth: int
    whole: VariableEntry | None
    entries: tuple[VariableEntry, ...]


class HowTo(NamedTuple):
    """How values of a kind are written. kind: "duration", "size", "list:,", "json", "boolean"."""

    kind: str
    title: str
    text: str
    examples: tuple[str, ...]


class RoleEntry(NamedTuple):
    """command: its words, or empty. needs: the variables; None means all required ones."""

    name: str
    description: str
    command: tuple[str, ...]
    needs: tuple[str, ...] | None


class CheckEntry(NamedTuple):
    """words: the condition. times: how often and how long boot tries. variable: the one whose value is the target, or
    None.

    phases: when the check runs: "startup", "ready", "live". critical: the phases in which its failure counts.
    """

    name: str
    kind: str
    words: str
    times: str
    variable: str | None
    phases: tuple[str, ...]
    critical: tuple[str, ...]


class DeliveryEntry(NamedTuple):
    """How the application gets its secrets, unless boot is configured otherwise.

    kind: "env", "files" or "memfd". words: one sentence; empty for "env", the usual way.
    """

    kind: str
    words: str


class ExitCode(NamedTuple):
    """code: "78", or "128+n". meaning: when it occurs. remedy: what to do, may be empty."""

    code: str
    meaning: str
    remedy: str


class Page(NamedTuple):
    """The whole page. deferred: what the application checks on the whole document. provenance: label and text."""

    name: str
    version: str
    description: str
    digest: str
    sections: tuple[Section, ...]
    how_to: tuple[HowTo, ...]
    roles: tuple[RoleEntry, ...]
    checks: tuple[CheckEntry, ...]
    deliver: DeliveryEntry
    exit_codes: tuple[ExitCode, ...]
    deferred: tuple[DeferralEntry, ...]
    provenance: tuple[tuple[str, str], ...]
    case_sensitive: bool

    @property
    def entries(self) -> list[VariableEntry]:
        """Every variable once, in the order of the page. A section's own variable comes before its members."""
        found = []
        for section in self.sections:
            if section.whole is not None:
                found.append(section.whole)
            found += section.entries
        return found
