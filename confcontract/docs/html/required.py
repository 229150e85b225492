"""The first part of the page: the variables without which the application does not start."""

from __future__ import annotations

from confcontract.contract.schemes import stores
from confcontract.docs.html.markup import code, escaped, shown
from confcontract.docs.reading_order import first_sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.docs.model import VariableEntry

REQUIRED = "about:required"
REQUIRED_TITLE = "Must be set"


def required_chapter(entries: Sequence[VariableEntry]) -> str:
    title = f"{len(entries)} must be set" if entries else "Nothing must be set"
    items = "".join(map(_item, entries))
    body = f"<ul>{items}</ul>" if items else "<p>The application starts without any of these variables.</p>"
    return (
        f'<section class="chapter required-first" id="{REQUIRED}" aria-labelledby="title:{REQUIRED}">'
        f'<h2 id="title:{REQUIRED}">{title}</h2>{body}</section>\n'
    )


def _item(entry: VariableEntry) -> str:
    about = shown(first_sentence(entry)) or ("URL" if entry.schemes else shown(entry.type))
    secret = ' <span class="badge secret">secret</span>' if entry.secret else ""
    kept = f' <span class="hint">In {stores(entry.vault)}: {code(entry.vault[0])}</span>' if entry.vault else ""
    return f'<li><a href="#{escaped(entry.anchor)}">{code(entry.name)}</a>{secret} {about}{kept}</li>'
