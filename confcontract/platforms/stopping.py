"""How long a platform waits between TERM and KILL."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.platforms.export_input import ExportInput

GRACE = 30  # seconds that an application has, as in boot/options.py
_MORE = 5  # so that it is boot, with --supervise, that ends what does not end
_MOST = 1e9  # seconds, as in boot/options.py


def stop_seconds(given: ExportInput) -> int:
    """A while more than boot's own grace; than the usual one where boot would refuse what the values say."""
    try:
        grace = float(given.of_boot.get("CONFCONTRACT_GRACE", ""))
    except ValueError:
        grace = GRACE
    return int(grace if 0 < grace < _MOST else GRACE) + _MORE
