"""One file a service: how each of its drivers logs in, asks the least there is to ask, and leaves.

SCHEMES: of the URLs that it takes. DIALECTS: the driver that a word behind the + of a scheme names.
"""
