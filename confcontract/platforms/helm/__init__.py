"""A contract as a chart for Helm: templates, values, and a schema by which Helm itself refuses wrong values."""
