"""Where a contract comes from. Not part of its digest: a rebuild of the same configuration has the same."""

from __future__ import annotations

import datetime
import platform
from functools import cache
from importlib.metadata import version

from confcontract import __version__
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem


def collect(source_commit: str | None, image_tag: str | None, source_date_epoch: str | int | None) -> dict[str, str]:
    """Flat text; what is not known is absent. Raises UsageError if the epoch is no integer."""
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
    if source_date_epoch not in (None, ""):  # 0 is a time
        found["buildTime"] = _build_time(str(source_date_epoch))
    return found


@cache  # what is imported by now does not change
def _installed(name: str) -> str:
    return version(name)


def _build_time(epoch: str) -> str:
    try:
        if not (epoch.isascii() and epoch.removeprefix("-").isdigit()):
            raise ValueError
        moment = datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            Problem(
                "usage",
                "SOURCE_DATE_EPOCH is no integer number of seconds since 1970-01-01 UTC",
                variable="SOURCE_DATE_EPOCH",
                hint='for example: SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"',
            )
        ) from None
    return moment.isoformat().replace("+00:00", "Z")
