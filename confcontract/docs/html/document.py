"""The whole page."""

from __future__ import annotations

from confcontract.docs.html.appendix import chapters
from confcontract.docs.html.cards import card
from confcontract.docs.html.markup import data_block, escaped, shown
from confcontract.docs.html.required import REQUIRED, REQUIRED_TITLE, required_chapter
from confcontract.docs.html.rules import rules_of
from confcontract.docs.html.since_marks import ANCHOR, since_chapter, since_title
from confcontract.docs.reading_order import groups, must_be_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from confcontract.contract.artifact import Contract
    from confcontract.docs.model import Page, VariableEntry
    from confcontract.docs.reading_order import Group
    from confcontract.docs.since import Since, VariableMark


def page(model: Page, contract: Contract, since: Since | None = None) -> str:
    """The documentation of a contract as one HTML document. The same contract gives the same text.

    since: the changes to mark.
    """
    style = _file("page.css") + (_file("since.css") if since is not None else "")
    return "".join(_parts(model, contract, style, _script(), since))


def _parts(model: Page, contract: Contract, style: str, script: str, since: Since | None) -> Iterator[str]:
    title = shown(f"{model.name} {model.version}")
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escaped(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f'<title>{title}: configuration</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{style}</style>\n</head>\n<body>\n"
    )
    yield _head(model)
    found = groups(model)
    yield from _navigation(model, found, since)
    yield _file("form.html")  # before the variables, so that keyboard users need not tab through all of them
    yield f'<main id="main" data-application="{escaped(model.name)}">\n{_finder(model, since)}'
    if since is not None:
        yield since_chapter(since, {entry.name: entry.anchor for entry in model.entries})
    needed = must_be_set(model)
    yield required_chapter(needed)
    names = {entry.name for entry in needed}
    for group in found:
        yield from _group(group, names, since)
    yield '<p id="nothing" hidden>No variable is like this. <button type="button" id="reset">Show all</button></p>\n'
    for anchor, title_, markup in chapters(model):
        yield (
            f'<section class="chapter" id="{anchor}" aria-labelledby="title:{anchor}">'
            f'<h2 id="title:{anchor}">{title_}</h2>{markup}</section>\n'
        )
    yield "</main>\n"
    yield data_block("contract", rules_of(contract, model))
    yield f"\n<script>{script}</script>\n</body>\n</html>\n"


def _head(model: Page) -> str:
    about = f"<p>{shown(model.description)}</p>" if model.description else ""
    return (
        '<a class="skip" href="#main">Skip to the variables</a>\n<header class="top">'
        f'<div><h1>{shown(model.name)} <span class="version">{shown(model.version)}</span></h1>{about}</div>'
        '<div class="tools"><label><input type="checkbox" id="compact"> Compact</label>'
        '<button type="button" id="theme" aria-label="Colours: as the system" hidden>◐</button>'
        '<button type="button" id="open-form" aria-expanded="false" aria-controls="form" hidden>'
        "Check a configuration</button>"
        "</div></header>\n"
    )


def _navigation(model: Page, found: Iterable[Group], since: Since | None) -> Iterator[str]:
    yield '<nav aria-label="On this page"><ul>'
    if since is not None:
        yield f'<li class="depth-0"><a href="#{ANCHOR}">{since_title(since)}</a></li>'
    count = len(must_be_set(model))
    yield f'<li><a href="#{REQUIRED}">{REQUIRED_TITLE}</a> <span class="count">{count}</span></li>'
    for group in found:
        yield (
            f'<li class="depth-{min(group.depth, 3)}"><a href="#{escaped(group.anchor)}">'
            f'{shown(group.title)}</a> <span class="count">{len(group.entries)}</span></li>'
        )
    yield '</ul><ul class="more">'
    for anchor, title, _ in chapters(model):
        yield f'<li><a href="#{anchor}">{title}</a></li>'
    yield "</ul></nav>\n"


def _finder(model: Page, since: Since | None) -> str:
    roles = "".join(f'<option value="{escaped(role.name)}">{shown(role.name)}</option>' for role in model.roles)
    choice = (
        f'<label class="select">Role <select id="role"><option value="">any</option>{roles}</select></label>'
        if roles
        else ""
    )
    total = len(model.entries)
    news = (
        '<label><input type="checkbox" id="only-since" data-only="since"> New or changed</label>'
        if since is not None and since.marks
        else ""
    )
    return (
        '<form role="search" class="finder" id="finder" hidden>'
        '<label class="find"><span class="unseen">Search names, other names and descriptions</span>'
        '<input type="search" id="search" placeholder="Search" autocomplete="off" spellcheck="false"'
        ' aria-keyshortcuts="/"><kbd aria-hidden="true">/</kbd></label>'
        '<fieldset><legend class="unseen">Show only</legend>'
        '<label><input type="checkbox" id="only-required"> Required</label>'
        '<label><input type="checkbox" id="only-secret"> Secret</label>'
        '<label id="changed-choice" hidden><input type="checkbox" id="only-changed"> Changed</label>'
        f"{news}{choice}</fieldset>"
        f'<output id="count" for="search">{total} variable{"s" * (total != 1)}</output></form>\n'
    )


def _group(group: Group, needed: Container[str], since: Since | None) -> Iterator[str]:
    anchor = escaped(group.anchor)
    yield (
        f'<section class="group" id="{anchor}" aria-labelledby="title:{anchor}">'
        f'<h2 id="title:{anchor}">{shown(group.title)}</h2>\n'
    )
    if group.about:
        yield f'<p class="hint">{shown(group.about)}</p>\n'
    for entry in group.entries:
        yield card(entry, entry.name in needed, _mark(entry, since))
    yield "</section>\n"


def _mark(entry: VariableEntry, since: Since | None) -> VariableMark | None:
    return since.marks.get(entry.name) if since is not None else None


def _file(name: str) -> str:
    import os

    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as stream:
        return stream.read()


def _script() -> str:
    """All scripts as one, in the order of their names, in a scope of their own."""
    import os

    folder = os.path.join(os.path.dirname(__file__), "js")
    parts = [_file(f"js/{name}") for name in sorted(os.listdir(folder)) if name.endswith(".js")]
    return '"use strict";\n{\n' + "\n".join(parts) + "}\n"


def _digest(text: str) -> str:
    """The digest of an inline script or style, in the form of a Content-Security-Policy."""
    import base64
    import hashlib

    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
