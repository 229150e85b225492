"""Where a contract comes from. This is not part of its digest, so a rebuild of the same configuration has the same
digest.
"""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version

from confcontract import __version__
from confcontract.host.source_date import source_date


def collect(source_commit: str | None, image_tag: str | None, source_date_epoch: str | int | None) -> dict[str, str]:
    """Flat text; unknown facts are absent. Raises UsageError if the epoch is not an integer."""
    found = {
        "confcontract": __version__,
        "pydantic": _installed("pydantic"),
        "pydanticCore": _installed("pydantic_core"),
        "pydanticSettings": _installed("pydantic-settings"),
        "python": platform.python_version(),
    }
    if source_commit:
        found["sourceCommit"] = source_commit
    if image_tag:
        found["imageTag"] = image_tag
    if moment := source_date(source_date_epoch):
        found["buildTime"] = moment.isoformat().replace("+00:00", "Z")
    return found


@cache  # installed releases do not change after import
def _installed(name: str) -> str:
    return version(name)
