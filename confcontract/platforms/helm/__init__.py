"""A contract as a chart for Helm: templates, values, and a schema that makes Helm refuse wrong values."""
