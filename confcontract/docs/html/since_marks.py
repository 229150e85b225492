"""How a page marks the changes since another version: a list above the variables, and a mark on each changed card."""

from __future__ import annotations

from confcontract.docs.html.markup import code, escaped, shown
from confcontract.docs.since import ADDED, CHANGED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from confcontract.docs.since import Since, VariableMark

ANCHOR = "about:since"


def since_title(since: Since) -> str:
    return f"Changes since {shown(since.before)}"


def since_chapter(since: Since, anchors: Mapping[str, str]) -> str:
    """anchors: variable → the anchor of its card."""
    items = "".join(_items(since, anchors)) or "<li>Nothing has changed.</li>"
    return (
        f'<section class="chapter since" id="{ANCHOR}" aria-labelledby="title:{ANCHOR}">'
        f'<h2 id="title:{ANCHOR}">{since_title(since)}</h2><ul>{items}</ul></section>\n'
    )


def _items(since: Since, anchors: Mapping[str, str]) -> Iterator[str]:
    for fate in (ADDED, CHANGED):
        for name in since.names(fate):
            target = escaped(anchors.get(name, ""))
            lines = shown(" ".join(since.marks[name].lines))
            yield f'<li>{mark_badge(fate)} <a href="#{target}">{code(name)}</a>{f" {lines}" if lines else ""}</li>'
    for gone in since.removed:
        yield f"<li>{mark_badge('removed')} {code(gone.name)} {shown(' '.join(gone.lines))}</li>"
    for line in since.general:
        yield f"<li>{shown(line)}</li>"


def mark_badge(fate: str) -> str:
    return f'<span class="badge since-{fate}">{fate}</span>'


def mark_lines(mark: VariableMark) -> str:
    """The changes of one variable, on its card."""
    if not mark.lines:
        return ""
    return f'<ul class="since-lines">{"".join(f"<li>{shown(line)}</li>" for line in mark.lines)}</ul>'
