"""What the commands with rules share: the severity of a finding, and what a project decides about it."""
