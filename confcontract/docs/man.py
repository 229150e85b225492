"""The page as a manual page, in the man macros of roff (man(7))."""

from __future__ import annotations

from functools import cache

from confcontract.contract.schemes import stores
from confcontract.docs.clean_text import clean, command_line, listed, one_line
from confcontract.docs.dotenv import among_words
from confcontract.docs.page_words import checks_further
from confcontract.docs.shared_checks import with_checks_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from confcontract.docs.model import CheckEntry, Page, RoleEntry, VariableEntry

_PIECE = 30  # columns after which a word may be split
_SECTION = 7  # the section for conventions and the like; 5 is for file formats


def render(page: Page) -> str:
    """The source of the page. `man -l FILE` shows it."""
    page = with_checks_once(page)
    built = dict(page.provenance).get("built", "")[:10]
    lines = [
        f".TH {_quoted(page.name.upper())} {_SECTION} {_quoted(built)} {_quoted(f'{page.name} {page.version}')}",
        ".ad l",  # ragged right: names and addresses can't be hyphenated
        ".nh",
        ".SH NAME",
        f"{_text(page.name)} \\- {_text(page.description.split(chr(10))[0] or 'environment variables')}",
        ".SH DESCRIPTION",
        *_paragraphs(page.description),
        ".PP",
        "This page was made from the contract of the image. Boot checks the environment against it before the",
        "application starts.",
        *(_text(line) for line in (page.deliver.words, checks_further(page)) if line),
        ".SH ENVIRONMENT",
    ]
    for section in page.sections:
        lines += [f".SS {_quoted(section.title)}"] if len(page.sections) > 1 else []
        for entry in (*((section.whole,) if section.whole else ()), *section.entries):
            lines += _entry(entry)
    if not page.entries:
        lines.append("The application reads no variables.")
    lines += _told("WRITING VALUES", ((one.title, [one.text, _for_example(one.examples)]) for one in page.how_to))
    lines += _told("ROLES", ((role.name, _role(role)) for role in page.roles))
    lines += _told("CHECKS", ((check.name, _check(check)) for check in page.checks))
    lines += _told(
        "EXIT STATUS", ((one.code, [_sentence("; ".join(filter(None, one[1:])))]) for one in page.exit_codes)
    )
    lines += _told("PROVENANCE", ((label, [text]) for label, text in (("digest", page.digest), *page.provenance)))
    return "\n".join(lines) + "\n"


def _entry(entry: VariableEntry) -> list[str]:
    lines = [".TP", f".B {_quoted(entry.name)}"]
    kind = [entry.type, f"one of {', '.join(map(among_words, entry.choices))}" if entry.choices else "", entry.allowed]
    kind.append(f"in {entry.unit}" if entry.unit else "")
    kind.append({"json": "as JSON", "separated": f"separated by {entry.separator!r}"}.get(entry.encoding, ""))
    members = ", or its members" if entry.kind == "object" else ""
    kind.append(f"required{members}" if entry.required else "")
    kind.append(f"required if any of {entry.required_if} is set" if entry.required_if else "")
    kind.append("secret" if entry.secret else "")
    told = [_sentence(entry.description), _sentence("; ".join(filter(None, kind)), capital=True)]
    if entry.default is not None or entry.default_note:
        told.append(f"Default: {entry.default_note or among_words(entry.default or '')}")
    told.append(_for_example(entry.examples))
    told.append(f"In a configuration file: {entry.key}")
    told.append(f"Also read as {listed(list(entry.aliases))}" if entry.aliases else "")
    told.append(f"In {stores(entry.vault)}: {', else '.join(entry.vault)}{_if_there(entry)}" if entry.vault else "")
    told.append(f"Filled by {entry.binding}, if there is one" if entry.binding else "")
    if entry.deprecated is not None:
        message, names, replacement = entry.deprecated
        use = f"; use {replacement}" if replacement and replacement not in message else ""
        told.append(_sentence(f"Deprecated: {listed(list(names))}: {message}{use}"))
    told.append(f"When it changes: {entry.on_change}" if entry.on_change else "")
    told += [f"The application checks further: {deferral.words}" for deferral in entry.deferred]
    return [*lines, *_lines(told)]


def _lines(told: Iterable[str]) -> list[str]:
    """Each text on a line of its own: a full stop after a value at the end could be read as part of the value."""
    lines = [part for line in told if line for part in (".br", _text(line))]
    return lines[1:]


def _if_there(entry: VariableEntry) -> str:
    return ", if it is there" if entry.vault_optional else ""


def _role(role: RoleEntry) -> list[str]:
    needs = "all that is required" if role.needs is None else listed(list(role.needs)) or "nothing"
    starts = f"Starts {command_line(role.command)}" if role.command else ""
    return [_sentence(role.description), starts, f"Needs {needs}"]


def _check(check: CheckEntry) -> list[str]:
    when, fails = listed(list(check.phases)), listed(list(check.critical)) or "never"
    return [_sentence(f"{check.words}; {check.times}"), f"When: {when}", f"Fails: {fails}"]


def _told(title: str, items: Iterable[tuple[str, list[str]]]) -> list[str]:
    lines: list[str] = []
    for name, told in items:
        lines += [".TP", f".B {_quoted(name)}", *_lines(told)]
    return [f".SH {_quoted(title)}", *lines] if lines else []


def _for_example(examples: Iterable[str]) -> str:
    words = ", ".join(map(among_words, examples))
    return f"For example: {words}" if words else ""


def _sentence(text: str, *, capital: bool = False) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:] if capital else text
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for line in clean(text).split("\n"):
        if line.strip():
            lines.append(_text(line))
        elif lines and lines[-1] != ".PP":
            lines.append(".PP")
    return lines


@cache  # cached: two thousand variables share a few words
def _text(text: str) -> str:
    """Words of one line, without requests and escapes."""
    line = one_line(text)
    words = line.split(" ")
    escaped = " ".join(map(_breakable, words)) if max(map(len, words)) > _PIECE else _escaped(line)
    escaped = escaped.replace("##[", "##\\&[")  # CI runners treat it as a command
    return f"\\&{escaped}" if escaped.startswith((".", "'", "::")) else escaped


def _breakable(word: str) -> str:
    """Allow a break, without a hyphen, in a word that may be wider than the rest of the line."""
    return "\\:".join([_escaped(word[place : place + _PIECE]) for place in range(0, len(word), _PIECE)])


def _quoted(text: str) -> str:
    """An argument of a macro."""
    return '"' + _escaped(one_line(text)).replace('"', "\\(dq").replace("##[", "##\\&[") + '"'


def _escaped(text: str) -> str:
    """A hyphen becomes a minus, so that it can be copied. Characters beyond ASCII become code points, which every groff
    reads in any locale.
    """
    if text.isascii():
        text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
        return text.replace("^", "\\(ha").replace("~", "\\(ti").replace("`", "\\(ga")
    return "".join(_escaped(character) if character.isascii() else f"\\[u{ord(character):04X}]" for character in text)
