"""What is reported and how a command ends: problems as data, their text, exit codes. Independent of contracts."""
