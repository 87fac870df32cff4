"""Why a channel can't be reached, in words: Slack's answer to the sentence for who wanted to post there."""

from collections.abc import Mapping

INVITE = "I am not in that channel. Invite me there with /invite @turf, then try again."
REASONS: Mapping[str, str] = {
    "not_in_channel": INVITE,
    "channel_not_found": INVITE,
    "is_archived": "That channel is archived, so nothing can be posted there. Choose another one.",
    "restricted_action": "Only some people may post in that channel. Ask one of its managers, or choose another one.",
}


def why_not(said: str) -> str:
    """The sentence for Slack's word."""
    return REASONS.get(said, "Slack did not take the message. Try again later.")
