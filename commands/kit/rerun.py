"""Buttons that run a command again with a better name in it: the same as typing it, so everything is checked again."""

import json
import re
from collections.abc import Sequence

from slackblocks import Button

from commands.kit.blocks import button, cut

RERUN = "kit.rerun"
BUTTONS = 5
VALUE = 2000


def rerun_buttons(command: str, text: str, asked: str, candidates: Sequence[str]) -> list[Button]:
    """A button for each of the nearest candidates, which puts it in place of `asked`."""
    return [
        button(candidate, f"{RERUN}:{place}", value=_value(command, replaced(text, asked, candidate), candidate))
        for place, candidate in enumerate(candidates[:BUTTONS])
    ]


def run_button(label: str, command: str, text: str = "", *, place: int = 0) -> Button:
    """A button that runs a command. Those in one row of controls have different places."""
    return button(label, f"{RERUN}:{place}", value=json.dumps([command, text]))


def _value(command: str, text: str, candidate: str) -> str:
    whole = json.dumps([command, text])
    return whole if len(whole) <= VALUE else json.dumps([command, cut(candidate, VALUE // 12)])


def replaced(text: str, asked: str, candidate: str) -> str:
    """`text` with `candidate` for the first `asked`; the candidate alone if it is not there."""
    made, found = (
        re.subn(re.escape(asked), lambda _: candidate, text, count=1, flags=re.IGNORECASE) if asked else (text, 0)
    )
    return made if found else candidate


def parse_rerun(value: str) -> tuple[str, str] | None:
    """Command and text of such a button, or None if the value is not one of ours."""
    try:
        command, text = json.loads(value)
    except ValueError:
        return None
    return (command, text) if isinstance(command, str) and isinstance(text, str) else None
