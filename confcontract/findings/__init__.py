"""What commands with rules have in common: how much a finding matters, and what a project says of it."""
