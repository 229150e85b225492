"""Exports of a contract for platforms: Compose, Kubernetes, Helm, systemd and others. None contains a secret."""
