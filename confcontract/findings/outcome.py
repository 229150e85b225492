"""How a command that looks for findings ends: without findings that count, with some, or without an evaluation."""

from __future__ import annotations

CLEAN, FOUND, FAILED = 0, 1, 2  # FAILED is not a result: callers must not read it as "no findings"
