"""Describes an image together with the contract in it."""
