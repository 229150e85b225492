"""Packs the boot lane with its own interpreter into one folder, for images without Python."""
