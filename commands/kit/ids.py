"""References that a person can read out, and that find the line in the log."""

import random

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that is easily taken for another."""


def new_reference() -> str:
    """Seven characters such as `K7Q-2MX4`, of about 20 thousand million. Not a secret."""
    made = "".join(random.choices(_LETTERS, k=7))
    return f"{made[:3]}-{made[3:]}"
