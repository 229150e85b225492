"""Build time: from a settings class to a contract. May import pydantic and the app."""
