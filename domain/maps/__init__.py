"""Maps: where accounts are, on outlines of land, as a picture. Values in, PNG out; the geometry is in `assets`.

`drawing` needs Pillow: it is imported by workers' processes and the command line only.
"""
