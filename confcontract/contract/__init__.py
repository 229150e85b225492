"""The artifact: the file in the image, its format, and what everybody needs to read it."""
