"""Whether the application lives, is ready, has started: found out in the background, told to whoever asks."""
