"""One file for each service: how each of its drivers logs in, sends the smallest possible request, and disconnects.

SCHEMES: those of the URLs that it accepts. DIALECTS: the driver for the word after the + of a scheme.
"""
