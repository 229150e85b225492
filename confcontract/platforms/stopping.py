"""How long a platform waits between TERM and KILL."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.platforms.export_input import ExportInput

GRACE = 30  # seconds that an application has to stop, as in boot/options.py
_MORE = 5  # so that boot with --supervise, and not the platform, kills an application that does not stop
_MOST = 1e9  # seconds, as in boot/options.py


def stop_seconds(given: ExportInput) -> int:
    """Slightly more than boot's own grace."""
    return int(seconds_of_boot(given.of_boot, "CONFCONTRACT_GRACE", GRACE)) + _MORE


def seconds_of_boot(of_boot: Mapping[str, str], name: str, usual: float) -> float:
    """One of boot's settings from the values; the default if it is not there, or if boot would refuse it."""
    try:
        seconds = float(of_boot.get(name) or usual)
    except ValueError:
        return usual
    return seconds if 0 < seconds < _MOST else usual
