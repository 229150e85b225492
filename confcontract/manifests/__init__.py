"""Reads Kubernetes manifests and Compose files: their containers, and what each container would get."""
