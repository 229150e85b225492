"""Content negotiation: the one of our formats that a client likes best (RFC 9110, 12.5.1)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def preferred(accept: str | None, offers: Sequence[str]) -> str:
    """The media type with the highest weight; the first of equals, and the first if the client accepts none.

    accept: the header, None if there is none. Only the most specific range of a header counts for a type.
    """
    ranges = _ranges(accept or "*/*")
    weights = {offer: _weight(offer, ranges) for offer in offers}
    return max(offers, key=weights.__getitem__)  # max() keeps to the first of equals


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for item in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in item.split(";"))
        weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        try:
            ranges[kind] = max(float(weight), ranges.get(kind, 0))
        except ValueError:
            continue
    return ranges


def _weight(offer: str, ranges: dict[str, float]) -> float:
    for specific in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        if specific in ranges:
            return ranges[specific]
    return 0
