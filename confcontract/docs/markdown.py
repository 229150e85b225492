"""The page as Markdown, for a README or a site."""

from __future__ import annotations

import re

from confcontract.contract.schemes import with_scheme
from confcontract.docs import markdown_columns, page_words
from confcontract.docs.clean_text import command_line, listed, one_line
from confcontract.docs.escape import cell, code, prose
from confcontract.docs.page_words import checks_further
from confcontract.docs.reading_order import first_sentence, groups, must_be_set
from confcontract.docs.shared_checks import with_checks_once
from confcontract.docs.since import ADDED, CHANGED
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from confcontract.docs.model import CheckEntry, Page, RoleEntry, VariableEntry
    from confcontract.docs.since import Since


class Layout:
    """columns: those of the tables of variables. parts: some of `PARTS`, in their order. level: of the outermost
    heading.
    since: what became of variables since another version; None if not asked for.
    """

    __slots__ = ("columns", "level", "parts", "since")

    def __init__(
        self, columns: Sequence[str], parts: Sequence[str], level: int = 1, since: Since | None = None
    ) -> None:
        self.since = since
        self.columns = columns
        self.parts = parts
        self.level = level

    def heading(self, below: int, text: str) -> str:
        return f"{'#' * min(self.level + below, 6)} {prose(text)}\n"


def render(page: Page, layout: Layout) -> str:
    """Render the parts of the page, one after the other."""
    texts = _texts(page, layout)
    if "contents" in layout.parts:
        texts["contents"] = _contents_of(texts, page, layout)
    return "\n".join(texts[name] for name in layout.parts if texts[name])


def _texts(page: Page, layout: Layout) -> dict[str, str]:
    """Each part by its name. The contents are missing, because they are made from the other parts."""
    return {name: PARTS[name](page, layout) for name in layout.parts if name != "contents"}


def chosen_parts(text: str | None, otherwise: Sequence[str]) -> tuple[str, ...]:
    """The parts of `--parts variables,checks,...`. Raises UsageError for an unknown part."""
    if text is None:
        return tuple(otherwise)
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in PARTS]
    if unknown or not names:
        what = f"there is no part {unknown[0]!r}" if unknown else "--parts names no part"
        raise UsageError(Problem("usage", what, hint=f"there are {', '.join(PARTS)}"))
    return names


def _title(page: Page, layout: Layout) -> str:
    return _paragraphs(layout.heading(0, one_line(f"{page.name} {page.version}")), prose(page.description))


def _since(page: Page, layout: Layout) -> str:
    since = layout.since
    if since is None:
        return ""
    anchors = {entry.name: entry.anchor for entry in page.entries}
    lines = [
        f"- **{fate}** [{code(name)}](#{anchors[name]}){_after_name(since.marks[name].lines)}"
        for fate in (ADDED, CHANGED)
        for name in since.names(fate)
    ]
    lines += [f"- **removed** {code(gone.name)}{_after_name(gone.lines)}" for gone in since.removed]
    lines += [f"- {cell(line)}" for line in since.general]
    heading = layout.heading(1, one_line(f"Changes since {since.before}"))
    return _paragraphs(heading, "\n".join(lines) or "Nothing has changed.")


def _after_name(lines: Sequence[str]) -> str:
    return f": {cell(' '.join(lines))}" if lines else ""


def _required(page: Page, layout: Layout) -> str:
    if not page.entries:
        return ""
    needed = must_be_set(page)
    if not needed:
        return _paragraphs(layout.heading(1, "Nothing must be set"), "The application starts without any variable.")
    return _paragraphs(layout.heading(1, f"{len(needed)} must be set"), "\n".join(map(_required_item, needed)))


def _required_item(entry: VariableEntry) -> str:
    secret = " (secret)" if entry.secret else ""
    kept = f" Kept in {code(with_scheme(entry.vault[0]))}." if entry.vault else ""
    about = f": {cell(first_sentence(entry))}." if entry.description else "."
    return f"- [{code(entry.name)}](#{entry.anchor}){secret}{about}{kept}"


def _contents(page: Page, layout: Layout) -> str:
    return _contents_of(_texts(page, layout), page, layout)


