"""Audits an image against its contract: the content of its layers, and how it starts."""
