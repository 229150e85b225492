"""Searches an image for the current values of secrets: as they are, encoded, and inside archives."""
