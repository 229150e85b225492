"""What a program needs from its machine: folders, files, processes, limits, time."""
