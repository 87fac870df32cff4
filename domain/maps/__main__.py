"""Draws in a process of its own: a picture's JSON comes on standard input, the PNG goes to standard output.

So what it needs is in no other process's memory, and nobody who waits for an answer waits for it.
"""

import sys

from domain.maps.drawing import draw
from domain.maps.picture import Picture

if __name__ == "__main__":
    sys.stdout.buffer.write(draw(Picture.from_json(sys.stdin.read())))
