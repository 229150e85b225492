"""Computes when to renew, to read again and to retry. Nothing here waits or sends requests.

Moments and spans are seconds of one clock that never jumps and that includes sleep of the machine; `random` is uniform
in [0, 1).
"""

from __future__ import annotations

RENEW = "renew"
REPLACE = "replace"

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0
SHORTEST_PAUSE_SECONDS = 0.05
_JITTER = 0.1
# A renewal that grants less than this part of what was granted at first is capped: it is close to its max_ttl.
_UNCAPPED = 0.95
# A lease that could not be renewed until only this part is left is read again instead.
_PRESSING = 1 / 6


def at_two_thirds(seconds: float, random: float) -> float:
    """After how long to renew a lease of this duration, with jitter: instances must not renew together."""
    return max(seconds, 0.0) * (2 / 3 + _JITTER * random)


def retry(failures: int, remaining: float, random: float, longest: float = LONGEST_PAUSE_SECONDS) -> float:
    """How long to wait after this many failures (1 or more), if this much time remains.

    Doubling from 250 ms to `longest`, of which a random half may be left out; never more than a third of what remains,
    so that there are further attempts before the end. After the end it is not limited.
    """
    longest = min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 30), longest)
    pause = longest * (0.5 + random / 2)
    if remaining > 0:
        pause = min(pause, remaining / 3)
    return max(pause, SHORTEST_PAUSE_SECONDS)


def next_poll(seconds: float, random: float) -> float:
    """How long to wait until secrets without a lease are read again: `seconds`, plus or minus ten per cent."""
    return seconds * (1 - _JITTER + 2 * _JITTER * random)


class Term:
    """How long something is leased, and what to do about it next.

    full: seconds that were granted at first. ends, due: moments. action: RENEW, or REPLACE by something new. failures:
    failed attempts in a row. pressed: it could not be renewed, and little time is left.
    """

    __slots__ = ("action", "due", "ends", "failures", "full", "pressed")

    def __init__(self, since: float, seconds: float, renewable: bool, random: float) -> None:
        self.full = seconds
        self.failures = 0
        self.pressed = False
        self.ends = since + seconds
        self.action = RENEW if renewable else REPLACE
        self.due = since + at_two_thirds(seconds, random)

    def remaining(self, now: float) -> float:
        return self.ends - now

    def expired(self, now: float) -> bool:
        return now >= self.ends

    def wants_renewal(self, now: float) -> bool:
        return now >= self.due and self.action == RENEW and not self.expired(now)

    def wants_replacement(self, now: float) -> bool:
        return self.pressed or (now >= self.due and (self.action == REPLACE or self.expired(now)))

    def renewed(self, since: float, seconds: float, renewable: bool, random: float) -> None:
        """It was renewed. If it was granted for less time than at first, it is close to its end: two thirds of that
        time are used.
        """
        self.failures = 0
        self.pressed = False
        self.ends = since + max(seconds, 0.0)
        self.due = since + at_two_thirds(seconds, random)
        capped = seconds < self.full * _UNCAPPED
        self.action = RENEW if renewable and not capped else REPLACE
        self.full = max(self.full, seconds)

    def not_renewed(self, now: float, random: float) -> None:
        """Renewal may succeed later. If little time is left, a replacement is requested as well."""
        self._failed(now, random)
        self.pressed = self.remaining(now) < self.full * _PRESSING

    def not_replaced(self, now: float, random: float) -> None:
        """Replacement may succeed later, and so may another renewal."""
        self._failed(now, random)
        self.pressed = False

    def _failed(self, now: float, random: float) -> None:
        self.failures += 1
        self.due = now + retry(self.failures, self.remaining(now), random)

    def not_renewable(self, now: float) -> None:
        """It can't be renewed, which is found when two thirds are over: replace it now."""
        self.action = REPLACE
        self.due = now

    def gone(self, now: float) -> None:
        """It ended early."""
        self.ends = min(self.ends, now)
        self.not_renewable(now)

    def refused(self, now: float, pause: float) -> None:
        """Its replacement can't be used. Another one is only created after a pause, because each costs a credential."""
        self.pressed = False
        self.action = REPLACE
        self.due = now + max(at_two_thirds(self.remaining(now), 0.0), pause)
