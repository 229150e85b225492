"""The report formats of a fleet. Each yields its text piece by piece."""
