"""How a fleet is told: the formats of its report. Each gives its text piece by piece."""
