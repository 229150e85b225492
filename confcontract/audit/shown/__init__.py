"""The report formats of an audit, one per module."""

from __future__ import annotations

from confcontract.audit.audit_report import AuditReport

FORMATS = ("text", "json", "sarif", "github")


def render_audit(report: AuditReport, form: str, *, color: bool = False) -> str:
    """Returns the whole report, ending in a newline. Raises ValueError for an unknown format."""
    if form not in FORMATS:
        raise ValueError(f"no such format: {form!r}")
    module = __import__(f"confcontract.audit.shown.audit_{form}", fromlist=["render"])
    text: str = module.render(report, color=color)
    return text
