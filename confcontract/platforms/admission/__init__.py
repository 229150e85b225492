"""Policies by which Kubernetes itself refuses what breaks a contract, as expressions in CEL."""
