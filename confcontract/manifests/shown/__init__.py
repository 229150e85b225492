"""The report formats for manifests, one per module."""

from __future__ import annotations

from confcontract.manifests.manifest_report import ManifestReport

FORMATS = ("text", "json", "sarif", "github")


def render_manifests(report: ManifestReport, form: str, *, color: bool = False) -> str:
    """Returns the whole report, ending in a newline. Raises ValueError for an unknown format."""
    if form not in FORMATS:
        raise ValueError(f"no such format: {form!r}")
    module = __import__(f"confcontract.manifests.shown.manifests_{form}", fromlist=["render"])
    text: str = module.render(report, color=color)
    return text
