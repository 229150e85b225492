"""How long a platform waits between TERM and KILL."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.platforms.export_input import ExportInput

GRACE = 30  # seconds that an application has, as in boot/options.py
_MORE = 5  # so that it is boot, with --supervise, that ends what does not end


def stop_seconds(given: ExportInput) -> int:
    """A while more than boot's own grace."""
    try:
        grace = float(given.of_boot.get("CONFCONTRACT_GRACE", ""))
    except ValueError:
        grace = GRACE
    return int(grace) + _MORE
