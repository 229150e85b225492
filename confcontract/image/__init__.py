"""Reads container images in place: nothing is unpacked, run or written to disk.

`open_image` opens an image by its reference. Its layers are read as streams, file by file. `find_file` reads one file
as a container would see it.
"""
