"""Images of containers, read where they are: nothing is unpacked, run, or written to disk.

`open_image` gives an image by its reference. Its layers are walked as streams, file by file; `find_file` reads one file
as a container would see it.
"""
