"""What is said of an image, signed or not, and kept beside it: written, found and held against the image."""
