"""Secrets that change while the application runs: leases are renewed, values are read again, changes are reported.

`lent.Reading` is the `vault` of the first resolve; `rotation.Rotation` continues from there, on its own thread, and
reports each `change.Change`. `schedule` decides when to do what, and does nothing itself.
"""
