"""One file a service: how each of its drivers logs in, asks the least there is to ask, and leaves."""
