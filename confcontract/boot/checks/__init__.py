"""Checks of dependencies before the hand-off: plan them, run them side by side, report what is not ready."""