def _contents_of(texts: Mapping[str, str], page: Page, layout: Layout) -> str:
    """Links to parts by the anchors that GitHub, GitLab and Python-Markdown give to their headings."""
    lines = []
    for name, text in texts.items():
        if name == "title" or not text:
            continue
        title = text.partition("\n")[0].lstrip("# ")
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        lines.append(f"- [{title}](#{slug})")
        if name == "variables" and len(found := groups(page)) > 1:
            lines += [f"{'  ' * max(group.depth, 1)}- [{prose(group.title)}](#{group.anchor})" for group in found]
    return _paragraphs(layout.heading(1, "Contents"), "\n".join(lines))


def _variables(page: Page, layout: Layout) -> str:
    if not page.entries:
        return _paragraphs(layout.heading(1, "Variables"), "The application reads no variables.")
    if "deferred" not in layout.columns:
        page = with_checks_once(page)
    notes = ["Write names as they are here: case matters." if page.case_sensitive else ""]
    if any(entry.file_name for entry in page.entries):
        notes.append("`NAME_FILE` may give the path of a file that holds the value of `NAME`.")
    notes.append(prose(page.deliver.words))
    parts = [layout.heading(1, "Variables"), " ".join(note for note in notes if note), prose(checks_further(page))]
    found = groups(page)
    for group in found:
        if len(found) > 1:
            heading = layout.heading(2, group.title)
            parts += [heading.replace(" ", f' <a id="{group.anchor}"></a>', 1), prose(group.about)]
        parts.append(markdown_columns.table(group.entries, layout.columns, layout.since))
    return _paragraphs(*parts)


def _how_to(page: Page, layout: Layout) -> str:
    if not page.how_to:
        return ""
    parts = [layout.heading(1, "How to write values")]
    for one in page.how_to:
        examples = ", ".join(map(code, one.examples))
        parts.append(f"**{prose(one.title)}.** {prose(one.text)} For example {examples}.")
    return _paragraphs(*parts)


def _roles(page: Page, layout: Layout) -> str:
    return _tabled(page.roles, layout.heading(1, "Roles"), ("Role", "Starts", "Needs", "Description"), _role)


def _role(role: RoleEntry) -> tuple[str, ...]:
    command = code(command_line(role.command)) if role.command else "–"
    needs = "all that is required" if role.needs is None else ", ".join(map(code, role.needs)) or "nothing"
    return code(role.name), command, needs, cell(role.description) or "–"


def _checks(page: Page, layout: Layout) -> str:
    headings = ("Check", "What must be so", "How often", "When", "Fails")
    return _tabled(page.checks, layout.heading(1, "Checks"), headings, _check)


def _check(check: CheckEntry) -> tuple[str, ...]:
    critical = listed(list(check.critical)) or "never"
    words = cell(check.words)
    if check.variable is not None:
        words = words.replace(cell(check.variable), code(check.variable), 1)
    return code(check.name), words, cell(check.times), cell(listed(list(check.phases))), cell(critical)


def _exit_codes(page: Page, layout: Layout) -> str:
    def row(one: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cell(word) or "–" for word in one)

    return _tabled(page.exit_codes, layout.heading(1, "Exit codes"), ("Code", "Meaning", "What to do"), row)


def _problems(page: Page, layout: Layout) -> str:
    def row(one: tuple[str, str, str]) -> tuple[str, ...]:
        return f'<a id="problem:{one[0]}"></a>{code(one[0])}', cell(one[1]), cell(one[2])

    return _tabled(
        page_words.problems(page), layout.heading(1, "Problem codes"), ("Code", "Meaning", "What to do"), row
    )


def _provenance(page: Page, layout: Layout) -> str:
    rows = [("digest", page.digest), *page.provenance]
    return _tabled(rows, layout.heading(1, "Provenance"), ("What", "Which"), lambda row: (cell(row[0]), code(row[1])))


def _tabled(
    rows: Iterable[Any], heading: str, headings: tuple[str, ...], cells: Callable[[Any], tuple[str, ...]]
) -> str:
    lines = [f"| {' | '.join(cells(row))} |\n" for row in rows]
    if not lines:
        return ""
    return _paragraphs(heading, f"| {' | '.join(headings)} |\n|{' --- |' * len(headings)}\n" + "".join(lines))


def _paragraphs(*parts: str) -> str:
    return "\n".join(f"{part.rstrip()}\n" for part in parts if part.strip())


PARTS: dict[str, Callable[[Page, Layout], str]] = {
    "title": _title,
    "contents": _contents,
    "since": _since,
    "required": _required,
    "variables": _variables,
    "how-to": _how_to,
    "roles": _roles,
    "checks": _checks,
    "exit-codes": _exit_codes,
    "problems": _problems,
    "provenance": _provenance,
}
