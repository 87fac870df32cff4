"""The controls of a card that take it elsewhere: to a channel, to one's own messages, to a file."""

from commands.kit.blocks import Control, action_menu, button
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard

SHARE = "targets.share"
KEEP = "targets.keep"
EXPORT = "targets.export"
BEGIN_TELLING, STOP_TELLING = "targets.moved.on", "targets.moved.off"


def share_button(card: TargetsCard) -> list[Control]:
    """None on a card that says that there is nothing yet."""
    return [] if card.score.is_empty else [button("Share…", SHARE, value=CardReference.of(card).encoded)]


def more_menu(card: TargetsCard, *, told: bool | None = None) -> list[Control]:
    """The rest, in an overflow menu. A total has no rows that could be exported, nor have counts.

    `told` says whether the viewer is told when their number moves; None where that is not offered.
    """
    if card.score.is_empty and card.outlook.is_empty:
        return []
    carried = CardReference.of(card).encoded
    choices = {KEEP: ("Keep in my messages", carried)}
    if card.sight is not Sight.TOTAL and card.metric.is_money:
        choices[EXPORT] = "Export…", carried
    if told is not None:
        words = "Stop telling me when an import moves my number" if told else "Tell me when an import moves my number"
        choices[STOP_TELLING if told else BEGIN_TELLING] = words, carried
    return [action_menu(choices)]
