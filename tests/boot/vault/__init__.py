"""Boots that have secrets made, against a real server and a real database."""
