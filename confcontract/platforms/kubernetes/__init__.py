"""A contract for Kubernetes: ConfigMaps, objects that fetch its secrets, and the workloads of its roles."""
