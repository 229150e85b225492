"""From a pydantic core schema to plain data that boot can feed to `SchemaValidator`; see lower.py."""
