"""The chapters below the variables: roles, checks, how values are written, exit codes, provenance."""

from __future__ import annotations

from confcontract.docs.clean_text import command_line, listed
from confcontract.docs.html.markup import code, codes, shown
from confcontract.docs.page_words import problems

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from confcontract.docs.model import Page


def chapters(page: Page) -> Iterator[tuple[str, str, str]]:
    """The anchor, title and markup of each chapter."""
    if page.how_to:
        yield "about:values", "How values are written", "".join(_how_to(page))
    if page.roles:
        rows = [
            (
                code(role.name),
                shown(role.description),
                code(command_line(role.command)) if role.command else "",
                "all that are required" if role.needs is None else codes(role.needs) or "nothing",
            )
            for role in page.roles
        ]
        yield "about:roles", "Roles", _table(("Role", "What it is", "Command", "Needs"), rows)
    if page.checks:
        checks = [
            (
                code(check.name),
                shown(check.words),
                shown(listed(list(check.phases))),
                shown(listed(list(check.critical)) or "never"),
                shown(check.times),
            )
            for check in page.checks
        ]
        yield "about:checks", "Checks", _table(("Check", "What must be so", "When", "Fails", "How often"), checks)
    if page.deliver.words:
        yield "about:secrets", "Secrets", f"<p>{shown(page.deliver.words)}</p>"
    if page.deferred:
        items = "".join(f"<li>{shown(deferral.words)}</li>" for deferral in page.deferred)
        yield "about:application", "What the application checks further", f"<ul>{items}</ul>"
    endings = [(code(one.code), shown(one.meaning), shown(one.remedy)) for one in page.exit_codes]
    yield "about:exit-codes", "Exit codes", _table(("Code", "Meaning", "What to do"), endings)
    explained = [
        (f'<code id="problem:{name}">{name}</code>', shown(meaning), shown(remedy))
        for name, meaning, remedy in problems(page)
    ]
    table = _table(("Code", "Meaning", "What to do"), explained)
    folded = f"<details><summary>What boot prints in brackets, such as [value-invalid]</summary>{table}</details>"
    yield "about:problems", "Problem codes", folded
    facts = [("Digest", page.digest), *page.provenance]
    pairs = "".join(f"<div><dt>{shown(label)}</dt><dd>{code(text)}</dd></div>" for label, text in facts)
    yield "about:origin", "Where this comes from", f"<dl>{pairs}</dl>"


def _how_to(page: Page) -> Iterator[str]:
    for how_to in page.how_to:
        examples = f"<p>For example {codes(how_to.examples)}</p>" if how_to.examples else ""
        yield f"<h3>{shown(how_to.title)}</h3><p>{shown(how_to.text)}</p>{examples}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table. Each cell has the heading of its column, because a row becomes a list on a phone."""
    head = "".join(f'<th scope="col">{title}</th>' for title in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-head="{title}">{cell}</td>' if index else f'<th scope="row" data-head="{title}">{cell}</th>'
            for index, (title, cell) in enumerate(zip(heads, row, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
