"""Many contracts with many environments, judged together."""
