"""Run time: from a contract and an environment to a running app. Never imports pydantic or the app."""
