"""An image is held against its contract: what is in its layers, and how it starts."""
