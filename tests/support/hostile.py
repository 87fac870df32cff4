"""Names that an export may bring: endless, invisible, in other directions, full of marks."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\x00\x07\x1b\x7f\x9b\u3164\U000e0041"
BREAKS = "\n\r\t\v\f\x85\u2028\u2029"
MARKS = "*_~`:<>&|@#!\"'“{}[]\\$%"
LETTERS = "aZ é\u05d0\u0639日😀\u0301\ud7ff"

NAMES = {
    "none": "",
    "a space": " ",
    "nothing to see": "\u200b\u200b",
    "long": "A" * 300,
    "endless, escaped": "W&<" * 4_000,
    "endless, wide": "😀" * 11_000,
    "backwards": "Ana\u202e avliS",
    "in all directions": "\u2067\u202eAna\nSilva\u0000\u2066",
    "mark-up": "<!channel> *Ana* <@U1|x>",
    "endless words": "x " * 6_000,
}


def hostile() -> st.SearchStrategy[str]:
    """Any of these characters, and stretches of them that are longer than any block may be."""
    pieces = st.text(BIDI + UNSEEN + BREAKS + MARKS + LETTERS, max_size=12)
    return st.builds(lambda piece, times: piece * times, pieces, st.sampled_from([1, 1, 3, 40, 1_000]))


def texts(made: Any) -> Iterator[str]:
    """Every text that a piece of Block Kit shows; what buttons and menus carry is not shown."""
    if isinstance(made, str):
        yield made
    elif isinstance(made, list):
        for one in made:
            yield from texts(one)
    elif isinstance(made, dict):
        for key, one in made.items():
            if key not in ("value", "block_id", "action_id", "private_metadata", "callback_id"):
                yield from texts(one)


def unseen(made: Any) -> set[str]:
    """The control and format characters in what is shown. A line may end where a template ends it."""
    return {letter for text in texts(made) for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs")} - {
        "\n"
    }
