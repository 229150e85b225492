"""The defaults of a check: its phases, its times in seconds."""

from __future__ import annotations

TIMEOUT = 2.0  # of one attempt
INTERVAL = 0.5  # between two, while boot waits
DEADLINE = 30.0  # how long boot waits
PERIOD = 10.0  # between two evaluations after the start

PHASES = ("startup", "ready", "live")
ASKED_IN = ("startup", "ready")
