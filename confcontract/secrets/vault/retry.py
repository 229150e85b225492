"""Rules for retries: what is worth another attempt, how long to wait before it, and one deadline for everything."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
LONGEST_RETRY_AFTER_SECONDS = 30.0

# In addition, every status of 500 and above except 501 (not initialised) may be temporary. With 472 to 474, a node of a
# cluster says that another node is active; 412 is a node that is behind.
_WORTH_RETRYING = frozenset({408, 412, 425, 429, 472, 473, 474})


def worth_retrying(status: int) -> bool:
    return status in _WORTH_RETRYING or (status >= 500 and status != 501)


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for, between 0 and LONGEST_RETRY_AFTER_SECONDS; None if it is not valid.

    header: seconds or an HTTP date (RFC 9110, 10.2.3). now: seconds since the epoch.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return LONGEST_RETRY_AFTER_SECONDS if len(text) > 9 else min(float(text), LONGEST_RETRY_AFTER_SECONDS)
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        seconds = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


class Deadline:
    """A moment after which nothing is awaited.

    seconds: the total. clock: a monotonic clock in seconds. random: uniform in [0, 1).
    """

    __slots__ = ("_clock", "_end", "_random", "_reserve", "seconds")

    def __init__(self, seconds: float, clock: Callable[[], float], random: Callable[[], float]) -> None:
        self.seconds = seconds
        self._clock = clock
        self._random = random
        self._end = clock() + seconds
        # The last pause leaves this much for a last attempt.
        self._reserve = min(1.0, seconds / 10)

    def now(self) -> float:
        return self._clock()

    def remaining(self) -> float:
        return max(self._end - self._clock(), 0.0)

    def elapsed(self) -> float:
        return self.seconds - (self._end - self._clock())

    def pause(self, failures: int, asked: float | None = None) -> float | None:
        """How long to wait after this many failures (1 or more); None if no further attempt fits before the deadline.

        250 ms doubling up to 10 s, of which a random part is waited ("full jitter": thousands of pods that lost the
        same Vault don't return at the same time), but at least as long as the server requires, which is the same for
        all.
        """
        longest = min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 30), LONGEST_PAUSE_SECONDS)
        wanted = self._random() * longest + (asked or 0.0)
        left = self.remaining() - self._reserve
        return None if left <= 0 else min(wanted, left)
