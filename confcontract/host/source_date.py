"""SOURCE_DATE_EPOCH: the current time for a build. https://reproducible-builds.org/specs/source-date-epoch/"""

from __future__ import annotations

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

VARIABLE = "SOURCE_DATE_EPOCH"


def source_date(text: str | int | None) -> datetime | None:
    """text: the variable's value. None if it is empty or not set; 0 is a valid time. Raises UsageError."""
    from datetime import UTC, datetime

    epoch = str("" if text is None else text)
    if not epoch:
        return None
    try:
        if not (epoch.isascii() and epoch.removeprefix("-").isdigit()):
            raise ValueError
        return datetime.fromtimestamp(int(epoch), tz=UTC)
    except (ValueError, OverflowError, OSError):
        message = f"{VARIABLE} is not an integer number of seconds since 1970-01-01 UTC"
        hint = f'for example: {VARIABLE}="$(git log -1 --format=%ct)"'
        raise UsageError(Problem("usage", message, variable=VARIABLE, hint=hint)) from None
