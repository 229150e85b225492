"""A variable on the page, as a card."""

from __future__ import annotations

from confcontract.contract.schemes import stores
from confcontract.docs.html.markup import code, codes, copy_button, escaped, shown
from confcontract.docs.html.since_marks import mark_badge, mark_lines
from confcontract.docs.page_words import MANY_SCHEMES, usual_scheme

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from confcontract.docs.model import VariableEntry
    from confcontract.docs.since import VariableMark


def card(entry: VariableEntry, needed: bool, changed: VariableMark | None = None) -> str:
    """needed: the variable must be set. changed: what changed since another version."""
    name = _breakable(shown(entry.name))
    anchor = escaped(entry.anchor)
    marks = "".join([f' data-{key}="{escaped(value)}"' for key, value in _marks(entry, needed)])
    facts = "".join(
        [f"<div{compact}><dt>{label}</dt><dd>{words}</dd></div>" for compact, label, words in _facts(entry, needed)]
    )
    description = f'<p class="about">{shown(entry.description)}</p>' if entry.description else ""
    since = f' data-since="{changed.fate}"' if changed is not None else ""
    badge = mark_badge(changed.fate) if changed is not None else ""
    lines = mark_lines(changed) if changed is not None else ""
    return (
        f'<article class="variable" id="{anchor}" tabindex="-1" aria-labelledby="name:{anchor}"{marks}{since}>'
        f'<div class="head"><h3 id="name:{anchor}"><a href="#{anchor}"><code>{name}</code></a></h3>'
        f"{copy_button(entry.name, escaped(entry.name))}{badge}{_badges(entry, needed)}</div>{lines}"
        f"{description}<dl>{facts}</dl></article>\n"
    )


# How the compact view shows a fact: as it is, with its label, or not at all.
_BARE = ""
_NAMED = ' class="named"'
_MORE = ' class="more"'


def _breakable(name: str) -> str:
    """Allow line breaks between the words of a long name, for phones."""
    return name.replace("_", "_<wbr>")


def _marks(entry: VariableEntry, needed: bool) -> Iterator[tuple[str, str]]:
    yield "name", entry.name
    if needed:
        yield "required", ""
    if entry.secret:
        yield "secret", ""
    if entry.roles:
        yield "roles", " ".join(entry.roles)
    if entry.default is not None and entry.default_is_text:
        yield "default", entry.default
    elif entry.examples:
        yield "example", entry.examples[0]
    if entry.choices:
        yield "choices", "\n".join(entry.choices)


def _badges(entry: VariableEntry, needed: bool) -> str:
    found = []
    if needed:
        found.append("required")
    if entry.secret:
        found.append("secret")
    if entry.deprecated is not None and entry.name in entry.deprecated.names:
        found.append("deprecated")
    return "".join([f'<span class="badge {badge}">{badge}</span>' for badge in found])


def _facts(entry: VariableEntry, needed: bool) -> Iterator[tuple[str, str, str]]:
    """For each fact of the variable: how the compact view shows it, its label and its markup."""
    yield from _of_values(entry)
    if entry.required and not needed:
        yield _NAMED, "Required", "set its members, or all of them here"
    elif entry.required_if:
        yield _NAMED, "Required", f"as soon as anything of {code(entry.required_if)} is set"
    yield from _of_sources(entry)
    if entry.binding:
        yield _MORE, "Bound to", shown(entry.binding)
    if entry.roles:
        yield _MORE, "Needed by", ", ".join(map(shown, entry.roles))
    if entry.checks:
        yield _MORE, "Checked by", ", ".join(map(shown, entry.checks))
    if entry.on_change:
        yield _MORE, "On change", shown(entry.on_change)
    if entry.deferred:
        deferred = "; ".join(shown(deferral.words) for deferral in entry.deferred)
        yield _MORE, "Application", f"checks it further: {deferred}"


def _of_values(entry: VariableEntry) -> Iterator[tuple[str, str, str]]:
    schemes = entry.schemes if entry.kind == "url" else ()
    if len(schemes) > MANY_SCHEMES:
        yield _BARE, "Type", _folded(schemes)
    else:
        yield _BARE, "Type", "the whole section, as JSON" if entry.kind == "object" else shown(entry.type)
    if entry.choices:
        yield _BARE, "Allowed values", codes(entry.choices)
    elif entry.allowed:
        yield _BARE, "Allowed values", shown(entry.allowed)
    if entry.unit:
        yield _BARE, "Unit", shown(entry.unit)
    if entry.default is not None:
        copied = copy_button(entry.default, f"the default of {escaped(entry.name)}") if entry.default_is_text else ""
        yield _NAMED, "Default", code(entry.default) + copied
    elif entry.default_note:
        yield _NAMED, "Default", shown(entry.default_note)
    if entry.encoding != "plain" and entry.kind != "object":
        written = f"items with {code(entry.separator)} between them" if entry.separator else "JSON"
        yield _MORE, "Written as", written
    if entry.examples:
        yield _MORE, "Example" if len(entry.examples) == 1 else "Examples", codes(entry.examples)


def _folded(schemes: Sequence[str]) -> str:
    """Show the most usual of many schemes, and fold the others."""
    usual = usual_scheme(schemes)
    others = [scheme for scheme in schemes if scheme != usual]
    return (
        f'<details class="schemes"><summary>URL: {code(usual + "://")} and {len(others)} more schemes</summary>'
        f"{codes(others)}</details>"
    )


def _of_sources(entry: VariableEntry) -> Iterator[tuple[str, str, str]]:
    if entry.vault:
        optional = ", if it is there" if entry.vault_optional else ""
        yield _NAMED, f"In {stores(entry.vault)}", " or ".join(map(code, entry.vault)) + optional
    if entry.secret and entry.file_name:
        yield _MORE, "From a file", f"{code(entry.file_name)} names a file that holds it"
    yield _MORE, "Key in files", code(entry.key)
    if entry.aliases:
        yield _MORE, "Also accepted", codes(entry.aliases)
    if entry.deprecated is not None:
        yield _MORE, "Deprecated", _deprecation(entry)


def _deprecation(entry: VariableEntry) -> str:
    deprecated = entry.deprecated
    assert deprecated is not None
    words = codes(deprecated.names)
    if deprecated.message:
        words += f": {shown(deprecated.message)}"
    if deprecated.replaced_by:
        words += f"; use {code(deprecated.replaced_by)}"
    return words
