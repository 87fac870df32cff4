"""The controls of a card that take it elsewhere: to a channel, to one's own messages, to a file."""

from commands.kit.blocks import Control, action_menu, button
from commands.targets.reference import CardReference
from commands.targets.service import Sight, TargetsCard

SHARE = "targets.share"
KEEP = "targets.keep"
EXPORT = "targets.export"


def share_button(card: TargetsCard) -> list[Control]:
    """None on a card that says that there is nothing yet."""
    return [] if card.score.is_empty else [button("Share…", SHARE, value=CardReference.of(card).encoded)]


def more_menu(card: TargetsCard) -> list[Control]:
    """The rest, in an overflow menu. A total has no rows that could be exported, nor have counts."""
    if card.score.is_empty and card.outlook.is_empty:
        return []
    carried = CardReference.of(card).encoded
    keep = {KEEP: ("Keep in my messages", carried)}
    has_rows = card.sight is not Sight.TOTAL and card.metric.is_money
    return [action_menu(keep | {EXPORT: ("Export…", carried)} if has_rows else keep)]
