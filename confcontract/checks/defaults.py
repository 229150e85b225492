"""What a check that says nothing else means: its phases, its times in seconds."""

from __future__ import annotations

TIMEOUT = 2.0  # of one attempt
INTERVAL = 0.5  # between two, while boot waits
DEADLINE = 30.0  # of boot's waiting
PERIOD = 10.0  # between two evaluations after the start

PHASES = ("startup", "ready", "live")
ASKED_IN = ("startup", "ready")
