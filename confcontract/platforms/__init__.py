"""A contract as platforms take it: Compose, Kubernetes, Helm, systemd and others. No secret is in any of it."""
