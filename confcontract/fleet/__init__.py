"""Checks many contracts against many environments together."""
