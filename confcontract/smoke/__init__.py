"""Starts an image once as a platform would, and checks whether it boots, answers, stops, and refuses to start
unconfigured."""
