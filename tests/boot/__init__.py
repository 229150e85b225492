"""Boot from end to end, as an operator meets it: real contracts, real processes, the application's own verdict."""
