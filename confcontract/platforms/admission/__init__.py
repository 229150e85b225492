"""Policies, as CEL expressions, that make Kubernetes refuse what breaks a contract."""
