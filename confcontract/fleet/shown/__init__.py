"""How a fleet is reported: the formats of its report. Each gives its text piece by piece."""
