"""Attestations of an image, signed or unsigned: creates them, stores them with the image, and verifies them."""
