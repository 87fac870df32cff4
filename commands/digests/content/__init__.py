"""What a digest says: made once for a slot, and put into words for whoever reads it when it is posted."""

from commands.digests.content.composing import compose
from commands.digests.content.making import make
from commands.digests.content.model import Ask, Compared, Digest, Made

__all__ = ["Ask", "Compared", "Digest", "Made", "compose", "make"]
