"""The boot lane with an interpreter of its own: one folder, for images that have no Python."""
