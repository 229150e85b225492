"""The formats in which a comparison is reported, one module each."""

from __future__ import annotations

from confcontract.compare.report_of_diff import DiffReport

FORMATS = ("text", "json", "markdown", "github", "gitlab", "sarif", "junit")


def render_diff(report: DiffReport, form: str, *, color: bool = False) -> str:
    """The whole report, ending in a newline. Raises ValueError for an unknown format."""
    if form not in FORMATS:
        raise ValueError(f"no such format: {form!r}")
    module = __import__(f"confcontract.compare.shown.findings_{form}", fromlist=["render"])
    text: str = module.render(report, color=color)
    return text
