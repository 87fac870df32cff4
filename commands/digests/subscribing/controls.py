"""What the controls of subscriptions are called; they carry a subscription's number."""

from commands.kit.blocks import Control, action_menu, button, confirm

CHANGE = "digests.sub.change"
PAUSE = "digests.sub.pause"
RESUME = "digests.sub.resume"
PREVIEW = "digests.sub.preview"
SEND = "digests.sub.send"
ASK_STOP, STOP, RESTART = "digests.sub.ask_stop", "digests.sub.stop", "digests.sub.restart"
LIST_PAGE = "digests.list.page"
MUTE_ONE, UNMUTE_ONE = "digests.mute_one", "digests.unmute_one"
"""Carry the key of a section."""


def resume_button(number: int, label: str = "Resume") -> Control:
    return button(label, RESUME, value=str(number))


def pause_button(number: int, label: str = "Pause") -> Control:
    return button(label, PAUSE, value=str(number))


def restart_button(number: int, label: str = "Undo") -> Control:
    return button(label, RESTART, value=str(number))


def stop_button(number: int, *, asks: bool = False) -> Control:
    """Ends a digest; with `asks` Slack asks first."""
    question = confirm(
        "End this digest?",
        "Nothing more comes. What was sent stays, and you can undo this.",
        yes="End digest",
        no="Keep it",
        danger=True,
    )
    return button("End digest", STOP, value=str(number), style="danger", confirm=question if asks else None)


def menu_of(number: int, *, paused: bool, own: bool) -> Control:
    """All that can be done with a digest; what a person gets by direct message only they look at and change."""
    carried = str(number)
    choices = {CHANGE: ("Change…", carried), PREVIEW: ("Preview", carried)} if own else {}
    choices[RESUME if paused else PAUSE] = "Resume" if paused else "Pause", carried
    return action_menu({**choices, SEND: ("Send now", carried), ASK_STOP: ("End…", carried)})
