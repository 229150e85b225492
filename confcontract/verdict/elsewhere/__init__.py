"""Rules that a browser or an API server can apply with the same verdict as pydantic, independent of their language."""
