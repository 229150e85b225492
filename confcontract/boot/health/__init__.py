"""Whether the application is alive, ready and started: evaluated in the background, and reported to probes."""
