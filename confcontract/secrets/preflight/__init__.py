"""Checks of a contract's secrets before a deployment: whether they can be read, and which policy they need.

Data in, data out: `needed` returns the references that are used, `check` tests them with a reader, `policy` writes HCL.
"""
