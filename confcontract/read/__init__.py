"""Readers of the contract alone: documentation, comparison, export."""
