"""One module per format, imported only when the format is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract
    from confcontract.docs.model import Page
    from confcontract.docs.since import Since

FORMATS = ("markdown", "html", "dotenv", "json", "man", "toml", "yaml", "config-json")


def render(page: Page, contract: Contract, format: str, since: Since | None = None) -> str:  # noqa: A002
    """The page in any format except Markdown, which has a layout; see markdown.py. since: for HTML only."""
    if format == "dotenv":
        from confcontract.docs import dotenv

        return dotenv.render(page)
    if format == "json":
        from confcontract.docs import page_json

        return page_json.render(page)
    if format == "man":
        from confcontract.docs import man

        return man.render(page)
    if format == "html":
        from confcontract.docs import html

        return html.page(page, contract, since)
    if format in ("toml", "yaml", "config-json"):
        from confcontract.docs import file_template

        defaults = {variable["name"]: variable["default"] for variable in contract.variables if "default" in variable}
        return file_template.render(page, file_template.shown_defaults(page, defaults), format)
    raise ValueError(f"no such format: {format!r}")
