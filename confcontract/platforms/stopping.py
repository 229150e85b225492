"""How long a platform waits between TERM and KILL."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.platforms.export_input import ExportInput

GRACE = 30  # seconds that an application has, as in boot/options.py
_MORE = 5  # so that it is boot, with --supervise, that ends what does not end
_MOST = 1e9  # seconds, as in boot/options.py


def stop_seconds(given: ExportInput) -> int:
    """A while more than boot's own grace."""
    return int(seconds_of_boot(given.of_boot, "CONFCONTRACT_GRACE", GRACE)) + _MORE


def seconds_of_boot(of_boot: Mapping[str, str], name: str, usual: float) -> float:
    """What the values say of one of boot's settings; the usual one where they don't, or boot would refuse it."""
    try:
        seconds = float(of_boot.get(name) or usual)
    except ValueError:
        return usual
    return seconds if 0 < seconds < _MOST else usual
