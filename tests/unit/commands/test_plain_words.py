"""What someone writes to the app in a sentence, without the words around what is asked."""

import pytest

from commands.home.plain import without_fillers


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("what is Dana's target for last quarter?", "Dana last quarter"),
        ("Where do I stand?", ""),
        ("how are we doing against target, please", ""),
        ("Show me the targets of Dana Ng", "Dana Ng"),
        ("my numbers", ""),
        ("How is my team doing in Q3 2026?", "my team Q3 2026"),
        ("my east team", "east team"),
        ("dana\u2019s numbers", "dana"),
        ("Isolde and Theo in Inverness", "Isolde Theo Inverness"),
    ],
)
def test_what_names_somebody_or_a_period_is_left(said: str, asked: str) -> None:
    assert without_fillers(said) == asked
