"""Proposes the files for the image of an existing project, from what its own files contain."""
