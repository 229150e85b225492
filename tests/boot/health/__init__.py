"""Health, its server, its metrics, and probes."""
