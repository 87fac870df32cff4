"""What the controls of subscriptions are called; they carry a subscription's number."""

from commands.kit.blocks import Control, button

CHANGE = "digests.sub.change"
PAUSE = "digests.sub.pause"
RESUME = "digests.sub.resume"
PREVIEW = "digests.sub.preview"
SEND = "digests.sub.send"


def resume_button(number: int, label: str = "Resume") -> Control:
    return button(label, RESUME, value=str(number))
