"""Secrets that change while the application runs: leases are renewed, values are read again, changes are reported.

`lent.Reading` is the `vault` of the first resolve; `rotation.Rotation` takes over from there, on a thread of its
own; `change.Change` is what it tells. When to do what is decided in `schedule`, which does nothing itself.
"""
