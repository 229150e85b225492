"""A contract for Kubernetes: ConfigMaps, what fetches its secrets, and the workloads of its roles."""
