"""A template for an env file: the required variables first, all others ready to be uncommented.

`# ` begins a remark. `#NAME=` is a variable that keeps its default until the `#` is removed.
"""

from __future__ import annotations

from confcontract.contract import dotenvtext
from confcontract.contract.schemes import stores
from confcontract.docs.clean_text import clean, one_line
from confcontract.docs.page_words import checks_further
from confcontract.report.terminal import harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from confcontract.docs.model import Page, Section, VariableEntry

_WIDTH = 100  # width of remarks; longer lines are folded


def render(page: Page) -> str:
    """The template. Once the `#` before each variable is removed, python-dotenv reads every default from it."""
    given = _to_be_given(page)
    needed = [(section, [e for e in _own(section) if e.name in given]) for section in page.sections]
    other = [(section, [e for e in _own(section) if e.name not in given]) for section in page.sections]
    lines = [
        f"# {one_line(f'{page.name} {page.version}')}",
        *remark(page.description),
        *remark(
            "Copy this file, fill in what is required, and take the # away in front of what you want to change. "
            "A value behind a # is the default. Where there is none, write one or keep the #."
        ),
        *remark(
            f"Values are without quotes wherever {dotenvtext.READERS} read them alike; where one needs quotes, that "
            "is said. docker run --env-file and kubectl --from-env-file keep quotes as a part of the value: for them, "
            "write none."
        ),
        *remark(page.deliver.words),
        *remark(checks_further(page)),
    ]
    lines += _block("Required", needed)
    lines += _block("Optional", other)
    return "\n".join(harmless(line) if line.startswith("# ") else line for line in lines) + "\n"


def _own(section: Section) -> Iterable[VariableEntry]:
    return (*((section.whole,) if section.whole else ()), *section.entries)


def _to_be_given(page: Page) -> set[str]:
    """The names of required variables. A required section is left out if it has a required member, because the member
    gives it.
    """
    required = [entry for entry in page.entries if entry.required]
    outer = {entry.path[:place] for entry in required for place, character in enumerate(entry.path) if character == "."}
    return {entry.name for entry in required if entry.path not in outer}


def _block(title: str, groups: Iterable[tuple[Section, list[VariableEntry]]]) -> list[str]:
    lines: list[str] = []
    for section, entries in groups:
        if entries:
            lines += ["", f"# --- {title}: {one_line(section.title)} ---"]
        for entry in entries:
            lines += ["", *_remarks(entry), _line(entry)]
    return lines


def _remarks(entry: VariableEntry) -> list[str]:
    kind = "; ".join(
        word
        for word in (
            entry.type,
            ", ".join(map(among_words, entry.choices)),
            entry.allowed,
            f"in {entry.unit}" if entry.unit else "",
            {"json": "as JSON", "separated": f"separated by {entry.separator!r}"}.get(entry.encoding, ""),
            required_words(entry),
            "secret" if entry.secret else "",
            f"default: {_default(entry)}" if _default(entry) else "",
        )
        if word
    )
    lines = [*remark(entry.description), *remark(kind)]
    lines += remark(f"For example {', '.join(map(among_words, entry.examples))}" if entry.examples else "")
    lines += remark(f"Also read as {', '.join(entry.aliases)}" if entry.aliases else "")
    lines += remark(f"In a configuration file: {entry.key}")
    if entry.vault:
        optional = ", if it is there" if entry.vault_optional else ""
        lines += remark(f"Boot reads it from {stores(entry.vault)}: " + ", else ".join(entry.vault) + optional)
    lines += remark(f"Filled by {entry.binding}, if there is one" if entry.binding else "")
    if entry.deprecated is not None:
        message, names, replacement = entry.deprecated
        use = f"; use {replacement}" if replacement and replacement not in message else ""
        lines += remark(f"Deprecated: {', '.join(names)}: {message}{use}")
    if entry.default is not None and entry.default_is_text:
        if not dotenvtext.is_common(entry.default):
            lines += remark(dotenvtext.QUOTED)
        if clean(value := written(entry.default)) != value:
            lines += remark(f"Below are invisible characters: {entry.default}")
    return lines


def required_words(entry: VariableEntry) -> str:
    if entry.required:
        return "required, or its members" if entry.kind == "object" else "required"
    return f"required if any of {entry.required_if} is set" if entry.required_if else ""


def _default(entry: VariableEntry) -> str:
    """The remark on a default that the line itself can't express."""
    if entry.default == "" and entry.default_is_text:
        return "empty"
    return entry.default_note or (entry.default or "" if not entry.default_is_text else "")


def remark(text: str) -> list[str]:
    """The text as comment lines. Words are never split."""
    lines: list[str] = []
    for word in one_line(text).split(" ") if text.strip() else ():
        if lines and len(lines[-1]) + len(word) < _WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f"# {word}")
    return lines


def _line(entry: VariableEntry) -> str:
    name = dotenvtext.name_written(entry.name)
    if name is None:
        return f"# {one_line(entry.name)} can't be written in an env file"
    if entry.default is not None and entry.default_is_text:
        return f"#{name}={written(entry.default)}"
    return f"{name}=" if entry.required and not entry.vault and entry.kind != "object" else f"#{name}="


def written(text: str) -> str:
    """A value on one line that python-dotenv reads back unchanged: without quotes where other readers do the same."""
    return text if dotenvtext.is_common(text) else quoted(text)


def quoted(text: str) -> str:
    """In quotes, on one line. A text with a line end or another control character gets double quotes, so that one # in
    front comments out the whole value.
    """
    if text.isprintable() or not any(character in _ESCAPES for character in text):
        return dotenvtext.quoted(text)
    escaped = "".join(_ESCAPES.get(character, character) for character in text)
    return '"' + escaped.replace("${", "${:-$}{") + '"'


def among_words(text: str) -> str:
    """A value within a sentence: unchanged, or in quotes if it has white space that would get lost."""
    if not text:
        return "(empty)"
    return text if one_line(text) == text else quoted(text)


_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\f": "\\f",
    "\a": "\\a",
    "\b": "\\b",
}
