"""How a command ends that looks for something: nothing counts, something does, or it could not be evaluated."""

from __future__ import annotations

CLEAN, FOUND, FAILED = 0, 1, 2  # FAILED is never to be taken for an answer
