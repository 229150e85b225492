"""Kubernetes' manifests and Compose files, read: which containers there are, and what each would get."""
